"""Executions of flows, with the results of their steps.

Nothing runs: :mod:`.outcomes` say how an execution goes. What is due on the sandbox's clock happens in :func:`settle`,
which runs before each request. The result of a step without its own is the payload that the flow was called with.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.clock import NEVER, stamp
from reconciler.sandbox.data.outcomes import RESULTS, Outcomes, Run, subject_of
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused, TooManyRuns

if TYPE_CHECKING:
    from datetime import timedelta

    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.data.tenant import Tenant

SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "METRIC")
"""The severities of log entries; filters use their positions, from 0."""


def execute(tenant: Tenant, config: Row, payload: str, content_type: str, *, test: bool) -> Row:
    """Start an execution of a flow, and finish it if it takes no time.

    Raises :class:`Refused` when the instance is paused, suspended or was never deployed, and :class:`TooManyRuns`.
    """
    settle(tenant)
    instance, subject = subject_of(tenant, config["instance"])
    for reason, holds in (
        ("This instance was never deployed.", instance["lastDeployedAt"] is None),
        ("This instance is paused.", not instance["enabled"]),
        ("This instance is suspended.", instance["systemSuspended"]),
    ):
        if holds:
            raise Refused((OBJECT_LEVEL, reason))
    flow = tenant.store.get("flows", config["flow"])
    subject, outcomes = replace(subject, flow=flow["name"]), Outcomes(tenant)
    _admit(tenant, instance["customer"], outcomes.answer(subject, "maxRuns"))
    marked = test and tenant.variants.test_runs == "marked"
    plan = outcomes.run(subject)
    execution = _start(
        tenant,
        tenant.clock.tick(),
        instance=instance["id"],
        flow=flow["id"],
        flowConfig=config["id"],
        integration=instance["integration"],
        isTestExecution=int(marked),
        invokeType="INTEGRATION_FLOW_TEST" if marked else "WEBHOOK",
        stepCount=len(json.loads(flow["steps"])),
        payload=payload,
        contentType=content_type,
        plan=plan,
        maxRetryCount=Run.of(plan).retries,
        retryUniqueRequestId=tenant.ids.uuid() if Run.of(plan).retries else None,
    )
    settle(tenant)
    return tenant.store.get("executions", execution)


def _admit(tenant: Tenant, customer: str, most: int | None) -> None:
    """Raise :class:`TooManyRuns` if as many executions of the customer go on as may."""
    if most is None:
        return
    running = tenant.store.value(
        "SELECT count(*) FROM executions JOIN instances ON instances.id = instance"
        " WHERE customer = ? AND status IN ('QUEUED', 'PENDING')",
        (customer,),
    )
    if running >= most:
        raise TooManyRuns(most)


def _start(tenant: Tenant, moment: str, **columns: Any) -> str:
    """Insert an execution that starts at a moment, with its first log entry; return its ID."""
    identifier = tenant.ids.new("InstanceExecutionResult")
    run = Run.of(columns["plan"])
    status, due = ("QUEUED", _later(moment, run.queued)) if run.queued else ("PENDING", _end(moment, run))
    tenant.store.insert(
        "executions", **columns, id=identifier, status=status, due=due, queuedAt=moment, startedAt=moment
    )
    tenant.clock.wake(due)
    _write_logs(tenant, tenant.store.get("executions", identifier), moment, ("INFO", "Starting"))
    return identifier


def settle(tenant: Tenant) -> None:
    """Let everything happen that is due by now: executions begin, end and are retried, each at its own time."""
    now = stamp(tenant.clock.now())
    if tenant.clock.alarm > now:
        return
    store = tenant.store
    with store.transaction():
        while execution := store.row("SELECT * FROM executions WHERE due <= ? ORDER BY due, seq LIMIT 1", (now,)):
            _proceed(tenant, execution)
        tenant.clock.alarm = next_due(store)


def next_due(store: Store) -> str:
    """Return when an execution changes next by itself."""
    return str(store.value("SELECT min(due) FROM executions WHERE due IS NOT NULL") or NEVER)


def _proceed(tenant: Tenant, execution: Row) -> None:
    """Take an execution to its next state, at the moment at which that is due."""
    moment, run = execution["due"], Run.of(json.loads(execution["plan"]))
    if execution["status"] == "QUEUED":
        tenant.store.update("executions", execution["id"], status="PENDING", due=_end(moment, run))
    elif execution["status"] == "PENDING":
        _finish(tenant, execution, run)
    else:
        _retry(tenant, execution)


def _finish(tenant: Tenant, execution: Row, run: Run) -> None:
    """End an execution: with its result, or with an error that is to be retried."""
    moment, attempt = execution["due"], execution["retryCount"]
    result = "ERROR" if attempt < run.failures else RESULTS[run.result]
    retry = _later(moment, run.every) if attempt < min(run.failures, run.retries) else None
    flow = tenant.store.find("flows", execution["flow"])
    error = (run.error or f"{flow['name'] if flow else 'The flow'} failed") if result == "ERROR" else None
    canceled_fails = result == "CANCELED_AS_DUPLICATE" and tenant.variants.canceled_runs == "error"
    tenant.store.update(
        "executions",
        execution["id"],
        status="ERROR" if error or canceled_fails else "SUCCESS",
        resultType=result,
        error=error,
        endedAt=moment,
        retryNextAt=retry,
        due=retry,
    )
    execution = tenant.store.get("executions", execution["id"])
    if flow and result != "CANCELED_AS_DUPLICATE":
        _write_results(tenant, execution, json.loads(flow["steps"]), run)
    _write_logs(tenant, execution, moment, *([("ERROR", error)] if error else ()), ("INFO", "Ending"))
    if result != "CANCELED_AS_DUPLICATE":
        _show_latest(tenant, execution)


def _show_latest(tenant: Tenant, execution: Row) -> None:
    """Let the flow config and the instance show their latest execution that ended."""
    failed = int(execution["resultType"] == "ERROR")
    latest = {"lastExecutedAt": execution["startedAt"], "inFailedState": failed}
    tenant.store.update("flow_configs", execution["flowConfig"], **latest)
    if tenant.variants.instance_failed_state == "any-flow":
        flows = tenant.store.where("flow_configs", instance=execution["instance"])
        latest["inFailedState"] = int(any(flow["inFailedState"] for flow in flows))
    tenant.store.update("instances", execution["instance"], **latest)


_SAME_IN_RETRIES = (
    "instance",
    "flow",
    "flowConfig",
    "integration",
    "isTestExecution",
    "invokeType",
    "stepCount",
    "payload",
    "contentType",
    "maxRetryCount",
    "retryUniqueRequestId",
)


def _retry(tenant: Tenant, execution: Row) -> None:
    """Start the next attempt: an execution of its own."""
    kept = execution["retryNextAt"] if tenant.variants.retry_next_at == "kept" else None
    tenant.store.update("executions", execution["id"], due=None, retryNextAt=kept)
    first = execution["retryForExecution"] if tenant.variants.retry_links == "first" else None
    _start(
        tenant,
        execution["due"],
        **{name: execution[name] for name in _SAME_IN_RETRIES},
        plan=json.loads(execution["plan"]),
        retryCount=execution["retryCount"] + 1,
        retryForExecution=first or execution["id"],
    )


def _end(moment: str, run: Run) -> str | None:
    return _later(moment, run.after) if run.ends else None


def _later(moment: str, by: timedelta) -> str:
    return stamp(datetime.fromisoformat(moment) + by)


def _write_results(tenant: Tenant, execution: Row, steps: list[str], run: Run) -> None:
    """Write the result of each step; if the execution failed, its last step has the error."""
    if tenant.store.get("instances", execution["instance"])["stepResultsDisabled"]:
        return
    for number, step in enumerate(steps, start=1):
        result = {"contentType": execution["contentType"], "data": execution["payload"]}
        for name in {step, camel_case(step)} & set(run.steps):
            result = {"contentType": "application/json", "data": json.dumps(run.steps[name], ensure_ascii=False)}
        tenant.store.insert(
            "step_results",
            id=tenant.ids.new("InstanceStepResult"),
            executionResult=execution["id"],
            stepName=camel_case(step),
            displayStepName=step if tenant.variants.display_step_names == "present" else None,
            startedAt=execution["startedAt"],
            endedAt=execution["endedAt"],
            hasError=int(execution["error"] is not None and number == len(steps)),
            **result,
        )


def camel_case(step: str) -> str:
    """Return a step's name as the API's filters take it: ``My Code Block`` is ``myCodeBlock``."""
    words = re.findall(r"[A-Za-z0-9]+", step)
    return "".join(word.lower() if not index else word[0].upper() + word[1:] for index, word in enumerate(words))


def _write_logs(tenant: Tenant, execution: Row, moment: str, *entries: tuple[str, str]) -> None:
    instance = tenant.store.get("instances", execution["instance"])
    flow = tenant.store.find("flows", execution["flow"])
    if instance["logsDisabled"]:
        return
    about = f"Instance Execution of '{instance['name']}' and Flow '{flow['name'] if flow else ''}'"
    for severity, message in entries:
        tenant.store.insert(
            "logs",
            id=tenant.ids.new("Log"),
            executionResult=execution["id"],
            message=f"{message} {about}" if severity == "INFO" else message,
            severity=severity,
            logType="EXECUTION",
            timestamp=moment,
        )
