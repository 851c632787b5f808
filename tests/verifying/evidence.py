"""A live instance and its runs out of a case's few words.

Times are minutes after the last deploy, which was at noon; a negative one was before it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from support.nodes import node

from reconciler.kinds.instance.health_operations import (
    InstanceFlowConfig as RunFlowConfig,
)
from reconciler.kinds.instance.health_operations import (
    IntegrationFlow as RunFlow,
)
from reconciler.kinds.instance.health_operations import (
    RunFields,
    RunFieldsRetryAttempts,
    RunFieldsRetryAttemptsNode,
)
from reconciler.kinds.instance.operations import (
    InstanceFields,
    InstanceFieldsConfigVariables,
    InstanceFieldsCustomer,
    InstanceFlowConfig,
    InstanceFlowConfigConnection,
    Integration,
    IntegrationFlow,
)
from reconciler.kinds.instance.reads import live_instance
from reconciler.kinds.instance.runs import ENDED_RUNS, FAILED_RUNS, RUNS_OF_FLOW
from reconciler.kinds.integration.operations import IntegrationVersion
from reconciler.kinds.integration.versions import CONTENTS
from reconciler.kinds.variables.fragments import DeclaredVariable, LiveVariable
from reconciler.model.answers import Node, PageInfo
from reconciler.model.tenant import Identity, Tenant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.tenant import Live, Read

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = PageInfo(has_next_page=False, end_cursor=None)


def at(minutes: float | None) -> str | None:
    return None if minutes is None else (NOON + timedelta(minutes=minutes)).isoformat()


def live_of(case: Mapping[str, Any]) -> Live[InstanceFields]:
    """Return the live instance of a case: deployed at noon, enabled, and with nothing wrong where it says nothing."""
    said = {"deployed": 0, "enabled": True, "needsDeploy": False, "suspended": False, **case.get("instance", {})}
    flows = {"Sync": {}, **case.get("flows", {})}
    configs = [
        InstanceFlowConfig(
            f"flow {name}", api_keys=None, test_payload=None, test_headers=None, test_content_type=None,
            uses_lre=False, webhook_url="", in_failed_state=flow.get("failed", False),
            last_executed_at=at(flow.get("ran")), flow=IntegrationFlow(name),
        )
        for name, flow in flows.items()
    ]  # fmt: skip
    live = InstanceFields(
        "i-1", name="I", description="", labels=None, enabled=said["enabled"], needs_deploy=said["needsDeploy"],
        last_deployed_at=at(said["deployed"]), config_state=said.get("configState", "FULLY_CONFIGURED"),
        system_suspended=said["suspended"], updated_at="", is_system=False, designed_by="ORG", instance_type=None,
        customer=InstanceFieldsCustomer("c-1", "C", allow_add_alert_monitor=True),
        integration=Integration("v-1", "A", 1, "s"),
        flow_configs=InstanceFlowConfigConnection(configs, PAGE),
        config_variables=InstanceFieldsConfigVariables(
            [_variable(key, status) for key, status in case.get("connections", {}).items()], PAGE
        ),
    )  # fmt: skip
    return live_instance(live)


def _variable(key: str, status: str | None) -> LiveVariable:
    from msgspec import convert

    data = {
        "id": key, "value": None, "scheduleType": None, "timeZone": None, "status": status,
        "customerConfigVariable": None, "onPremiseResource": None, "inputs": None,
        "requiredConfigVariable": {"key": key, "stableKey": None, "defaultValue": None},
    }  # fmt: skip
    return convert(data, LiveVariable)


def _version(kinds: Mapping[str, str]) -> IntegrationVersion:
    """Return a version with connections of these kinds: ``oauth``, ``key``, ``shared oauth``, ``shared key``."""
    variables = []
    for key, kind in kinds.items():
        component = {"id": "k", "oauth2Type": "AUTHORIZATION_CODE" if "oauth" in kind else None}
        shared = {"id": "s", "connection": component} if "shared" in kind else None
        scoped = {"id": "s", "stableKey": "acme"} if shared else None
        connection = None if shared else component
        variables.append(
            node(
                DeclaredVariable, key=key, data_type="CONNECTION", connection=connection, shared=shared,
                scoped_config_variable=scoped,
            )
        )  # fmt: skip
    return node(IntegrationVersion, id="v-1", required_config_variables={"nodes": variables})


def tenant_of(
    runs: Sequence[Mapping[str, Any]], reads: Sequence[Read[Any]], kinds: Mapping[str, str] | None = None
) -> Tenant:
    """Return a tenant in which the reads are answered as the API would from the runs.

    ``kinds`` are those of the connections; without them the version is not found.
    """
    tenant = Tenant(Identity("https://x.example", "o", "O", "u"))
    found = sorted((_run(number, run) for number, run in enumerate(runs)), key=lambda each: each.started_at)[::-1]
    for read in reads:
        if read.collection is CONTENTS:
            tenant.add(read, [_version(kinds)] if kinds else [])
            continue
        since = dict(read.arguments)["since"]
        seen = [each for each in found if each.started_at >= since]
        if read.collection is RUNS_OF_FLOW:
            seen = [each for each in seen if each.flow_config and each.flow_config.id == read.key]
        elif read.collection is FAILED_RUNS:
            seen = [each for each in seen if each.status == "ERROR"]
        elif read.collection is ENDED_RUNS:
            seen = [each for each in seen if each.ended_at][:100]
        tenant.add(read, seen)
    return tenant


def _run(number: int, run: Mapping[str, Any]) -> RunFields:
    """Return a run: ``[start, result]`` with what else is known of it."""
    start, result = run["at"], run.get("is", "ok")
    flow = run.get("flow", "Sync")
    attempts = [_attempt(f"{number}.{index}", each) for index, each in enumerate(run.get("attempts", ()))]
    return RunFields(
        run.get("id", f"run-{number}"), **_outcome(start, result, run), queued_at=None,
        started_at=str(at(start)), invoke_type=run.get("by", "WEBHOOK"), is_test_execution=run.get("test", False),
        instance=Node("i-1"), flow_config=RunFlowConfig(f"flow {flow}", RunFlow(flow)),
        retry_for_execution=Node(run["retryOf"]) if "retryOf" in run else None,
        retry_attempts=RunFieldsRetryAttempts(attempts),
    )  # fmt: skip


def _attempt(identifier: str, run: Mapping[str, Any]) -> RunFieldsRetryAttemptsNode:
    return RunFieldsRetryAttemptsNode(
        identifier, **_outcome(run["at"], run.get("is", "ok"), run), started_at=str(at(run["at"]))
    )


def _outcome(start: float, result: str, run: Mapping[str, Any]) -> dict[str, Any]:
    ended = None if result in {"running", "queued"} else at(start + 0.5)
    status, kind = {
        "ok": ("SUCCESS", "COMPLETED"), "fail": ("ERROR", "ERROR"), "polled": ("SUCCESS", "POLLED_NO_CHANGES"),
        "duplicate": ("SUCCESS", "CANCELED_AS_DUPLICATE"), "running": ("PENDING", None), "queued": ("QUEUED", None),
    }[result]  # fmt: skip
    error = run.get("error", "boom" if result == "fail" else None)
    return {
        "status": status,
        "result_type": kind,
        "error": error,
        "ended_at": ended,
        "retry_next_at": at(run.get("retryAt")),
    }
