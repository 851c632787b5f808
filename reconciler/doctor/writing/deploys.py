"""Probes that deploy an instance. Without ``--deploy`` none of them does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.doctor.probed.operations import PROBE_DEPLOY_INSTANCE
from reconciler.doctor.writing.lab import FULL, NoReading, Unheard
from reconciler.doctor.writing.probe import Probe, reading

if TYPE_CHECKING:
    from reconciler.doctor.writing.lab import Lab


async def _enabled(lab: Lab) -> str:
    async with lab.deployed() as made:
        paused = await lab.update(made, enabled=False)
        if paused.enabled:
            raise NoReading("the instance cannot be paused")
        return "true" if (await lab.deploy(paused)).enabled else "unchanged"


async def _deployed_version(lab: Lab) -> str:
    async with lab.deployed() as made:
        number = lab.version.number
        if number == 1:
            again = await lab.deploy(made)
            return reading({1: "version", 2: "count"}, again.deployed_version)
        return reading({number: "version", 1: "count"}, made.deployed_version)


async def _unconfigured(lab: Lab) -> str:
    lab.need_deploys()
    async with lab.instance() as made:
        if made.config_state == FULL:
            raise NoReading("every config variable of the chosen version has a value or a default")
        if await lab.refusal(PROBE_DEPLOY_INSTANCE, id=made.id):
            return "refused"
        return "allowed" if (await lab.look(made)).last_deployed_at else "ignored"


async def _name(lab: Lab) -> str:
    async with lab.deployed() as made:
        return "yes" if (await lab.update(made, name=lab.name("instance"))).needs_deploy else "no"


async def _attributes(lab: Lab) -> str:
    async with lab.deployed() as made:
        labels = (await lab.update(made, labels=["doctor"])).needs_deploy
        if labels:
            await lab.deploy(made)
        description = (await lab.update(made, description="of no use")).needs_deploy
        if labels != description:
            raise Unheard(f"labels make a deploy needed: {labels}; a description does: {description}")
        return "yes" if labels else "no"


PROBES = (
    Probe.of("enabled_after_deploy", _enabled),
    Probe.of("deployed_version", _deployed_version),
    Probe.of("deploy_unconfigured", _unconfigured),
    Probe.of("name_needs_deploy", _name),
    Probe.of("attributes_need_deploy", _attributes),
)
