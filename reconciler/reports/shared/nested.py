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

MOST = 400
"""Values and lines of text, on both sides together, that are compared by all means, which may take their square."""


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
        few = _weight(before) + _weight(after) <= MOST
        found = _differences(change.path, before, after) if few else _aligned(change.path, before, after)
        yield from sorted(found, key=lambda leaf: _order(leaf.path))
    else:
        added, removed = before is None, after is None
        yield Leaf(change.path, before, after, added, removed and not added, change.sensitive)


def _differences(root: Path, before: Any, after: Any) -> Iterator[Leaf]:
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", ignore_order=False, verbose_level=2)
    for level in (level for group in found.values() for level in group if not _same_number(level.t1, level.t2)):
        added, removed = level.t1.__class__.__name__ == "NotPresent", level.t2.__class__.__name__ == "NotPresent"
        yield Leaf(
            (*root, *level.path(output_format="list")),
            None if added else level.t1,
            None if removed else level.t2,
            added=added,
            removed=removed,
        )


def _weight(value: Any) -> int:
    """Return the number of values and lines in a value, counted up to ``MOST``."""
    weight, pending = 0, [value]
    while pending and weight <= MOST:
        each = pending.pop()
        weight += 1 + (each.count("\n") if isinstance(each, str) else 0)
        if isinstance(each, (dict, list)):
            weight += len(each)
            if weight <= MOST:
                pending += each.values() if isinstance(each, dict) else each
    return weight


def _aligned(path: Path, before: Any, after: Any) -> Iterator[Leaf]:
    """Yield the differences within a large value; long lists may show fewer common items."""
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
        index = part.begin + number
        yield from _aligned((*path, index), before[part.first + number], after[index])
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
