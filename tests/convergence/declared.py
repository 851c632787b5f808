"""What a manifest names is what it says, read from the store and not by the product."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from convergence.snapshot import parts_of
from convergence.undeclared import COLUMNS, TABLES, version_of
from support.case import AGENT, SHARED
from support.values import entry, meaning

from reconciler.sandbox.data.roles import role_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convergence.run import Manifest, Outcome
    from convergence.snapshot import Row
    from support.declared import Variable


def check_declared(outcome: Outcome) -> None:
    """Assert that nothing failed, that nothing is left to do, and that every declared value is there."""
    failed = [(each.change.address, each.status, each.messages) for each in outcome.results if not each.ok]
    assert not failed, failed
    assert outcome.left.empty, [(each.address, each.actions, each.fields, each.reason) for each in outcome.left]
    for manifest in outcome.manifests:
        if not manifest.absent:
            row = object_of(outcome, manifest)
            _check_columns(manifest, row)
            if manifest.kind == "Instance":
                _check_instance(outcome, manifest, row)


def object_of(outcome: Outcome, manifest: Manifest) -> Row:
    """Return a manifest's object: the one that it meant at the start, else the one that is new."""
    identifier = manifest.id or outcome.left.live_ids[manifest.address]
    return outcome.after[TABLES[manifest.kind]][identifier]


def _check_columns(manifest: Manifest, row: Row) -> None:
    declared = manifest.declared
    for column in COLUMNS[manifest.kind]:
        if column not in declared:
            continue
        stored = row[column]
        if column == "role":
            role = role_by_id(stored)
            stored = role.name if role else None
        assert (stored or "") == (declared[column] or ""), f"{manifest.address} {column}"
    if "labels" in declared:
        labels = {label.lower() for label in json.loads(row["labels"]) if not label.startswith("gitops:")}
        assert labels == {label.lower() for label in declared["labels"]}, manifest.address


def _check_instance(outcome: Outcome, manifest: Manifest, row: Row) -> None:
    declared = manifest.declared
    version = version_of(outcome, row)
    wanted = declared["integration"].get("version") if "integration" in declared else None
    assert wanted in {None, "latest", version.number}, manifest.address
    stored = parts_of(outcome.after, "config_variables", row["id"])
    before = parts_of(outcome.before, "config_variables", row["id"])
    for key, value in declared.get("configVariables", {}).items():
        value = revealed(value, outcome.case.environ)  # noqa: PLW2901 - the same value in the open
        variable = version.variables[key]
        if variable.connection:
            _check_connection(outcome, manifest, variable, value, stored[key], before.get(key))
        else:
            _check_value(manifest, variable, value, stored[key])
    _check_flows(outcome, manifest, row)
    _check_deployment(outcome, manifest, row)


def revealed(value: Any, environ: Mapping[str, str]) -> Any:
    """Return a manifest's value with its secrets in the open."""
    if isinstance(value, dict):
        if value.keys() == {"valueFrom"}:
            return environ[value["valueFrom"]["env"]]
        return {key: revealed(item, environ) for key, item in value.items()}
    return [revealed(item, environ) for item in value] if isinstance(value, list) else value


def _check_value(manifest: Manifest, variable: Variable, value: Any, row: Row) -> None:
    where = f"{manifest.address} {variable.key}"
    if value is None:
        assert meaning(variable, row["value"]) == meaning(variable, variable.default), where
        return
    if variable.collection and isinstance(value, str):
        value = json.loads(value)
    wanted = entry(variable, value)
    now, then = meaning(variable, row["value"]), meaning(variable, wanted["value"])
    if variable.collection == "KEYVALUELIST":
        now, then = (sorted(each, key=itemgetter(0)) for each in (now, then))
    assert now == then, where
    if isinstance(value, dict) and variable.data_type == "SCHEDULE" and not variable.collection:
        assert (row["timeZone"] or "") == value["schedule"].get("timeZone", row["timeZone"] or ""), where
        assert row["scheduleType"].lower() == value["schedule"].get("type", row["scheduleType"].lower()), where


def _check_connection(
    outcome: Outcome, manifest: Manifest, variable: Variable, said: Any, row: Row, before: Row | None
) -> None:
    where = f"{manifest.address} {variable.key}"
    if "customerConfigVariableId" in said:
        assert row["customerConfigVariable"] == SHARED, where
    if "onPremiseResourceId" in said:
        assert row["onPremiseResource"] == AGENT, where
    stored = {each["name"]: each["value"] for each in json.loads(row["inputs"])}
    held = {each["name"]: each["value"] for each in json.loads(before["inputs"] if before else "[]")}
    for name, text in said.get("inputs", {}).items():
        if stored[name] == text:
            continue
        assert variable.inputs[name], f"{where}: {name}"
        assert not outcome.case.keyed, f"{where}: {name} is not what is declared, although its fingerprint tells"
        assert held.get(name) == stored[name], f"{where}: {name}, which is write-only, is neither old nor new"
        unsaid = [
            each for each in outcome.plan.warnings if "is write-only and set" in each.message and name in each.message
        ]
        assert any(each.address == manifest.address for each in unsaid), f"{where}: no warning of {name}"


def _check_flows(outcome: Outcome, manifest: Manifest, row: Row) -> None:
    stored = parts_of(outcome.after, "flow_configs", row["id"])
    for name, said in revealed(manifest.declared.get("flowConfigs", {}), outcome.case.environ).items():
        for field, value in said.items():
            found = stored[name][field]
            where = f"{manifest.address} {name} {field}"
            if field == "apiKeys":
                assert sorted(json.loads(found)) == sorted(value), where
            elif field == "testHeaders":
                assert json.loads(found or "{}") == value, where
            else:
                assert (found or "") == (value or ""), where


def _check_deployment(outcome: Outcome, manifest: Manifest, row: Row) -> None:
    """Assert that an instance is deployed, unless somebody has to do something first, or it must not be."""
    before = outcome.before["instances"].get(row["id"])
    if manifest.spec.get("deploy") == "never":
        assert row["deployments"] == (before["deployments"] if before else 0), manifest.address
        return
    waits = [each for each in outcome.left.warnings if each.address == manifest.address and "authorize" in each.message]
    done = row["lastDeployedAt"] is not None and not row["needsDeploy"]
    assert done != bool(waits), f"{manifest.address}: deployed {done}, {waits}"
