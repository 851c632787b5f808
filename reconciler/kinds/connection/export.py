"""A live connection as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.component import live_component
from reconciler.kinds.connection.differ import FIELDS
from reconciler.kinds.connection.export_inputs import declare_inputs
from reconciler.kinds.connection.reads import CONNECTIONS, inputs_of, type_of
from reconciler.kinds.shared.attributes import text
from reconciler.kinds.variables.plain_values import INPUT
from reconciler.model.capabilities.export import Declared, Export, Undeclarable
from reconciler.model.tenant import Read
from reconciler.text.file_names import file_name

if TYPE_CHECKING:
    from reconciler.kinds.connection.operations import ScopedConfigVariableFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _declare(live: Live[ScopedConfigVariableFields], _view: View, _parent: Live | None, full: bool) -> Declared:
    """Return the manifest of a live connection, so that planning it as it stands finds nothing to do."""
    node = live.node
    if not node.stable_key:
        raise Undeclarable("it has no stable key, by which a manifest could mean it")
    spec: dict[str, Any] = {"stableKey": node.stable_key}
    spec |= {name: value for name, ours in FIELDS.items() if (value := text(getattr(node, ours))) or full}
    spec |= {"type": type_of(node)} if type_of(node) else {}
    spec |= {"component": component} if (component := live_component(node)) else {}
    if full or node.default_for_component:
        spec["defaultForComponent"] = node.default_for_component
    made = Declared(spec)
    declare_inputs(made, inputs_of(node))
    return made


EXPORT = Export(
    Read(CONNECTIONS),
    _declare,
    lambda handle, _: f"connections/{file_name(handle, 'connection')}.yaml",
    lambda live, _: (live.node.stable_key, live.name),
    parts=frozenset({("inputs",)}),
    secrets=(INPUT,),
)
