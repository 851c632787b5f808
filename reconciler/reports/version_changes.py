"""What one version of an integration changes of another, as lines and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.version_changes import type_of
from reconciler.reports.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.version_changes import VersionChanges
    from reconciler.reports.style import Style


def change_lines(changes: VersionChanges, style: Style) -> Iterator[str]:
    """Yield a line for each variable that is new, called otherwise, of another type, or gone."""
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


def changes_document(changes: VersionChanges) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "added": [{"key": each.key, "type": type_of(each), "default": each.default} for each in changes.added],
        "removed": list(changes.removed),
        "renamed": [{"before": old, "after": new} for old, new in changes.renamed],
        "retyped": [{"key": key, "before": old, "after": new} for key, old, new in changes.retyped],
    }
