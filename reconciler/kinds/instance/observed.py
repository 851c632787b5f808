"""What a plan of an instance rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import live_flows
from reconciler.kinds.shared.attributes import text
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.live import Live


def observed(live: Live) -> Mapping[str, Any]:
    """Return what a plan rests on; what may be a secret is wrapped as one."""
    node = live.node
    variables = {key: Secret(repr(_without_status(each))) for key, each in live_variables(node).items()}
    flows = {name: Secret(repr(sorted(flow.items(), key=str))) for name, flow in live_flows(node).items()}
    return {
        "name": node["name"],
        "description": text(node.get("description")),
        "labels": sorted(live.labels),
        "enabled": node["enabled"],
        "needsDeploy": node["needsDeploy"],
        "deployed": bool(node.get("lastDeployedAt")),
        "integration": node["integration"]["id"],
        "configVariables": variables,
        "flowConfigs": flows,
    }


def _without_status(variable: Mapping[str, Any]) -> Any:
    return sorted(((key, value) for key, value in variable.items() if key != "status"), key=str)
