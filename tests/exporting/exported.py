"""An export of a world's tenant into a folder, and what its manifests take from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.exporting.export import Wanted
from reconciler.workflow import exporting
from reconciler.workflow.session import connect
from reconciler.workflow.validating import existing_manifests, with_live_customers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from support.world import World

    from reconciler.exporting.export import Exported


def export(
    world: World,
    folder: Path,
    *,
    targets: Sequence[str] = (),
    full: bool = False,
    environment: str | None = None,
    secrets: str = "unmanaged",
    sets: bool = False,
    **narrowed: Sequence[str],
) -> Exported:
    """Export the tenant, or the part of it that the facets in ``narrowed`` name."""
    options = world.options(folder, environment=environment)
    manifests = existing_manifests(with_live_customers(options), folder)
    with connect(options, manifests) as session:
        names = {facet: tuple(narrowed.get(facet, ())) for facet in ("customer", "integration", "label")}
        wanted = Wanted(names, tuple(targets), full=full, references=secrets == "reference", sets=sets)
        return exporting.export(session, wanted, folder)


def documents(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the manifests of a folder by address."""
    found = {}
    for file in sorted(folder.rglob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            found[f"{document['kind']}/{document['metadata']['name']}"] = document
    return found


@dataclass(slots=True)
class Secrets:
    """The live values of what exported manifests take from the environment, straight from the tenant's store."""

    world: World
    environ: dict[str, str] = field(default_factory=dict)

    def collect(self, folder: Path) -> dict[str, str]:
        manifests = documents(folder)
        for document in manifests.values():
            if document["kind"] == "Instance":
                self._instance(document["spec"], manifests)
        return self.environ

    def _instance(self, spec: dict[str, Any], manifests: dict[str, Any]) -> None:
        row = self._row(spec, manifests)
        values = {each["key"]: each for each in variables(self.world, row["id"])}
        for key, value in spec.get("configVariables", {}).items():
            inputs = value.get("inputs") if isinstance(value, dict) else None
            for name, said in (inputs or {}).items():
                held = {each["name"]: each["value"] for each in json.loads(values[key]["inputs"])}
                self._note(said, held[name])
            self._note(value, values[key]["value"])
        flows = {each["name"]: each for each in flow_configs(self.world, row["id"])}
        for name, said in spec.get("flowConfigs", {}).items():
            for entry, text in zip(said.get("apiKeys", ()), json.loads(flows[name]["apiKeys"] or "[]"), strict=False):
                self._note(entry, text)
            self._note(said.get("testPayload"), flows[name]["testPayload"])
            headers = json.loads(flows[name]["testHeaders"] or "{}")
            for header, entry in said.get("testHeaders", {}).items():
                self._note(entry, headers[header])

    def _note(self, said: Any, text: str) -> None:
        if isinstance(said, dict) and set(said) == {"valueFrom"}:
            self.environ[said["valueFrom"]["env"]] = text

    def _row(self, spec: dict[str, Any], manifests: dict[str, Any]) -> dict[str, Any]:
        named = spec["customer"]
        name = manifests[f"Customer/{named}"]["spec"]["name"] if isinstance(named, str) else None
        where = {"name": name} if name else dict(named)
        (customer,) = self.world.rows("customers", **where)
        rows = self.world.rows("instances", customer=customer["id"], name=spec["name"])
        (row,) = [each for each in rows if not each["isSystem"] and each["instanceType"] == "INTEGRATION"]
        return row


def variables(world: World, instance: str) -> list[dict[str, Any]]:
    """Return an instance's stored config variables, each with its key."""
    rows = world.sandbox.store.rows(
        "SELECT config_variables.*, required.key FROM config_variables JOIN required_config_variables required"
        " ON required.id = requiredConfigVariable WHERE instance = ? ORDER BY required.sortOrder",
        (instance,),
    )
    return [dict(row) for row in rows]


def flow_configs(world: World, instance: str) -> list[dict[str, Any]]:
    """Return an instance's stored flow configs, each with its flow's name."""
    rows = world.sandbox.store.rows(
        "SELECT flow_configs.*, flows.name FROM flow_configs JOIN flows ON flows.id = flow WHERE instance = ?",
        (instance,),
    )
    return [dict(row) for row in rows]


def ours(world: World) -> Iterator[tuple[str, str]]:
    """Yield kind and name of every object that an export has to have."""
    everything = world.sandbox.store.rows
    ours = [row for row in everything("SELECT * FROM customers") if not row["isSystem"]]
    customers = {row["id"] for row in ours}
    yield from (("Customer", row["name"]) for row in ours)
    for row in everything("SELECT * FROM users"):
        if row["customer"] is None or row["customer"] in customers:
            yield "User", row["email"]
    for row in everything("SELECT * FROM instances"):
        mine = not row["isSystem"] and row["designedBy"] == "ORG" and row["instanceType"] == "INTEGRATION"
        if mine and row["customer"] in customers:
            yield "Instance", row["name"]
