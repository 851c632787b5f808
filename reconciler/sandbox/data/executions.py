"""Executions of flows, with the results of their steps.

Nothing runs. The result of each step is the payload that the flow was called with.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.clock import stamp
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "METRIC")
"""The severities of log entries; filters use their positions, from 0."""


def run_flow_test(tenant: Tenant, data: Input) -> dict[str, Any]:
    """Call a flow of a deployed instance as ``testInstanceFlowConfig`` does."""
    config = tenant.store.get("flow_configs", data.get("id"))
    payload = data.get("payload") if data.get("payload") is not None else config["testPayload"]
    execution = execute(tenant, config, payload or "", data.get("contentType") or "application/json", test=True)
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"executionId": execution["id"]}),
        "flowConfig": config,
        "execution": execution,
    }


def execute(tenant: Tenant, config: Row, payload: str, content_type: str, *, test: bool) -> Row:
    """Record an execution of the flow with a result for each of its steps.

    Raises :class:`Refused` when the instance is paused or was never deployed.
    """
    instance = tenant.store.get("instances", config["instance"])
    if instance["lastDeployedAt"] is None:
        raise Refused((OBJECT_LEVEL, "This instance was never deployed."))
    if not instance["enabled"]:
        raise Refused((OBJECT_LEVEL, "This instance is paused."))
    flow = tenant.store.get("flows", config["flow"])
    steps = json.loads(flow["steps"])
    execution = _insert_execution(tenant, config, instance, flow, stepCount=len(steps), isTestExecution=int(test))
    _write_results(tenant, execution, steps, contentType=content_type, data=payload)
    _write_logs(tenant, execution, instance, flow)
    latest = {"lastExecutedAt": execution["startedAt"], "inFailedState": int(execution["failure"] is not None)}
    for table, row in (("instances", instance), ("flow_configs", config)):
        tenant.store.update(table, row["id"], **latest)
    return execution


def _insert_execution(tenant: Tenant, config: Row, instance: Row, flow: Row, **columns: int) -> Row:
    started = tenant.clock.tick()
    ends = stamp(datetime.fromisoformat(started) + timedelta(seconds=tenant.settings.execution_seconds))
    return tenant.create(
        "executions",
        "InstanceExecutionResult",
        (),
        **columns,
        instance=instance["id"],
        flow=flow["id"],
        flowConfig=config["id"],
        integration=instance["integration"],
        invokeType="INTEGRATION_FLOW_TEST" if columns["isTestExecution"] else "WEBHOOK",
        queuedAt=started,
        startedAt=started,
        ends=ends,
        failure=f"{flow['name']} failed" if flow["name"] in tenant.settings.failing_flows else None,
    )


def _write_results(tenant: Tenant, execution: Row, steps: Sequence[str], **result: str) -> None:
    """Write the same result for each step; if the execution fails, its last step has the error."""
    for number, step in enumerate(steps, start=1):
        tenant.store.insert(
            "step_results",
            id=tenant.ids.new("InstanceStepResult"),
            executionResult=execution["id"],
            stepName=camel_case(step),
            displayStepName=step,
            startedAt=execution["startedAt"],
            endedAt=execution["ends"],
            hasError=int(execution["failure"] is not None and number == len(steps)),
            **result,
        )


def camel_case(step: str) -> str:
    """Return a step's name as the API's filters take it: ``My Code Block`` is ``myCodeBlock``."""
    words = re.findall(r"[A-Za-z0-9]+", step)
    return "".join(word.lower() if not index else word[0].upper() + word[1:] for index, word in enumerate(words))


def outcome(tenant: Tenant, execution: Row) -> tuple[str, str | None, str | None]:
    """Return the present status, end and error of an execution."""
    if execution["ends"] > stamp(tenant.clock.now()):
        return "PENDING", None, None
    return ("ERROR" if execution["failure"] else "SUCCESS"), execution["ends"], execution["failure"]


def result_data(step: Row) -> Any:
    """Return a step's result as its file holds it: JSON decoded, anything else as bytes."""
    if "json" in step["contentType"] and step["data"]:
        try:
            return json.loads(step["data"])
        except ValueError:
            return step["data"]
    return step["data"].encode()


def _write_logs(tenant: Tenant, execution: Row, instance: Row, flow: Row) -> None:
    messages = [("INFO", f"Starting Instance Execution of '{instance['name']}' and Flow '{flow['name']}'")]
    messages += [("ERROR", execution["failure"])] if execution["failure"] else []
    messages += [("INFO", f"Ending Instance Execution of '{instance['name']}' and Flow '{flow['name']}'")]
    for severity, message in messages:
        tenant.store.insert(
            "logs",
            id=tenant.ids.new("Log"),
            executionResult=execution["id"],
            message=message,
            severity=severity,
            logType="EXECUTION",
            timestamp=tenant.clock.tick(),
        )
