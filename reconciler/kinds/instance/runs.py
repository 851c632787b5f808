"""Runs of an instance's flows, as the API lists them, and how one is started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance import health_operations
from reconciler.model.capabilities.health import Runs, Started
from reconciler.model.execution import Execution
from reconciler.model.tenant import Collection, Read
from reconciler.text.step_names import camel_case

if TYPE_CHECKING:
    from reconciler.kinds.instance.health_operations import (
        RunFields,
        RunFieldsRetryAttemptsNode,
        TestInstanceFlowConfigPayload,
        TestInstanceFlowConfigResult,
    )

TOO_MANY = 429
"""The HTTP status of a flow whose customer has too many runs at a time."""
FIRST_ERROR = 400


def _of_flow(node: RunFields) -> list[str]:
    return [node.flow_config.id] if node.flow_config else []


def _of_instance(node: RunFields) -> list[str]:
    return [node.instance.id] if node.instance else []


RUNS_OF_FLOW = Collection(health_operations.RUNS_OF_FLOW, _of_flow, listable=False)
FAILED_RUNS = Collection(health_operations.FAILED_RUNS, _of_instance, listable=False)
ENDED_RUNS = Collection(health_operations.ENDED_RUNS, _of_instance, listable=False)


def runs_of_flow(flow_config: str, since: str | None) -> Read[RunFields]:
    """Return what reads the latest runs of one flow of an instance."""
    return Read(RUNS_OF_FLOW, flow_config, (("flow", flow_config), ("since", since)))


def failed_runs(instance: str, since: str | None) -> Read[RunFields]:
    """Return what reads every failed run of an instance, retries too."""
    return Read(FAILED_RUNS, instance, (("instance", instance), ("since", since)))


def ended_runs(instance: str, since: str | None) -> Read[RunFields]:
    """Return what reads the latest runs of an instance that have ended, a hundred at most."""
    return Read(ENDED_RUNS, instance, (("instance", instance), ("since", since)))


def execution_of(node: RunFields) -> Execution:
    """Return a node as an execution."""
    return Execution(
        id=node.id,
        status=node.status,
        started_at=node.started_at,
        ended_at=node.ended_at,
        result_type=node.result_type,
        error=node.error,
        queued_at=node.queued_at,
        retry_next_at=node.retry_next_at,
        flow=node.flow_config.flow.name if node.flow_config else "",
        target=node.flow_config.id if node.flow_config else "",
        owner=node.instance.id if node.instance else "",
        invoked_by=node.invoke_type or "",
        is_test=node.is_test_execution or node.invoke_type == "INTEGRATION_FLOW_TEST",
        retry_of=node.retry_for_execution.id if node.retry_for_execution else None,
        attempts=tuple(map(_attempt, node.retry_attempts.nodes)),
    )


def _attempt(node: RunFieldsRetryAttemptsNode) -> Execution:
    return Execution(
        node.id, node.status, node.started_at, node.ended_at, node.result_type, node.error,
        retry_next_at=node.retry_next_at,
    )  # fmt: skip


def _started(payload: TestInstanceFlowConfigPayload) -> Started:
    """Return the run that a test has started: by its field, else by what the flow answered."""
    refused = "; ".join(message for error in payload.errors or () for message in error.messages or () if message)
    result = payload.test_instance_flow_config_result
    if refused or result is None:
        return Started(reason=refused or "the API gave no result of the test back")
    if result.status_code == TOO_MANY:
        return Started(busy=True)
    identifier = result.execution.id if result.execution else _named(result)
    if identifier:
        return Started(identifier)
    if result.status_code is not None and result.status_code >= FIRST_ERROR:
        return Started(reason=f"the flow was not started: it answered HTTP {result.status_code}")
    return Started()


def _named(result: TestInstanceFlowConfigResult) -> str:
    """Return the run's ID as the flow's own answer names it; empty where it does not."""
    for text, key in ((result.body, "executionId"), (result.headers, "prismatic-executionid")):
        try:
            data: Any = json.loads(text or "")
        except (ValueError, RecursionError):
            continue
        named = {str(name).lower(): value for name, value in data.items()} if isinstance(data, dict) else {}
        if isinstance(found := named.get(key.lower()), str):
            return found
    return ""


RUNS = Runs(
    start=health_operations.TEST_FLOW,
    by_id=health_operations.RUNS_BY_ID,
    step_results=health_operations.STEP_RESULTS,
    of_target=runs_of_flow,
    latest=health_operations.LATEST_RUNS,
    execution=execution_of,
    started=_started,
    step_name=camel_case,
)
