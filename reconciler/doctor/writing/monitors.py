"""Probes on alert monitors, which notify nobody."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from reconciler.doctor.probed.alert_operations import (
    PROBE_CREATE_MONITOR,
    PROBE_DELETE_MONITOR,
    PROBE_UPDATE_MONITOR,
    PROBED_MONITORS,
    PROBED_TRIGGERS,
)
from reconciler.doctor.writing.lab import NoReading, Sort, present
from reconciler.doctor.writing.probe import Probe, reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from reconciler.doctor.probed.alert_operations import AlertMonitor, ProbedMonitor
    from reconciler.doctor.probed.operations import ProbedInstance
    from reconciler.doctor.writing.lab import Lab

_TRIGGER = "Execution Failed"


MONITOR: Sort[ProbedMonitor] = Sort(PROBE_CREATE_MONITOR, lambda payload: payload.alert_monitor, PROBE_DELETE_MONITOR)


async def monitor_data(lab: Lab, flow_config: str) -> dict[str, Any]:
    """Return the input for a new alert monitor of a flow of an instance, with which it is deleted."""
    return {"name": lab.name("monitor"), "flowConfig": flow_config, **await _notified(lab)}


async def _notified(lab: Lab) -> dict[str, Any]:
    """Return the lists of a monitor, all of them: an update may reset those that it does not have."""
    chosen = [each.id for each in (await lab.ask(PROBED_TRIGGERS)).nodes if each.name == _TRIGGER]
    if not chosen:
        raise NoReading(f"there is no alert trigger {_TRIGGER!r}")
    return {"triggers": chosen, "groups": [], "users": [], "webhooks": []}


async def monitors_of(lab: Lab) -> Sequence[AlertMonitor]:
    """Return the alert monitors of the customer's instances."""
    return (await lab.ask(PROBED_MONITORS, customer=lab.customer, first=100)).nodes


@asynccontextmanager
async def _monitor(lab: Lab, instance: ProbedInstance, **data: Any) -> AsyncIterator[ProbedMonitor]:
    if not instance.flow_configs.nodes:
        raise NoReading("the chosen version has no flow")
    data |= await monitor_data(lab, instance.flow_configs.nodes[0].id)
    async with lab.having(MONITOR, **data) as made:
        yield made


async def _numbers(lab: Lab) -> str:
    async with lab.instance() as instance, _monitor(lab, instance, durationSecondsCondition=10) as made:
        data = {"id": made.id, "durationSecondsCondition": None, **await _notified(lab)}
        changed = present((await lab.do(PROBE_UPDATE_MONITOR, **data)).alert_monitor)
        return reading({None: "unset", 10: "kept"}, changed.duration_seconds_condition)


async def _flow(lab: Lab) -> str:
    version = next((each for each in lab.versions if len(each.flows) > 1), None)
    if version is None:
        raise NoReading("no version of the integration has two flows")
    async with lab.instance(version) as instance, _monitor(lab, instance) as made:
        first, second = [each.id for each in instance.flow_configs.nodes][:2]
        data = {"id": made.id, "flowConfig": second, **await _notified(lab)}
        changed = present((await lab.do(PROBE_UPDATE_MONITOR, **data)).alert_monitor)
        bound = changed.flow_config.id if changed.flow_config else None
        return reading({second: "written", first: "ignored"}, bound)


PROBES = (
    Probe.of("monitor_numbers", _numbers),
    Probe.of("monitor_flow_updates", _flow),
)
