"""Overrides: the JSON Merge Patch (RFC 7386) that makes one member of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.exporting.sets.patterns import escaped, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.place import Path

    Filled = Callable[[Any], Any]


class Inexpressible(Exception):
    """A value that no patch can state: ``null``, which removes a key instead. ``path`` leads to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


def override(template: Mapping[str, Any], wanted: Mapping[str, Any], fill: Filled, path: Path = ()) -> dict[str, Any]:
    """Return what has to be merged over the template to get ``wanted``; ``fill`` fills in a value's placeholders.

    Raises ``Inexpressible`` for a ``null`` that the template lacks.
    """
    made: dict[str, Any] = {}
    for key, item in wanted.items():
        below = (*path, key)
        there = template.get(key)
        if isinstance(item, dict) and isinstance(there, dict):
            inner = override(there, item, fill, below)
            if inner:
                made[escaped(key)] = inner
        elif key not in template or not _equal(fill(there), item):
            _refuse_null(item, below)
            made[escaped(key)] = escaped(item)
    return made | {escaped(key): None for key in template if key not in wanted}


def leaves(value: Any) -> int:
    """Return how many scalars and lists a map holds; an empty map counts as one."""
    return sum(map(leaves, value.values())) or 1 if isinstance(value, dict) else 1


def _equal(one: Any, other: Any) -> bool:
    return identity(one) == identity(other)


def _refuse_null(value: Any, path: Path) -> None:
    """Raise for a ``null`` in a map; those in a list stay, since a patch replaces lists as a whole."""
    if value is None:
        raise Inexpressible(path)
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_null(item, (*path, key))
