"""From click's parameters to a command's typed options.

A command declares its options twice: to click, with help texts, and as a frozen dataclass with types. They meet by
name, here, and everything behind it is checked by mypy.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

Form = TypeVar("Form", bound="DataclassInstance")


def takes(form: type[Form]) -> Callable[[Callable[[Form], int]], Callable[..., int]]:
    """Call a command with one argument: a ``form``, which is a dataclass, filled from click's parameters."""

    def decorate(command: Callable[[Form], int]) -> Callable[..., int]:
        @wraps(command)
        def run(**values: Any) -> int:
            filled = fill(form, values)
            if values:
                raise TypeError(f"{form.__name__} has no field for {', '.join(sorted(values))}")
            return command(filled)

        return run

    return decorate


def fill(form: type[Form], values: dict[str, Any]) -> Form:
    """Return a form with each value in the field of its name, and take these out of ``values``.

    Fields without a value keep their default. A field whose default is made by another dataclass is filled likewise,
    so that several commands share a group.
    """
    made: dict[str, Any] = {}
    for each in fields(form):
        group: Any = each.default_factory
        if isinstance(group, type) and is_dataclass(group):
            made[each.name] = fill(group, values)
        elif each.name in values:
            made[each.name] = values.pop(each.name)
    return form(**made)
