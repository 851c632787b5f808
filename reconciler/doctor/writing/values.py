"""Probes on the values of config variables: how they read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.doctor.writing.instances import variable
from reconciler.doctor.writing.lab import NoReading
from reconciler.doctor.writing.probe import Probe, reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.doctor.probed.operations import ProbedVariable
    from reconciler.doctor.writing.lab import Lab

_LIST = '["a",  "b"]'
_MAP = json.dumps([{"key": "b", "value": "x"}, {"key": "a", "value": "x"}])


async def _written(lab: Lab, what: str, data_type: str, collection: str | None, text: str) -> str | None:
    """Write a text into a config variable of this kind, and return what it reads as."""

    def fits(each: ProbedVariable) -> bool:
        return each.data_type == data_type and each.collection_type == collection

    for version in lab.versions:
        found = version.find(fits)
        if found:
            async with lab.instance(version) as made:
                after = await lab.configure(made, {"key": found.key, "value": text})
                return variable(after, found.key).value
    raise NoReading(f"no version of the integration declares {what}")


def _scalar(name: str, what: str, data_type: str, readings: Mapping[str, str]) -> Probe:
    """Return a probe that writes the first of the texts, and names the reading of the one that reads back."""

    async def act(lab: Lab) -> str:
        return reading(readings, await _written(lab, what, data_type, None, next(iter(readings))))

    return Probe.of(name, act)


async def _json(lab: Lab) -> str:
    seen = await _written(lab, "a list of texts", "STRING", "VALUELIST", _LIST)
    pretty = json.dumps(json.loads(_LIST), indent=2)
    return reading({_LIST: "sent", '["a","b"]': "compact", pretty: "pretty"}, seen)


async def _order(lab: Lab) -> str:
    seen = await _written(lab, "a key-value list of texts", "STRING", "KEYVALUELIST", _MAP)
    keys = "".join(str(each["key"]) for each in json.loads(seen or "[]"))
    return reading({"ba": "sent", "ab": "sorted"}, keys)


PROBES = (
    _scalar("booleans", "a boolean", "BOOLEAN", {"false": "sent", "False": "title"}),
    _scalar("numbers", "a number", "NUMBER", {"15": "sent", "15.0": "float"}),
    _scalar("dates", "a date", "DATE", {"2024-05-02": "sent", "2024-05-02T00:00:00.000Z": "utc"}),
    Probe.of("json", _json),
    Probe.of("key_value_order", _order),
)
