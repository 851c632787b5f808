"""Probes that only look at what the tenant has: at runs that were, and at versions. They return nothing of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.doctor.probed.operations import PROBED_LISTING
from reconciler.doctor.probed.run_operations import (
    PROBED_DUPLICATES,
    PROBED_FAILURES,
    PROBED_RETRIES,
    PROBED_RUNS,
    PROBED_STEPS,
)
from reconciler.doctor.writing.lab import NoReading, Refused
from reconciler.doctor.writing.probe import Probe, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.doctor.probed.run_operations import ProbedRetriesNodeRetryForExecution
    from reconciler.doctor.writing.lab import Lab


async def _before(lab: Lab) -> Sequence[ProbedRetriesNodeRetryForExecution]:
    """Return what the latest retries are retries of."""
    retries = (await lab.ask(PROBED_RETRIES)).nodes
    found = [each.retry_for_execution for each in retries if each.retry_for_execution]
    if not found:
        raise NoReading("no run of the tenant was retried")
    return found


async def _next_at(lab: Lab) -> str:
    return "cleared" if all(each.retry_next_at is None for each in await _before(lab)) else "kept"


async def _links(lab: Lab) -> str:
    found = await _before(lab)
    if any(each.retry_for_execution for each in found):
        return "previous"
    if max(Counter(each.id for each in found).values()) > 1:
        return "first"
    raise NoReading("no run of the tenant was retried twice")


async def _canceled(lab: Lab) -> str:
    found = (await lab.ask(PROBED_DUPLICATES)).nodes
    if not found:
        raise NoReading("no run of the tenant was canceled as a duplicate")
    return reading({"SUCCESS": "success", "ERROR": "error"}, found[0].status)


async def _failed_state(lab: Lab) -> str:
    for each in (await lab.ask(PROBED_FAILURES)).nodes:
        flows = [flow for flow in (each.instance.flow_configs.nodes if each.instance else ()) if flow.last_executed_at]
        latest = max(flows, key=lambda flow: flow.last_executed_at or "", default=None)
        if each.instance and latest and not latest.in_failed_state and any(flow.in_failed_state for flow in flows):
            return "any-flow" if each.instance.in_failed_state else "latest-run"
    raise NoReading("no instance has a flow that failed and another one that succeeded later")


async def _after_deploy(lab: Lab) -> str:
    for each in (await lab.ask(PROBED_FAILURES)).nodes:
        flow, deployed = each.flow_config, each.instance.last_deployed_at if each.instance else None
        if flow and deployed and each.ended_at and (flow.last_executed_at or "") <= each.ended_at < deployed:
            return "kept" if flow.in_failed_state else "cleared"
    raise NoReading("no instance was deployed after a failed run and before the next one")


async def _pages(lab: Lab) -> str:
    try:
        runs = await lab.ask(PROBED_RUNS, first=100)
    except Refused:
        await lab.ask(PROBED_RUNS, first=20)
        return "20"
    if len(runs.nodes) > 20:
        return "100"
    if runs.total_count > len(runs.nodes):
        return reading({20: "20"}, len(runs.nodes))
    raise NoReading("the tenant has no more than 20 runs")


async def _step_names(lab: Lab) -> str:
    steps = [step for run in (await lab.ask(PROBED_STEPS)).nodes for step in run.step_results.nodes]
    if not steps:
        raise NoReading("no recent run of the tenant has results of steps")
    return "present" if any(step.display_step_name for step in steps) else "null"


async def _draft(lab: Lab) -> str:
    listing = (await lab.ask(PROBED_LISTING, name=lab.integration)).nodes
    draft = next((each for each in listing if not each.version_is_available), None)
    if draft is None:
        raise NoReading("the list of integrations has no draft of this one")
    latest = lab.latest
    return reading({latest + 1: "next", latest: "latest", 0: "zero"}, draft.version_number)


async def _component_ids(lab: Lab) -> str:
    found: dict[tuple[str, bool, str], dict[int, str]] = {}
    for version in lab.versions:
        for each in version.variables:
            if each.connection:
                part = each.connection.component
                key = (part.key, part.public, each.connection.key)
                number = version.components.get(each.key, part.version_number)
                found.setdefault(key, {})[number] = each.connection.id
    for by_version in found.values():
        if len(by_version) > 1:
            return "same" if len(set(by_version.values())) == 1 else "versions"
    raise NoReading("no two versions of the integration use two versions of one component's connection")


PROBES = (
    Probe.of("retry_next_at", _next_at),
    Probe.of("retry_links", _links),
    Probe.of("canceled_runs", _canceled),
    Probe.of("instance_failed_state", _failed_state),
    Probe.of("failed_state_after_deploy", _after_deploy),
    Probe.of("execution_pages", _pages),
    Probe.of("display_step_names", _step_names),
    Probe.of("draft_number", _draft),
    Probe.of("component_ids", _component_ids),
)
