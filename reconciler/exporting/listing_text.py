"""Objects of a kind, live and declared, as a table and as plain data."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.text.escape import safe
from reconciler.text.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.listed import Listed
    from reconciler.reports.shared.style import Style

NOBODYS = frozenset({"orphan", "unmanaged"})


def listing_text(objects: Sequence[Listed], style: Style) -> str:
    """Return a line for each object, with the columns that any of them needs, and how many there are of each state."""
    if not objects:
        return "Nothing.\n"
    rows = [
        (
            each.state,
            safe(each.name),
            safe(each.parent),
            "" if each.version is None else str(each.version),
            each.address,
        )
        for each in objects
    ]
    head, lines = table(("State", "Name", "Belongs to", "Version", "Manifest"), rows, style.width, empty=False)
    states = zip(objects, lines, strict=True)
    lines = [style.bold(head), *(style.warn(line) if each.state in NOBODYS else line for each, line in states)]
    counts = Counter(each.state for each in objects)
    lines += ["", ", ".join(f"{count} {state}" for state, count in counts.items())]
    return "\n".join(lines) + "\n"


def listing_document(kind: str, objects: Sequence[Listed]) -> dict[str, Any]:
    """Return the objects as plain data; what an object lacks is null."""
    return {
        "kind": kind,
        "objects": [
            {
                "state": each.state,
                "name": each.name,
                "id": each.id or None,
                "belongsTo": each.parent or None,
                "address": each.address or None,
                "source": {"file": each.source.file, "line": each.source.line} if each.source else None,
                "version": each.version,
                "labels": list(each.labels),
            }
            for each in objects
        ],
    }
