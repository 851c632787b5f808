"""Which version an instance takes, and what the one that is not published yet would mean to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance.lost_values import lost_values
from reconciler.kinds.integration.versions import choose_version, contents_of, version_of
from reconciler.model.version_use import Version, VersionUse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.tenant import Node
    from reconciler.model.view import View


def taking_of(node: Node, view: View) -> VersionUse:
    """Return the version of a live instance, and what it would lose by a move, if no manifest says a word of it."""
    current = version_of(node["integration"])
    version = choose_version({"integration": {"name": current.name}}, view, node)
    losses: Iterable[Diagnostic] = ()
    if isinstance(version, Version) and version != current:
        before, after = (contents_of(each, view).variables for each in (current, version))
        losses = lost_values((), after, node, str(version), before)
    return VersionUse(current, node["customer"]["name"], tuple(each.message for each in losses))
