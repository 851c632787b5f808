"""The config variables of a live instance, and their connections' inputs, as the API lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.tenant import Node


def live_variables(instance: Node | None) -> dict[str, Node]:
    """Return the config variables of an instance by key, in the API's order (``None``: it is to be created).

    >>> live_variables({"configVariables": {"nodes": [{"value": "5", "requiredConfigVariable": {"key": "Batch"}}]}})
    {'Batch': {'value': '5', 'requiredConfigVariable': {'key': 'Batch'}}}
    """
    nodes = ((instance or {}).get("configVariables") or {}).get("nodes") or ()
    return {node["requiredConfigVariable"]["key"]: node for node in nodes}


def stable_key_of(variable: Node | None) -> str | None:
    """Return the key that a live variable keeps when a version renames it, if the API has one."""
    return variable["requiredConfigVariable"].get("stableKey") if variable else None


def input_nodes(variable: Node | None) -> Sequence[Node]:
    """Return the inputs of a connection; none for a variable that is no connection."""
    nodes: Sequence[Node] = ((variable or {}).get("inputs") or {}).get("nodes") or ()
    return nodes
