"""What came of locking, as text and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.version_changes import type_of
from reconciler.reports.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.version_changes import VersionChanges
    from reconciler.locking.lock import Locked, Move
    from reconciler.reports.style import Style


def lock_text(locked: Locked, style: Style) -> str:
    """Return the outcome as text: each version that moved, what it changes, and which manifests that concerns."""
    lines = [line for move in locked.moves for line in _move(move, style)]
    lines += [f"{safe(name)}: no longer taken as latest, and taken out" for name in locked.dropped]
    if not lines:
        lines = [style.good(f"Nothing to lock: {locked.unchanged} as before.")]
    return "\n".join(lines) + "\n"


def _move(move: Move, style: Style) -> Iterator[str]:
    before = f"{move.before} → " if move.before is not None else ""
    yield f"{style.bold(safe(move.name))}  {before}{move.after}"
    if move.before is None:
        return
    if move.changes is None:
        yield f"  version {move.before} is not available any more: what changes cannot be told"
        return
    yield from _changes(move.changes, style)
    for affected in move.affected:
        for concern, place in affected.concerns:
            yield f"  {style.warn('!')} {safe(str(place))}: {safe(affected.address)}: {safe(concern)}"


def _changes(changes: VersionChanges, style: Style) -> Iterator[str]:
    for each in changes.added:
        default = "no default" if each.default is None else f"default {safe(each.default) or 'empty'}"
        told = "" if each.data_type == "CONNECTION" else f", {default}"
        yield f"  {style.good('+')} {safe(each.key)} ({type_of(each)}{told})"
    for old, new in changes.renamed:
        yield f"  {style.warn('~')} {safe(old)} is called {safe(new)}"
    for key, before, after in changes.retyped:
        yield f"  {style.warn('~')} {safe(key)}: {before} → {after}"
    for key in changes.removed:
        yield f"  {style.bad('-')} {safe(key)}"


def lock_document(locked: Locked) -> dict[str, Any]:
    """Return the outcome as plain data."""
    return {
        "moves": [
            {
                "integration": move.name,
                "before": move.before,
                "after": move.after,
                "changes": move.changes and _changes_document(move.changes),
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


def _changes_document(changes: VersionChanges) -> dict[str, Any]:
    return {
        "added": [{"key": each.key, "type": type_of(each), "default": each.default} for each in changes.added],
        "removed": list(changes.removed),
        "renamed": [{"before": old, "after": new} for old, new in changes.renamed],
        "retyped": [{"key": key, "before": old, "after": new} for key, old, new in changes.retyped],
    }
