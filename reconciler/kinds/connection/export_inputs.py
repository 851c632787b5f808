"""The inputs of a live shared connection as a manifest declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.shared_inputs import is_scoped_to_customers
from reconciler.kinds.connection.spec import PER_CUSTOMER
from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.shared.declarable import secret_of
from reconciler.kinds.variables.inputs import is_held
from reconciler.kinds.variables.plain_values import INPUT, WRITE_ONLY
from reconciler.model.capabilities.export import Remark, Undeclarable
from reconciler.secrets.secret import Unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.kinds.connection.fragments import SharedInput
    from reconciler.model.capabilities.export import Declared


def declare_inputs(made: Declared, live: Sequence[SharedInput]) -> None:
    """Declare the live inputs that are set, and those that each customer has a value for."""
    inputs: dict[str, Any] = {}
    for node in live:
        path = ("inputs", node.name)
        if is_scoped_to_customers(node):
            inputs[node.name] = dict(PER_CUSTOMER)
            continue
        if not node.value and not node.has_value:
            continue
        try:
            inputs[node.name] = _declared(node)
        except Undeclarable as reason:
            made.remarks.append(Remark(path, str(reason), left_out=True))
            continue
        made.secrets[path] = INPUT
        if is_held(node):
            made.remarks.append(Remark(path, WRITE_ONLY))
    if inputs:
        made.spec["inputs"] = inputs


def _declared(node: SharedInput) -> Any:
    if is_held(node):
        return Unresolved()
    if node.type != "VALUE":
        raise Undeclarable(f"its type is {node.type.lower()}, and a manifest can declare plain values only")
    return secret_of(node.value) if node.value else dict(CLEARED)
