"""What was sent: nothing but declared keys that differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from convergence.snapshot import MOVED_BY_THE_API, without
from convergence.undeclared import TABLES, predecessors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convergence.run import Manifest, Outcome

    from reconciler.sandbox.data.audit import Entry

UPDATES = {"updateCustomer": "Customer", "updateUser": "User", "updateInstance": "Instance"}


def check_written(outcome: Outcome) -> None:
    """Assert that each mutation writes declared keys alone, and only those whose value it changes."""
    created = {manifest.address: manifest for manifest in outcome.manifests if not manifest.id and not manifest.absent}
    creations = [each for each in outcome.log if each.field.startswith("create")]
    assert len(creations) == len(created)
    ids = {address: manifest.id or outcome.left.live_ids.get(address) for address, manifest in _by_address(outcome)}
    manifests = {ids[address]: manifest for address, manifest in _by_address(outcome) if ids[address]}
    for each in outcome.log:
        data = each.arguments["input"]
        manifest = manifests.get(data.get("id"))
        if each.field in UPDATES and manifest:
            _check_update(outcome, manifest, data)
        elif each.field == "updateInstanceConfigVariables" and manifest:
            _check_configuration(outcome, manifest, data["configVariables"])
        else:
            assert each.field.startswith(("create", "deploy", "delete")), each
    _check_respelled(outcome)


def _by_address(outcome: Outcome) -> list[tuple[str, Manifest]]:
    return [(manifest.address, manifest) for manifest in outcome.manifests]


def _check_update(outcome: Outcome, manifest: Manifest, data: Mapping[str, Any]) -> None:
    declared = manifest.declared
    table = TABLES[manifest.kind]
    before, after = (each[table].get(data["id"], {}) for each in (outcome.before, outcome.after))
    if data.get("preserveDeployState"):
        assert data.keys() <= {"id", "name", "description", "labels", "preserveDeployState"}, manifest.address
    for key in data.keys() - {"id", "preserveDeployState"}:
        where = f"{manifest.address} {key}: {data[key]!r}"
        if key == "enabled":
            # Where creating or deploying changes it, it is put back; so it may be sent and end as it was.
            assert "enabled" in declared or before, where
        elif key == "flowConfigs":
            assert declared.get(key), where
        elif key == "labels":
            assert before[key] != after[key], where
        else:
            assert key in declared, where
            assert (before[key] or "") != (after[key] or ""), where


def _check_configuration(outcome: Outcome, manifest: Manifest, sent: list[Mapping[str, Any]]) -> None:
    declared = manifest.declared.get("configVariables", {})
    identifier = manifest.id
    assert identifier, f"{manifest.address}: configured after it was created with its configuration"
    rows = {key: (before, after) for key, before, after in predecessors(outcome, identifier)}
    moved = MOVED_BY_THE_API["config_variables"] | {"partKey"}
    assert len({each["key"] for each in sent}) == len(sent)
    for each in sent:
        key = each["key"]
        where = f"{manifest.address} {key}"
        assert key in declared, where
        before, after = rows.get(key, (None, None))
        if before and after and not (outcome.case.keyed and "values" in each):
            # With fingerprints a secret of which none is on record is sent, even if it should be there already.
            assert without(before, moved) != without(after, moved), f"{where} was right already: {each}"
        if "values" in each and before:
            _check_inputs(declared[key], before, each, where)


def _check_inputs(said: Any, before: Mapping[str, Any], sent: Mapping[str, Any], where: str) -> None:
    """Assert that a connection is sent with what is declared, and else only with what can be read."""
    known = {each["name"]: each for each in json.loads(before["inputs"])}
    for each in json.loads(sent["values"]):
        if each["name"] in said.get("inputs", {}):
            continue
        held = known[each["name"]]
        assert not held["meta"].get("writeOnly"), f"{where}: {each['name']} is write-only and in no manifest"
        assert (each["value"], each["type"]) == (held["value"], held["type"].lower()), where


def _check_respelled(outcome: Outcome) -> None:
    """Assert that what meant the same already is still spelt as it was."""
    for live in outcome.case.instances:
        manifest = next((each for each in outcome.manifests if each.address == live.address), None)
        if manifest is None or manifest.absent or not manifest.id:
            continue
        for key, before, after in predecessors(outcome, manifest.id):
            if key in live.respelled and before:
                assert after["value"] == before["value"], f"{manifest.address} {key}"


def mutations(log: list[Entry]) -> list[str]:
    return [each.field for each in log if each.operation == "mutation"]
