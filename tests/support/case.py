"""One case for the great properties: manifests, and the tenant that they meet."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.options import FINGERPRINT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support.world import World

SHARED = "shared-connection-1"
"""The ID of a reusable connection that is there in every case."""
AGENT = "on-premise-agent-1"
"""The ID of an on-premise agent that is there in every case."""


class Quoting(yaml.SafeDumper):
    """Writes every text in quotes, so that YAML 1.1 and 1.2 read the same."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@dataclass(slots=True)
class LiveCustomer:
    """A customer that is there before; ``key`` is what users and instances of the case refer to it by."""

    key: str
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    system: bool = False
    address: str | None = None


@dataclass(slots=True)
class LiveUser:
    """A user that is there before; without ``customer`` one of the organization's."""

    email: str
    role: str
    customer: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    address: str | None = None


@dataclass(slots=True)
class LiveInstance:
    """An instance that is there before.

    ``variables`` are as they travel; ``flows`` its flow configs by the flow's name; ``respelled`` the declared
    variables that mean already what the manifest says, and are spelt otherwise. ``deployed``: never, clean or
    dirty, the last for one whose configuration changed since.
    """

    name: str
    customer: str
    integration: tuple[str, int]
    variables: list[dict[str, Any]] = field(default_factory=list)
    flows: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    deployed: str = "never"
    authorized: bool = False
    special: dict[str, Any] = field(default_factory=dict)
    respelled: frozenset[str] = frozenset()
    address: str | None = None


@dataclass(slots=True)
class Case:
    """``project``: whether the manifests belong to a project, which labels what it owns."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    project: bool = False
    withdrawn: bool = False
    """Whether the first version of Acme Inventory is no longer available."""
    customers: list[LiveCustomer] = field(default_factory=list)
    users: list[LiveUser] = field(default_factory=list)
    instances: list[LiveInstance] = field(default_factory=list)

    @property
    def keyed(self) -> bool:
        """Whether write-only secrets are told by fingerprints, which only what a project owns carries."""
        return self.project and FINGERPRINT_KEY in self.environ

    def with_other_secrets(self) -> Case:
        """Return the same manifests in an environment in which every second input of a connection is another."""
        names = [name for document in self.documents for name in _inputs_from(document)]
        return replace(self, environ=self.environ | {name: f"other {self.environ[name]}" for name in names[::2]})

    @property
    def text(self) -> str:
        """The manifests, as one stream of YAML documents."""
        return "\n---\n".join(map(dump, self.documents))

    def furnish(self, world: World) -> dict[str, str]:
        """Put the starting tenant in; return the IDs of what manifests mean, by address."""
        store, seed = world.sandbox.store, world.seed
        shared = seed.customer_variable(world.rows("scoped_config_variables", key="shared-warehouse")[0]["id"])
        store.execute("UPDATE customer_config_variables SET id = ? WHERE id = ?", (SHARED, shared["id"]))
        agent = seed.on_premise_resource("Warehouse agent")
        store.execute("UPDATE on_premise_resources SET id = ? WHERE id = ?", (AGENT, agent["id"]))
        ids = {"User/myself": world.sandbox.tenant.user}
        owners: dict[str | None, str | None] = {None: None}
        for customer in self.customers:
            row = seed.customer(customer.name, system=customer.system, **customer.fields)
            owners[customer.key] = row["id"]
            _note(ids, customer.address, row)
        for user in self.users:
            row = seed.user(user.email, customer=owners[user.customer], role=user.role, **user.fields)
            _note(ids, user.address, row)
        for instance in self.instances:
            row = _instance(world, instance, str(owners[instance.customer]))
            _note(ids, instance.address, row)
        if self.withdrawn:
            store.update("integrations", seed.version("Acme Inventory", 1)["id"], versionIsAvailable=0)
        world.forget()
        return ids


def _inputs_from(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the environment variables that a manifest's connections take inputs from."""
    for variable in document["spec"].get("configVariables", {}).values():
        inputs = variable.get("inputs") if isinstance(variable, dict) else None
        for value in inputs.values() if isinstance(inputs, dict) else ():
            if isinstance(value, dict):
                yield value["valueFrom"]["env"]


def dump(document: Mapping[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=Quoting, allow_unicode=True, sort_keys=False, width=float("inf"))
    return text


def _note(ids: dict[str, str], address: str | None, row: Mapping[str, Any]) -> None:
    if address:
        ids[address] = row["id"]


def _instance(world: World, live: LiveInstance, customer: str) -> Mapping[str, Any]:
    seed, tenant = world.seed, world.sandbox.tenant
    version = seed.version(*live.integration)
    flows = {row["name"]: row["id"] for row in world.rows("flows", integration=version["id"])}
    row = seed.instance(
        live.name,
        customer=customer,
        integration=version["id"],
        configVariables=live.variables,
        flowConfigs=[{"flowId": flows[name], **config} for name, config in live.flows.items()],
        **live.fields,
        **live.special,
    )
    if live.authorized:
        seed.authorize(row["id"], "CRM Connection")
    if live.deployed != "never":
        dirty = int(live.deployed == "dirty")
        tenant.store.update("instances", row["id"], needsDeploy=dirty, lastDeployedAt=tenant.clock.tick())
    return row


def inputs_entry(key: str, inputs: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Return a connection as it travels, from the names, types and values of its inputs."""
    listed = [{"name": name, "type": kind, "value": value} for name, kind, value in inputs]
    return {"key": key, "values": json.dumps(listed, ensure_ascii=False)}
