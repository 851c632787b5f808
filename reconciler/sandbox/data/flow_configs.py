"""An instance's flow configs: one for each flow of its integration's version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

FIELD = "flowConfigs"
_BLANK: dict[str, Any] = {
    "apiKeys": "[]",
    "testPayload": None,
    "testHeaders": None,
    "testContentType": None,
    "usesLre": 0,
}


def add_flow_config(tenant: Tenant, instance: str, flow: str) -> None:
    tenant.store.insert("flow_configs", id=tenant.ids.new("InstanceFlowConfig"), instance=instance, flow=flow, **_BLANK)


def flow_configs_of(tenant: Tenant, instance: str) -> list[Row]:
    return tenant.store.where("flow_configs", instance=instance)


def write_flow_configs(tenant: Tenant, instance: Row, entries: Sequence[Input | None]) -> bool:
    """Write the flow configs that ``entries`` name; return whether anything changed."""
    current = {row["flow"]: row for row in flow_configs_of(tenant, instance["id"])}
    named = {entry["flowId"]: entry for entry in entries if entry}
    unknown = [flow for flow in named if flow not in current]
    if unknown:
        raise Refused(*((FIELD, f"There is no flow {flow} in this version.") for flow in unknown))
    reset = tenant.variants.flow_configs == "reset"
    changed = False
    for flow, row in current.items():
        columns = _columns(named[flow]) if flow in named else dict(_BLANK) if reset else {}
        different = {name: value for name, value in columns.items() if row[name] != value}
        if different:
            tenant.store.update("flow_configs", row["id"], **different)
            changed = True
    return changed


def _columns(entry: Input) -> dict[str, Any]:
    plain = ("testPayload", "testHeaders", "testContentType", "usesLre")
    columns = {name: entry[name] for name in plain if entry.get(name) is not None}
    if entry.get("apiKeys") is not None:
        columns["apiKeys"] = json.dumps([key for key in entry["apiKeys"] if key is not None])
    return columns
