"""From click's parameters to a command's typed options.

A command declares its options twice: to click, with help texts, and as a frozen dataclass with types. They meet by
name, here, and everything behind it is checked by mypy.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Form = TypeVar("Form")


def takes(form: type[Form]) -> Callable[[Callable[[Form], int]], Callable[..., int]]:
    """Call a command with one argument: a ``form``, which is a dataclass, filled from click's parameters."""

    def decorate(command: Callable[[Form], int]) -> Callable[..., int]:
        @wraps(command)
        def run(**values: Any) -> int:
            unknown = values.keys() - set(_names(form))
            if unknown:
                raise TypeError(f"{form.__name__} has no field for {', '.join(sorted(unknown))}")
            return command(fill(form, values))

        return run

    return decorate


def fill(form: type[Form], values: Mapping[str, Any]) -> Form:
    """Return a form with each value in the field of its name; fields without a value keep their default.

    A field whose default is made by another dataclass is filled likewise, so that several commands share a group.
    """
    made: dict[str, Any] = {}
    for each in _fields(form):
        group = _group(each.default_factory)
        if group:
            made[each.name] = fill(group, values)
        elif each.name in values:
            made[each.name] = values[each.name]
    return form(**made)


def _names(form: type) -> Iterator[str]:
    for each in _fields(form):
        group = _group(each.default_factory)
        yield from _names(group) if group else (each.name,)


def _fields(form: Any) -> Any:
    return fields(form)


def _group(factory: Any) -> type | None:
    return factory if isinstance(factory, type) and is_dataclass(factory) else None
