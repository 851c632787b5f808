"""Whether an instance works: what shows it without running anything, and the flows that can be run.

The evidence is on the page that a plan reads anyway. Only an instance with a flow in a failed state, with flows to run
or with ``executions`` needs its runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import live_flows
from reconciler.kinds.instance.flow_tests import flow_tests
from reconciler.kinds.instance.pending import pending, remedies, waiting_for, waiting_message
from reconciler.kinds.instance.runs import RUNS, ended_runs, execution_of, failed_runs, runs_of_flow
from reconciler.kinds.instance.verify_spec import FIELD, verify_of
from reconciler.kinds.integration.versions import CONTENTS, declarations_of
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.health import HealthChecks
from reconciler.model.health import Check
from reconciler.model.tenant import Read
from reconciler.text.instants import instant, not_before
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from reconciler.kinds.instance.operations import InstanceFields, InstanceFlowConfig
    from reconciler.kinds.instance.verify_spec import Verify
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.capabilities.health import Evidence
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live

EXECUTIONS = "executions"
IN_ERROR = frozenset({"ERROR", "FAILED"})


def _reads(resource: Resource, live: Live[InstanceFields]) -> Iterator[Read]:
    """Yield what reads the runs since the last deploy, where they matter."""
    node, verify = live.node, verify_of(resource.spec)
    since = node.last_deployed_at
    if needed := _contents_read(node, verify):
        yield needed
    if since is None or resource.spec.get("enabled") is False:
        return
    configs = live_flows(node)
    tested = [configs[name] for name in verify.flows if name in configs]
    failing = [] if verify.failures is not None else _failing(node, verify)
    # Of a flow to run always: one that runs just now was not executed yet, and must be known before another is started.
    for config in (*tested, *failing):
        yield runs_of_flow(config.id, since)
    if verify.failures is not None and any(not_before(config.last_executed_at, since) for config in configs.values()):
        yield failed_runs(live.id, since)
        if verify.at_least:
            yield ended_runs(live.id, since)


def _failing(node: InstanceFields, verify: Verify) -> list[InstanceFlowConfig]:
    """Return the flows whose latest run since the last deploy failed, but for those that are run as a test."""
    since = node.last_deployed_at
    configs = [each for each in node.flow_configs.nodes if each.flow.name not in verify.flows]
    return [each for each in configs if each.in_failed_state and not_before(each.last_executed_at, since)]


def _checks(resource: Resource, live: Live[InstanceFields], evidence: Evidence) -> Sequence[Check]:
    node, verify = live.node, verify_of(resource.spec)
    needed = _contents_read(node, verify)
    declarations = declarations_of(evidence.tenant.find(CONTENTS, node.integration.id)) if needed else {}
    checks = [
        _deployed(node, resource.spec, declarations),
        _enabled(node, resource.spec),
        _connections(node, verify, declarations),
    ]
    if resource.spec.get("enabled") is False:
        return checks
    judge = _latest if verify.failures is None else _counted
    return [*checks, judge(live, verify, evidence)]


def _contents_read(node: InstanceFields, verify: Verify) -> Read | None:
    """Return what reads an instance's version: what somebody has to do about a connection depends on its kind."""
    needed = _held_back(node) or (verify.connections_active and pending(node))
    return Read(CONTENTS, node.integration.id, (("id", node.integration.id),)) if needed else None


def _held_back(node: InstanceFields) -> tuple[str, ...]:
    """Return the connections that hold a due deploy back."""
    return waiting_for(node) if node.needs_deploy or not node.last_deployed_at else ()


def _deployed(node: InstanceFields, spec: Mapping[str, Any], declarations: Mapping[str, Declaration]) -> Check:
    name = "deployed"
    if waiting := _held_back(node):
        return Check(name, "inconclusive", waiting_message(waiting, declarations))
    if not node.last_deployed_at:
        if spec.get("deploy") == "never":
            return Check(name, "inconclusive", "never deployed: the manifest leaves deploys to others")
        return Check(name, "failed", "it was never deployed")
    if node.needs_deploy:
        return Check(name, "inconclusive", "its configuration changed since the last deploy, and does not run yet")
    return Check(name, "passed")


def _enabled(node: InstanceFields, spec: Mapping[str, Any]) -> Check:
    name, wanted = "enabled", spec.get("enabled")
    if node.system_suspended:
        return Check(name, "failed", "Prismatic has suspended it")
    if wanted is not None and wanted != node.enabled:
        states = ("disabled", "enabled")
        return Check(name, "failed", f"it is {states[node.enabled]}, and its manifest declares {states[wanted]}")
    return Check(name, "passed", "" if node.enabled or wanted is False else "it is disabled, and nothing declares it")


def _connections(node: InstanceFields, verify: Verify, declarations: Mapping[str, Declaration]) -> Check:
    name = "connections"
    variables = {key: each for key, each in live_variables(node).items() if each.inputs is not None or each.status}
    broken = [key for key, each in variables.items() if each.status in IN_ERROR]
    if broken:
        return Check(name, "failed", f"{_quoted(broken)} {'is' if len(broken) == 1 else 'are'} in error")
    waiting = pending(node)
    if waiting and verify.connections_active:
        return Check(name, "inconclusive", remedies(waiting, declarations))
    # A connection without a status makes no statement: only those that are authorized elsewhere certainly have one.
    others = {key: each.status for key, each in variables.items() if each.status not in {None, "ACTIVE", "PENDING"}}
    if others and verify.connections_active:
        reason = ", ".join(f"{key!r} is {status}" for key, status in others.items())
        return Check(name, "inconclusive", f"{reason}, not ACTIVE")
    return Check(name, "passed")


def _latest(live: Live[InstanceFields], verify: Verify, evidence: Evidence) -> Check:
    """Check that the latest run of no flow failed since the last deploy."""
    found = [check for config in _failing(live.node, verify) if (check := _of_failing(config, evidence))]
    failed = [check for check in found if check.verdict == "failed"] or found
    if not failed:
        return Check(EXECUTIONS, "passed")
    reason = "; ".join(check.reason for check in failed)
    return Check(EXECUTIONS, failed[0].verdict, reason, failed[0].execution)


def _of_failing(config: InstanceFlowConfig, evidence: Evidence) -> Check | None:
    """Return what the runs of a flow in a failed state show; ``None`` if a later run has succeeded."""
    found = evidence.tenant.find(runs_of_flow(config.id, None).collection, config.id)
    requests = [run for run in map(execution_of, found) if run.retry_of is None]
    started = [run for run in requests if run.state != "nothing"]
    said = f"the latest run of the flow {config.flow.name!r} failed"
    if not started:
        return Check(EXECUTIONS, "failed", said)
    latest = started[0]
    ended = next((run for run in started if run.state in {"failed", "succeeded"}), None)
    if latest.state == "succeeded" or (latest.state == "running" and ended and ended.state == "succeeded"):
        return None
    if latest.state == "running":
        return Check(EXECUTIONS, "inconclusive", f"{said}, and it runs again", latest.last.id)
    if latest.state == "retrying":
        due = f"{said}, and is tried again at {latest.last.retry_next_at}"
        return Check(EXECUTIONS, "inconclusive", due, latest.last.id)
    error = f": {evidence.clean(latest.error_line)}" if latest.error_line else ""
    return Check(EXECUTIONS, "failed", f"{said}{error}", latest.last.id)


def _counted(live: Live[InstanceFields], verify: Verify, evidence: Evidence) -> Check:
    """Check the number of failed runs since the last deploy, and of all that have ended."""
    name, node, tenant = EXECUTIONS, live.node, evidence.tenant
    exempt = {flow for flow, test in verify.flows.items() if (test.get("expect") or {}).get("status") == "error"}
    runs = [execution_of(run) for run in tenant.find(failed_runs(live.id, None).collection, live.id)]
    mine = [run for run in runs if not_before(run.started_at, node.last_deployed_at) and run.flow not in exempt]
    requests = {run.retry_of or run.id for run in mine}
    heads = {run.id: run for run in mine if run.retry_of is None}
    failed = [each for each in requests if each not in heads or heads[each].state == "failed"]
    allowed, least = verify.failures or 0, verify.at_least or 0
    if len(failed) > allowed:
        latest = next((heads[each] for each in heads if each in failed), mine[0])
        said = f"; the latest: {evidence.clean(latest.error_line)}" if latest.error_line else ""
        reason = f"{counted(len(failed), 'run')} failed since the last deploy, and {allowed} may{said}"
        return Check(name, "failed", reason, latest.last.id)
    waiting = [run for run in heads.values() if run.state == "retrying"]
    if waiting and len(failed) + len(waiting) > allowed:
        return Check(name, "inconclusive", f"{counted(len(waiting), 'failed run')} will be tried again", waiting[0].id)
    ended = len(tenant.find(ended_runs(live.id, None).collection, live.id)) if least else 0
    if ended < least:
        reason = f"{counted(ended, 'run')} ended since the last deploy, and at least {least} must have"
        return Check(name, "inconclusive", reason)
    return Check(name, "passed")


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)


def _deployed_at(live: Live[InstanceFields]) -> datetime | None:
    return instant(live.node.last_deployed_at)


def _flows(spec: Mapping[str, Any]) -> Sequence[str]:
    return () if spec.get("enabled") is False else tuple(verify_of(spec).flows)


HEALTH = HealthChecks(FIELD, _reads, _checks, flow_tests, _flows, _deployed_at, RUNS)
