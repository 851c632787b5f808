"""What an editor knows of shared connections: their stable keys, and the components that they can connect to.

Both are offered, never forced: a manifest may be for a connection to be created, and a component to be published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.reads import COMPONENT_KEYS, CONNECTIONS
from reconciler.kinds.connection.spec import NAME
from reconciler.model.capabilities.editor import Editor, EditorHints, not_offered, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import HintContext, Schema
    from reconciler.model.place import Path

READ = Read(CONNECTIONS)


def connection_offers(known: HintContext) -> Iterator[tuple[Path, Schema]]:
    """Yield what is offered where another kind's spec names a connection."""
    yield ("spec", "connection"), offered(handles(known))
    yield ("spec", "connection", "stableKey"), offered(_stable_keys(known))


def handles(known: HintContext) -> dict[str, str]:
    """Return the handles of the declared connections, each with its name."""
    return {each.handle: str(each.spec.get("name", "")) for each in known.of(NAME)}


def connection_notes(known: HintContext) -> list[str]:
    """Return why no connections of the tenant are offered, if so."""
    return not_offered(known.view.tenant, {"connections of the tenant": READ})


def _stable_keys(known: HintContext) -> dict[str, str]:
    return {node.stable_key: node.key for node in known.view.tenant.all(CONNECTIONS) if node.managed_by != "SYSTEM"}


def _hints(known: HintContext) -> EditorHints:
    components = sorted({node.key for node in known.view.tenant.all(COMPONENT_KEYS)})
    offers: dict[Path, Schema] = {
        ("spec", "stableKey"): offered(_stable_keys(known)),
        ("spec", "component", "key"): offered(dict.fromkeys(components, "")),
    }
    return EditorHints(offers, notes=connection_notes(known))


EDITOR = Editor(lambda _: (READ, Read(COMPONENT_KEYS)), _hints)
