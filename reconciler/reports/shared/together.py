"""Changes that are alike, as one group: otherwise a reader would read the same lines for each customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.reports.shared.fleets import groups_of
from reconciler.reports.shared.repeated import ALIKE
from reconciler.reports.shared.topics import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.planning.masking import Mask
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.fleets import Group

MANY = 12
"""From this many on, changes are one group also if each has values of its own, as new objects have."""


@dataclass(frozen=True, slots=True)
class Together:
    """The changes of a run that belong to no set: the groups of those that are alike, and each of the others."""

    groups: list[Group]
    alone: list[Entry]


def together(found: Iterable[Entry], mask: Mask) -> Together:
    """Return the changes, those alike as groups, the largest first. A deletion always stands alone."""
    found = list(found)
    by_kind = grouped((entry for entry in found if not entry.change.deletes), lambda entry: entry.change.kind.name)
    groups = [group for same in by_kind.values() for group in groups_of(same, mask) if _is_large(group)]
    groups.sort(key=lambda group: (not group.first.bad, -len(group.entries)))
    apart = {entry.change.address for group in groups for entry in group.entries}
    return Together(groups, [entry for entry in found if entry.change.address not in apart])


def _is_large(group: Group) -> bool:
    each_its_own = any(row.values > 1 for row in group.rows)
    return len(group.entries) >= (MANY if each_its_own else ALIKE)
