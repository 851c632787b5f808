"""Changes that are told once, since many are just the same."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.reports.shared.fields import field_lines
from reconciler.reports.shared.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.planning.masking import Mask
    from reconciler.planning.plan import Change

ALIKE = 4
"""So many changes with the same fields are told once, with the list of what they are made to."""


def alike_changes(changes: Iterable[Change], mask: Mask) -> dict[str, Sequence[Change]]:
    """Return, by address, the changes of which there are many with just the same fields."""
    shapes: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        if change.fields and "create" not in change.actions:
            shapes[change.kind.name, *change.actions, *field_lines(change, mask, Style())].append(change)
    return {change.address: same for same in shapes.values() if len(same) >= ALIKE for change in same}
