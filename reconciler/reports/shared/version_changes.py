"""The changes from one version of an integration to another, as lines and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.integration.version_changes import shown_default, type_of
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.integration.version_changes import Listed, VersionChanges
    from reconciler.reports.shared.style import Style


def change_lines(changes: VersionChanges, style: Style) -> Iterator[str]:
    """Yield a line for each variable and flow that is new, called otherwise, changed, or gone."""
    changed = style.warn("~")
    for each in changes.added:
        default = "" if each.data_type == "CONNECTION" else f", {_default(shown_default(each))}"
        yield f"  {style.good('+')} {safe(each.key)} ({safe(type_of(each))}{default})"
    for old, new in changes.renamed:
        yield f"  {changed} {safe(old)} is called {safe(new)}"
    for key, before, after in changes.retyped:
        yield f"  {changed} {safe(key)}: {safe(before)} → {safe(after)}"
    for key, first, second in changes.defaults:
        yield f"  {changed} {safe(key)}: {_default(first)} → {_default(second)}"
    for listed in changes.options:
        yield f"  {changed} {safe(listed.key)}: {_listed(listed, 'option')}"
    for listed in changes.inputs:
        yield f"  {changed} {safe(listed.key)}: {_listed(listed, 'input')}"
    for key in changes.removed:
        yield f"  {style.bad('-')} {safe(key)}"
    for name in changes.flows.new:
        yield f"  {style.good('+')} flow {safe(name)}"
    for name in changes.flows.gone:
        yield f"  {style.bad('-')} flow {safe(name)}"


def _default(text: str | None) -> str:
    return "no default" if text is None else f"default {safe(text) or 'empty'}"


def _listed(listed: Listed, noun: str) -> str:
    """Return the removed and the added items of a list, in words."""
    parts = [
        f"{word} {noun}{'' if len(names) == 1 else 's'} {', '.join(map(safe, names))}"
        for word, names in (("no longer the", listed.gone), ("new", listed.new))
        if names
    ]
    return "; ".join(parts)


def changes_document(changes: VersionChanges) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "added": [{"key": each.key, "type": type_of(each), "default": shown_default(each)} for each in changes.added],
        "removed": list(changes.removed),
        "renamed": [{"before": old, "after": new} for old, new in changes.renamed],
        "retyped": _moved(changes.retyped),
        "defaults": _moved(changes.defaults),
        "options": [_difference(listed) for listed in changes.options],
        "inputs": [_difference(listed) for listed in changes.inputs],
        "flows": {"added": list(changes.flows.new), "removed": list(changes.flows.gone)},
    }


def _moved(found: Sequence[tuple[str, str | None, str | None]]) -> list[dict[str, str | None]]:
    return [{"key": key, "before": before, "after": after} for key, before, after in found]


def _difference(listed: Listed) -> dict[str, Any]:
    return {"key": listed.key, "added": list(listed.new), "removed": list(listed.gone)}
