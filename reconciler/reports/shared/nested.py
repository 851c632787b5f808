"""Changes inside nested values, path by path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.alignment import differences
from reconciler.text.exact_numbers import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.diff import FieldChange
    from reconciler.model.place import Path
    from reconciler.planning.masking import Mask
    from reconciler.reports.shared.alignment import Difference


@dataclass(frozen=True, slots=True)
class Leaf:
    """One different value; ``added``/``removed`` distinguish a missing value from ``null``."""

    path: Path
    before: Any = None
    after: Any = None
    added: bool = False
    removed: bool = False
    sensitive: bool = False


def leaves(change: FieldChange, mask: Mask) -> Iterator[Leaf]:
    """Yield the differences within one field: one leaf for each path, secrets masked."""
    before, after = mask.hide(change.before), mask.hide(change.after)
    if isinstance(before, (dict, list)) and type(before) is type(after):
        yield from sorted(_aligned(change.path, before, after), key=lambda leaf: _order(leaf.path))
    else:
        added, removed = before is None, after is None
        yield Leaf(change.path, before, after, added, removed and not added, change.sensitive)


def _aligned(path: Path, before: Any, after: Any) -> Iterator[Leaf]:
    """Yield the differences within a value; long lists may show fewer common items."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if key not in after:
                yield Leaf((*path, key), before=before[key], removed=True)
            elif key not in before:
                yield Leaf((*path, key), after=after[key], added=True)
            else:
                yield from _aligned((*path, key), before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list):
        for each in differences([*map(repr, before)], [*map(repr, after)]):
            yield from _items(path, before, after, each)
    elif not _same_number(before, after) and (type(before) is not type(after) or before != after):
        yield Leaf(path, before, after)


def _items(path: Path, before: list[Any], after: list[Any], part: Difference) -> Iterator[Leaf]:
    """Yield the differences of a replaced part of a list: item by item, then the items of one side only."""
    both = min(part.last - part.first, part.end - part.begin)
    for number in range(both):
        index = part.first + number
        yield from _aligned((*path, index), before[index], after[part.begin + number])
    for index in range(part.first + both, part.last):
        yield Leaf((*path, index), before=before[index], removed=True)
    for index in range(part.begin + both, part.end):
        yield Leaf((*path, index), after=after[index], added=True)


def _same_number(one: Any, other: Any) -> bool:
    """Return whether two numbers are equal in different spellings, such as 1 and 1.0; true is no number."""
    return is_number(one) and is_number(other) and bool(one == other)


def _order(path: Path) -> list[tuple[bool, str | int]]:
    """Return what leaves are ordered by: their paths, the tenth of a list after its second."""
    return [(isinstance(step, str), step) for step in path]
