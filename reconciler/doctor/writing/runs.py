"""Probes that run a flow, which the user names; without ``--deploy`` and ``--flow`` none of them does anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from reconciler.doctor.probed.run_operations import PROBE_TEST_FLOW, PROBED_RUN
from reconciler.doctor.writing.lab import NoReading
from reconciler.doctor.writing.probe import Probe
from reconciler.prismatic.http.download import NotDownloaded
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.doctor.probed.run_operations import ProbedRun
    from reconciler.doctor.writing.lab import Lab
    from reconciler.doctor.writing.probe import Results

_HEADER = "prismatic-executionid"
_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds between looks at a run, before it counts as one that does not end."""
_PAYLOAD = {"payload": '{"reconcilerDoctor": true}', "contentType": "application/json"}
_MOST = 1 << 20
"""The largest file of a step's result that is looked at, in bytes."""


async def _run(lab: Lab) -> Results:
    if lab.flow is None:
        raise NoReading("it shows only in a run of a flow; use --deploy --flow NAME with a flow that may run")
    async with lab.deployed() as made:
        config = next((each for each in made.flow_configs.nodes if each.flow.name == lab.flow), None)
        if config is None:
            raise NoReading("the chosen version has no flow of this name")
        if not made.enabled:
            await lab.update(made, enabled=True)
        answer = (await lab.do(PROBE_TEST_FLOW, id=config.id, **_PAYLOAD)).test_instance_flow_config_result
        if answer is None or answer.status_code == 429:
            raise NoReading("the flow was not run: too many runs go on")
        body, header = _parsed(answer.body), _parsed(answer.headers)
        in_header = {name.lower(): value for name, value in header.items()}.get(_HEADER)
        identifier = answer.execution.id if answer.execution else body.get("executionId") or in_header
        if not isinstance(identifier, str):
            raise NoReading("the answer names no execution")
        run = await _ended(lab, identifier)
        return {
            "test_execution": "linked" if answer.execution else "absent",
            "execution_id": _named_in(body, in_header),
            "test_runs": "marked" if run.is_test_execution else "unmarked",
            "step_results": await _form(lab, run),
        }


def _named_in(body: dict[str, Any], header: Any) -> str | NoReading:
    if "executionId" in body:
        return "body"
    return "header" if header else NoReading("neither the body nor a header of the answer names the execution")


async def _ended(lab: Lab, identifier: str) -> ProbedRun:
    for pause in _PAUSES:
        if pause:
            await lab.api.pause(pause)
        run = await lab.ask(PROBED_RUN, id=identifier)
        if run.ended_at:
            return run
    raise NoReading("the run did not end in time")


async def _form(lab: Lab, run: ProbedRun) -> str | NoReading:
    """Return the form of the first step's result that is JSON."""
    for step in run.step_results.nodes:
        try:
            data = msgspec.msgpack.decode(await lab.api.download(Secret(step.results_url), _MOST))["data"]
        except (NotDownloaded, msgspec.DecodeError, LookupError, TypeError):
            continue
        if isinstance(data, bytes | str) and _is_json(data):
            return "bytes" if isinstance(data, bytes) else "text"
        if isinstance(data, dict | list):
            return "decoded"
    return NoReading("no step of the flow has JSON as its result")


def _is_json(data: bytes | str) -> bool:
    try:
        return isinstance(json.loads(data), dict | list)
    except ValueError:
        return False


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _too_many(_: Lab) -> str:
    raise NoReading("only a customer with too many runs at a time would show it, and no run is started for that")


PROBES = (
    Probe(("test_runs", "test_execution", "execution_id", "step_results"), _run),
    Probe.of("too_many_runs", _too_many),
)
