"""Changes inside nested values, path by path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.numbers import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.kind import FieldChange
    from reconciler.kinds.resource import Path
    from reconciler.planning.masking import Mask


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that differs; ``added``/``removed`` tell "not there" from ``null``."""

    path: Path
    before: Any = None
    after: Any = None
    added: bool = False
    removed: bool = False
    sensitive: bool = False


def leaves(change: FieldChange, mask: Mask) -> Iterator[Leaf]:
    """Yield what differs within one field: one leaf for each path, secrets hidden."""
    before, after = mask.hide(change.before), mask.hide(change.after)
    if isinstance(before, (dict, list)) and type(before) is type(after):
        yield from _differences(change.path, before, after)
    else:
        added, removed = before is None, after is None
        yield Leaf(change.path, before, after, added, removed and not added, change.sensitive)


def _differences(root: Path, before: Any, after: Any) -> Iterator[Leaf]:
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", ignore_order=False, verbose_level=2)
    levels = [level for group in found.values() for level in group if not _same_number(level.t1, level.t2)]
    for level in sorted(levels, key=_order):
        added, removed = level.t1.__class__.__name__ == "NotPresent", level.t2.__class__.__name__ == "NotPresent"
        yield Leaf(
            (*root, *_path(level)),
            None if added else level.t1,
            None if removed else level.t2,
            added=added,
            removed=removed,
        )


def _same_number(one: Any, other: Any) -> bool:
    """Say whether two numbers are the same but for their spelling, as 1 and 1.0 are; true is no number."""
    return is_number(one) and is_number(other) and bool(one == other)


def _order(level: Any) -> list[tuple[bool, str | int]]:
    """Return what leaves are ordered by: their paths, the tenth of a list after its second."""
    return [(isinstance(step, str), step) for step in _path(level)]


def _path(level: Any) -> Path:
    return tuple(level.path(output_format="list"))
