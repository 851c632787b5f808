"""Live connections as manifests: input by input, each text taken from outside git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.variables.live_variables import input_nodes, links_of
from reconciler.kinds.variables.plain_values import secret_of
from reconciler.model.declaration import Declared, Remark, SecretSort, Undeclarable
from reconciler.secrets.secret import Unresolved

if TYPE_CHECKING:
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveInput, LiveVariable
    from reconciler.model.place import Path

WRITE_ONLY = "write-only"
INPUT = SecretSort("connectionInput", "1 input of a connection", "{} inputs of connections", together=True)
OF_THIS_TENANT = "an ID of this tenant; other tenants have other IDs"


def declared_connection(declaration: Declaration, live: LiveVariable, path: Path) -> Declared:
    """Return the connection's part of a spec; it is empty for a connection that is as it starts."""
    made = Declared({})
    for key, identifier in links_of(live).items():
        if key == "customerConfigVariableId" or not declaration.scoped:
            made.spec[key] = identifier
            made.remarks.append(Remark((*path, key), OF_THIS_TENANT))
    if declaration.scoped:
        return made
    inputs: dict[str, Any] = {}
    for node in input_nodes(live):
        below = (*path, "inputs", node.name)
        try:
            value = _input(declaration, node)
        except Undeclarable as reason:
            made.remarks.append(Remark(below, str(reason), left_out=True))
            continue
        if value is None:
            continue
        inputs[node.name] = value
        made.secrets[below] = INPUT
        if isinstance(value, Unresolved):
            made.remarks.append(Remark(below, WRITE_ONLY))
    if inputs:
        made.spec["inputs"] = inputs
    return made


def _input(declaration: Declaration, node: LiveInput) -> Any:
    """Return a manifest's value for an input; ``None`` for an input that is as it starts."""
    if not node.value and node.has_value:
        return Unresolved()
    if (node.value or "") == (declaration.inputs or {}).get(node.name, ""):
        return None
    if node.type != "VALUE":
        raise Undeclarable(f"its type is {node.type.lower()}, and a manifest can declare plain values only")
    return secret_of(node.value) if node.value else dict(CLEARED)
