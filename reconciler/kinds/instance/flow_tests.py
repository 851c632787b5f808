"""The flows that a manifest wants to have run: what is sent, and what the run must come to."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import live_flows
from reconciler.kinds.instance.runs import execution_of, runs_of_flow
from reconciler.kinds.instance.verify_spec import verify_of
from reconciler.kinds.variables.values import same_json
from reconciler.model.capabilities.health import Expectation, FlowTest
from reconciler.secrets.secret import JsonText, Secret, Unresolved, contains
from reconciler.text.dotted_keys import values_at
from reconciler.text.instants import not_before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Tenant

JSON, TEXT = "application/json", "text/plain"


def flow_tests(resource: Resource, live: Live[InstanceFields], tenant: Tenant) -> Sequence[FlowTest]:
    """Return the flows to run, with their runs since the last deploy as far as these were read."""
    if resource.spec.get("enabled") is False:
        return ()
    verify, node, found = verify_of(resource.spec), live.node, []
    configs = live_flows(node)
    for name, declared in verify.flows.items():
        config = configs.get(name)
        target = config.id if config else ""
        since = node.last_deployed_at
        runs = tenant.find(runs_of_flow(target, since).collection, target)
        found.append(
            FlowTest(
                name,
                target,
                mutation_input(target, declared),
                _expectation(declared.get("expect") or {}),
                verify.timeout,
                since,
                _hindrance(node, declared) if config else "the deployed version has no flow of this name",
                tuple(execution_of(run) for run in runs if not_before(run.started_at, since)),
            )
        )
    return found


def _hindrance(node: InstanceFields, declared: Mapping[str, Any]) -> str:
    """Return why a flow cannot be run now; empty if it can be."""
    if not node.last_deployed_at:
        return "the instance was never deployed"
    if not node.enabled:
        return "the instance is disabled, so its flows do not run"
    if contains(declared, Unresolved):
        return "a secret of its payload or headers has no value here"
    return ""


def mutation_input(target: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of the mutation that runs a flow; secrets in it stay marked."""
    sent: dict[str, Any] = {"id": target}
    if "payload" in declared:
        sent["payload"], kind = _payload(declared["payload"])
        sent["contentType"] = declared.get("contentType", kind)
    elif "contentType" in declared:
        sent["contentType"] = declared["contentType"]
    if declared.get("headers"):
        headers = {name: _secret(value) for name, value in declared["headers"].items()}
        sent["headers"] = JsonText(headers)
    return sent


def _secret(value: Any) -> Any:
    return Secret(value) if isinstance(value, str) else value


def _payload(payload: Any) -> tuple[Any, str]:
    """Return a payload as it is sent, with its content type."""
    if isinstance(payload, Secret):
        return payload, JSON if _is_json(payload.reveal()) else TEXT
    if isinstance(payload, str):
        return payload, JSON if _is_json(payload) else TEXT
    return JsonText(payload), JSON


def _is_json(text: str) -> bool:
    """Return whether a text is a JSON object or list."""
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False


def _expectation(declared: Mapping[str, Any]) -> Expectation:
    path = declared.get("path", "")
    return Expectation(declared.get("status", "success"), declared.get("step", ""), path, partial(_shortfall, declared))


def _shortfall(declared: Mapping[str, Any], data: Any) -> str:
    """Return why a step's result is not as expected, without any of it; empty if it is."""
    path = declared.get("path", "")
    found = list(values_at(data, path.split(".")))
    if not found:
        return f"its result has nothing at {path!r}"
    if "equals" in declared and not any(same_json(each, declared["equals"]) for each in found):
        return f"its result at {path!r} is not the expected value"
    return ""
