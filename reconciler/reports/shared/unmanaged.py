"""Live objects that nobody declares, by what they belong to."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.ownership import THE_ORGANIZATION
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.listed import Listed

MOST = 20
"""How many objects of one group a report for people lists at once."""
NONE = "No manifest lacks an object: everything live is declared, or owned by a project."


def unmanaged_heading(objects: Sequence[Listed]) -> str:
    """Return the heading of the list; such objects are no drift."""
    return f"Declared by nobody (no drift): {counted(len(objects), 'object')}"


def unmanaged_groups(objects: Sequence[Listed]) -> Iterator[tuple[str, list[Listed]]]:
    """Yield the objects of each group, which come one after another, with the group's name."""
    for group, members in groupby(objects, lambda each: each.group):
        yield group or THE_ORGANIZATION, list(members)


def unmanaged_document(objects: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return the objects as plain data; what belongs to the organization belongs to null."""
    return [{"kind": each.kind, "name": each.name, "id": each.id, "belongsTo": each.parent or None} for each in objects]
