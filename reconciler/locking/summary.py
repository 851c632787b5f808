"""The result of locking, as text and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.impact import change_lines, changes_document
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.locking.lock import Locked, Move
    from reconciler.reports.shared.style import Style


def lock_text(locked: Locked, style: Style) -> str:
    """Return the result as text: each moved version, its changes, and the manifests that they concern."""
    lines = [line for move in locked.moves for line in _move(move, style)]
    lines += [f"{safe(name)}: taken out, since no manifest leaves its version open" for name in locked.dropped]
    if not lines:
        lines = [style.good(f"Nothing to lock: {locked.unchanged} as before.")]
    return "\n".join(lines) + "\n"


def _move(move: Move, style: Style) -> Iterator[str]:
    before = f"{move.before} → " if move.before is not None else ""
    yield f"{style.bold(safe(move.name))}  {before}{move.after}"
    if move.before is None:
        return
    if move.changes is None:
        yield f"  version {move.before} is not available any more: its changes are unknown"
        return
    yield from change_lines(move.changes, style)
    for affected in move.affected:
        for concern, place in affected.concerns:
            yield f"  {style.warn('!')} {safe(str(place))}: {safe(affected.address)}: {safe(concern)}"


def lock_document(locked: Locked) -> dict[str, Any]:
    """Return the outcome as plain data."""
    return {
        "moves": [
            {
                "integration": move.name,
                "before": move.before,
                "after": move.after,
                "changes": move.changes and changes_document(move.changes),
                "affected": [
                    {"address": each.address, "concern": concern, "place": str(place)}
                    for each in move.affected
                    for concern, place in each.concerns
                ],
            }
            for move in locked.moves
        ],
        "dropped": locked.dropped,
        "unchanged": locked.unchanged,
    }
