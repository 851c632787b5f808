"""Probes on the move of an instance to another version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.doctor.writing.instances import variable
from reconciler.doctor.writing.lab import NoReading
from reconciler.doctor.writing.monitors import MONITOR, monitor_data, monitors_of
from reconciler.doctor.writing.probe import Probe, reading
from reconciler.doctor.writing.versions import moves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.doctor.probed.operations import ProbedInstance
    from reconciler.doctor.writing.lab import Lab
    from reconciler.doctor.writing.versions import Move

_TEXT = "carried over"


async def _renamed(lab: Lab) -> str:
    stable = await _carried(lab, next((move for move in moves(lab.versions) if move.by_stable_key), None), "stable")
    declared = await _carried(lab, next((move for move in moves(lab.versions) if move.by_definition), None), "declared")
    if stable is None or declared is None:
        lacks = "the stable key" if stable is None else "renameAttributes"
        raise NoReading(f"no two versions of the integration have a config variable whose key only {lacks} connects")
    return {(True, True): "kept", (False, True): "declared", (True, False): "stable-key", (False, False): "lost"}[
        stable, declared
    ]


async def _carried(lab: Lab, move: Move | None, by: str) -> bool | None:
    """Return whether a value is carried over to the new key of its variable; ``None`` without a move that shows it."""
    if move is None:
        return None
    renames: Mapping[str, str] = move.by_stable_key if by == "stable" else move.by_definition
    former, new = next(iter(renames.items()))
    async with lab.instance(move.before) as made:
        await lab.configure(made, {"key": former, "value": _TEXT})
        after = await lab.update(made, integration=move.after.id)
        return variable(after, new).value == _TEXT


async def _retyped(lab: Lab) -> str:
    for move in moves(lab.versions):
        for before, after in move.retyped:
            if {before.data_type, after.data_type} != {"STRING", "NUMBER"} or after.default_value in {"5", "5.0"}:
                continue
            async with lab.instance(move.before) as made:
                await lab.configure(made, {"key": before.key, "value": "5"})
                value = variable(await lab.update(made, integration=move.after.id), after.key).value
                default = after.default_value
                return reading({"5": "kept", "5.0": "kept", default: "default", default or None: "default"}, value)
    raise NoReading("no two versions of the integration declare a config variable as a text and as a number")


async def _flow_config_ids(lab: Lab) -> str:
    move = next((each for each in moves(lab.versions) if each.flows), None)
    if move is None:
        raise NoReading("no two versions of the integration have a flow in common")
    async with lab.instance(move.before) as made:
        flow = move.flows[0]
        after = await lab.update(made, integration=move.after.id)
        return "kept" if _configs(after)[flow] == _configs(made)[flow] else "changed"


def _configs(instance: ProbedInstance) -> dict[str, str]:
    return {each.flow.name: each.id for each in instance.flow_configs.nodes}


async def _monitors(lab: Lab) -> str:
    move = next((each for each in moves(lab.versions) if each.flows and each.lost_flows), None)
    if move is None:
        raise NoReading("no two versions of the integration have a flow in common and one that only the former has")
    common, lost = move.flows[0], move.lost_flows[0]
    async with lab.instance(move.before) as made:
        configs = _configs(made)
        data = [await monitor_data(lab, configs[flow]) for flow in (common, lost)]
        monitors = [await lab.create(MONITOR, **each) for each in data]
        after = _configs(await lab.update(made, integration=move.after.id))
        bound = {each.id: each.flow_config.id if each.flow_config else "" for each in await monitors_of(lab)}
        seen = tuple(each.id in bound for each in monitors)
        if seen == (True, False):
            return reading({after[common]: "kept"}, bound[monitors[0].id])
        return reading({(False, False): "deleted", (True, True): "left"}, seen)


PROBES = (
    Probe.of("renamed_variables", _renamed),
    Probe.of("retyped_variables", _retyped),
    Probe.of("flow_config_ids", _flow_config_ids),
    Probe.of("monitors_on_move", _monitors),
)
