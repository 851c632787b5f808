"""What no manifest names is byte for byte what it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from convergence.snapshot import MOVED_BY_THE_API, PARTS, parts_of, without
from support.declared import versions
from support.generate import LABEL

from reconciler.model.fingerprints import fingerprint_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convergence.run import Manifest, Outcome
    from convergence.snapshot import Row
    from support.declared import Variable, Version

TABLES = {"Customer": "customers", "User": "users", "Instance": "instances"}
COLUMNS = {
    "Customer": ("name", "externalId", "description", "allowEmbeddedDesigner"),
    "User": ("name", "externalId", "phone", "role"),
    "Instance": ("name", "description", "enabled"),
}


def check_undeclared(outcome: Outcome) -> None:
    """Assert that all that is in no manifest is what it was, and that just what is missing was created."""
    for table in outcome.before:
        if table not in {*TABLES.values(), *PARTS}:
            assert outcome.after[table] == outcome.before[table], table
    for kind, table in TABLES.items():
        _check_objects(outcome, kind, table)
    for manifest in outcome.manifests:
        if manifest.kind == "Instance" and manifest.id and not manifest.absent:
            _check_variables(outcome, manifest)
            _check_flows(outcome, manifest)
    _check_parts_of_others(outcome)


def _check_objects(outcome: Outcome, kind: str, table: str) -> None:
    before, after = outcome.before[table], outcome.after[table]
    wanted = [each for each in outcome.manifests if each.kind == kind and not each.absent]
    created = after.keys() - before.keys()
    assert len(created) == sum(1 for each in wanted if each.id is None), f"{kind}: created {len(created)}"
    for identifier, row in before.items():
        manifest = outcome.manifest_of(identifier)
        if deleted(outcome, identifier, row):
            assert identifier not in after, f"{kind} {row} is still there"
        elif manifest is None:
            assert after.get(identifier) == row
        else:
            _check_object(outcome, manifest, row, after[identifier])


def deleted(outcome: Outcome, identifier: str, row: Row) -> bool:
    """Say whether an object is to be deleted, or to go with its customer."""
    meant = [outcome.manifest_of(each) for each in (identifier, row.get("customer")) if each]
    return any(manifest is not None and manifest.absent for manifest in meant)


def _check_object(outcome: Outcome, manifest: Manifest, before: Row, after: Row) -> None:
    declared = manifest.declared
    managed = {column for column in COLUMNS[manifest.kind] if column in declared} | {"labels"}
    if manifest.kind == "Instance":
        managed |= {"integration"}
    moved = MOVED_BY_THE_API[TABLES[manifest.kind]] | managed
    assert without(after, moved) == without(before, moved), manifest.address
    if manifest.kind != "User":
        _check_labels(outcome, manifest, before, after)


def _check_labels(outcome: Outcome, manifest: Manifest, before: Row, after: Row) -> None:
    """Assert that labels are as declared, or as they were, ours aside."""
    was, now = json.loads(before["labels"]), json.loads(after["labels"])
    ours = [label for label in now if label.startswith("gitops:")]
    fingerprints = fingerprint_labels(now)
    assert outcome.case.keyed or not fingerprints, manifest.address
    if "labels" not in manifest.declared:
        assert [label for label in now if label not in ours] == [
            label for label in was if not label.startswith("gitops:")
        ], manifest.address
    if outcome.case.project:
        wanted = {LABEL, "gitops:protected"} if manifest.protected else {LABEL}
        assert set(ours) - fingerprints == wanted, manifest.address
    else:
        assert ours == [label for label in was if label.startswith("gitops:")], manifest.address


def version_of(outcome: Outcome, row: Row) -> Version:
    node = outcome.before["integrations"][row["integration"]]
    return versions()[node["name"], node["versionNumber"]]


def predecessors(outcome: Outcome, instance: str) -> Iterator[tuple[str, Row | None, Row]]:
    """Yield each variable that an instance has now, and what it was: ``None`` where a new version brought it.

    What a new version renames keeps its value only where the API says so; where not, nothing is said about it.
    """
    was, now = (parts_of(each, "config_variables", instance) for each in (outcome.before, outcome.after))
    old, new = (version_of(outcome, each["instances"][instance]) for each in (outcome.before, outcome.after))
    renamed = {variable.key: variable.former for variable in new.variables.values() if variable.former}
    renamed |= {variable.former: variable.key for variable in old.variables.values() if variable.former}
    for key, row in now.items():
        if key in was and _keeps(outcome, old.variables[key], new.variables[key]):
            yield key, was[key], row
        elif key in was or renamed.get(key) not in was:
            yield key, None, row
        elif outcome.variants.renamed_variables == "kept":
            yield key, was[renamed[key]], row


def _keeps(outcome: Outcome, old: Variable, new: Variable) -> bool:
    """Say whether a move leaves the variable its value: with another type only where the API says so."""
    same = (old.data_type, old.collection) == (new.data_type, new.collection)
    return same or outcome.variants.retyped_variables == "kept"


def _check_variables(outcome: Outcome, manifest: Manifest) -> None:
    assert manifest.id
    declared = manifest.declared.get("configVariables", {})
    version = version_of(outcome, outcome.after["instances"][manifest.id])
    moved = MOVED_BY_THE_API["config_variables"] | {"partKey"}
    for key, before, after in predecessors(outcome, manifest.id):
        where = f"{manifest.address} {key}"
        if key in declared:
            if version.variables[key].connection and before:
                _check_connection(outcome, manifest, key, before, after)
        elif before is None:
            assert after["value"] == version.variables[key].default, where
            _check_told(outcome, manifest, key)
        else:
            assert without(after, moved) == without(before, moved), where


def _check_told(outcome: Outcome, manifest: Manifest, key: str) -> None:
    """Assert that the plan warned of a value that nobody declared, if the move to another version took one."""
    assert manifest.id
    was = parts_of(outcome.before, "config_variables", manifest.id).get(key)
    if was is None:
        return
    default = version_of(outcome, outcome.before["instances"][manifest.id]).variables[key].default
    told = any(each.address == manifest.address and repr(key) in each.message for each in outcome.plan.warnings)
    assert told or (was["value"] or "") in {"", default}, f"{manifest.address} {key}: no warning of its value"


def _check_connection(outcome: Outcome, manifest: Manifest, key: str, before: Row, after: Row) -> None:
    """Assert that a declared connection's undeclared inputs and links are what they were."""
    said = manifest.declared["configVariables"][key]
    links = {"customerConfigVariableId": "customerConfigVariable", "onPremiseResourceId": "onPremiseResource"}
    managed = {column for name, column in links.items() if name in said} | {"inputs"}
    moved = MOVED_BY_THE_API["config_variables"] | managed | {"partKey"}
    assert without(after, moved) == without(before, moved), f"{manifest.address} {key}"
    was, now = (_undeclared_inputs(row, said) for row in (before, after))
    if was == now:
        return
    lost = [name for name in was if was[name] != now[name]]
    assert outcome.variants.connection_inputs == "replace", f"{manifest.address} {key}: {was} became {now}"
    for name in lost:
        assert was[name]["meta"].get("writeOnly"), f"{manifest.address} {key}: lost {name}, which can be read"
        assert any(_warns(warning, manifest, key, name) for warning in outcome.plan.warnings), f"no warning of {name}"


def _undeclared_inputs(row: Row, said: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in json.loads(row["inputs"]) if each["name"] not in said.get("inputs", {})}


def _warns(warning: Any, manifest: Manifest, key: str, name: str) -> bool:
    return warning.address == manifest.address and key in warning.message and name in warning.message


def _check_flows(outcome: Outcome, manifest: Manifest) -> None:
    assert manifest.id
    was, now = (parts_of(each, "flow_configs", manifest.id) for each in (outcome.before, outcome.after))
    declared = manifest.declared.get("flowConfigs", {})
    for name in was.keys() & now.keys():
        moved = MOVED_BY_THE_API["flow_configs"] | declared.get(name, {}).keys()
        assert without(now[name], moved) == without(was[name], moved), f"{manifest.address} {name}"


def _check_parts_of_others(outcome: Outcome) -> None:
    for table in PARTS:
        for key, row in outcome.before[table].items():
            instance = outcome.before["instances"][key[0]]
            if outcome.manifest_of(key[0]) is None and not deleted(outcome, key[0], instance):
                assert outcome.after[table].get(key) == row, key
