"""Equal changes of many resources, reported once."""

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
"""From this many on, changes with equal fields are reported once, with a list of their resources."""


def alike_changes(changes: Iterable[Change], mask: Mask) -> dict[str, Sequence[Change]]:
    """Return, by address, the changes whose fields many other changes have too."""
    shapes: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        if change.fields and "create" not in change.actions:
            shapes[change.kind.name, *change.actions, *field_lines(change, mask, Style())].append(change)
    return {change.address: same for same in shapes.values() if len(same) >= ALIKE for change in same}
