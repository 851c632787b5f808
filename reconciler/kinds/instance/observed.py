"""What a plan of an instance rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from reconciler.kinds.instance.flow_configs import live_flows
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.live import Live


def observed(live: Live[InstanceFields]) -> Mapping[str, Any]:
    """Return what a plan rests on; what may be a secret is wrapped as one."""
    node = live.node
    variables = {key: Secret(repr(replace(each, status=None))) for key, each in live_variables(node).items()}
    flows = {name: Secret(repr(flow)) for name, flow in live_flows(node).items()}
    return {
        "name": node.name,
        "description": node.description,
        "labels": sorted(live.labels),
        "enabled": node.enabled,
        "needsDeploy": node.needs_deploy,
        "deployed": bool(node.last_deployed_at),
        "integration": node.integration.id,
        "configVariables": variables,
        "flowConfigs": flows,
    }
