"""Large tenants, and the manifests that name them: rows put into the sandbox's store by one statement a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support.world import World

INTEGRATION = "Acme Inventory"
VARIABLE = "My String"
FLOW = "Sync Inventory"
_MOMENT = "2026-01-01T00:00:00.000000+00:00"
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many customers, users and instances, the latter two dealt out to the customers in turn.

    ``label`` is what every customer and instance carries. Every instance is deployed, with one config variable. The
    flow of the first ``failing`` instances has failed since.
    """

    customers: int
    users: int = 0
    instances: int = 0
    label: str = ""
    failing: int = 0

    def settle(self, world: World) -> None:
        """Put them into the tenant."""
        execute = world.sandbox.store.execute
        labels = json.dumps([self.label] if self.label else [])
        moments = f"'{_MOMENT}', '{_MOMENT}'"
        version = world.seed.version(INTEGRATION)["id"]
        required = world.sandbox.store.where("required_config_variables", integration=version, key=VARIABLE)[0]["id"]
        execute(
            f"{_NUMBERS} INSERT INTO customers (id, name, externalId, labels, createdAt, updatedAt)"  # noqa: S608
            f" SELECT 'customer-' || i, 'Customer ' || i, 'c' || i, ?, {moments} FROM n",
            (self.customers, labels),
        )
        if self.users:
            execute(
                f"{_NUMBERS} INSERT INTO users (id, email, name, customer, role, createdAt, updatedAt)"  # noqa: S608
                f" SELECT 'user-' || i, 'u' || i || '@example.com', 'User ' || i, 'customer-' || (i % ?), ?, {moments}"
                " FROM n",
                (self.users, self.customers, world.seed.role("Admin")),
            )
        if self.instances:
            execute(
                f"{_NUMBERS} INSERT INTO instances (id, name, customer, integration, labels, enabled, needsDeploy,"  # noqa: S608
                " deployments, deployedVersion, lastDeployedAt, createdAt, updatedAt)"
                f" SELECT 'instance-' || i, 'Instance ' || i, 'customer-' || (i % ?), ?, ?, 1, 0, 1, 1, '{_MOMENT}',"
                f" {moments} FROM n",
                (self.instances, self.customers, version, labels),
            )
            execute(
                f"{_NUMBERS} INSERT INTO config_variables (id, instance, requiredConfigVariable, value, status)"  # noqa: S608
                " SELECT 'variable-' || i, 'instance-' || i, ?, 'old', 'ACTIVE' FROM n",
                (self.instances, required),
            )
            flow = world.sandbox.store.where("flows", integration=version, name=FLOW)[0]["id"]
            execute(
                f"{_NUMBERS} INSERT INTO flow_configs (id, instance, flow, inFailedState, lastExecutedAt)"  # noqa: S608
                f" SELECT 'flow-' || i, 'instance-' || i, ?, i < ?, '{_MOMENT}' FROM n",
                (self.instances, flow, self.failing),
            )

    def manifests(self) -> str:
        """Return the manifests of all of them, which change nothing."""
        return documents(
            [
                *(customer(number) for number in range(self.customers)),
                *(user(number, self.customers) for number in range(self.users)),
                *(instance(number, self.customers) for number in range(self.instances)),
            ]
        )


def documents(manifests: Iterable[dict[str, Any]]) -> str:
    """Return manifests as one stream."""
    return "".join(f"---\n{json.dumps(each)}\n" for each in manifests)


def customer(number: int) -> dict[str, Any]:
    return _manifest("Customer", f"c{number}", {"name": f"Customer {number}", "externalId": f"c{number}"})


def user(number: int, customers: int) -> dict[str, Any]:
    spec = {"customer": f"c{number % customers}", "email": f"u{number}@example.com", "role": "Admin"}
    return _manifest("User", f"u{number}", spec)


def instance(number: int, customers: int, value: str = "old", **spec: Any) -> dict[str, Any]:
    wanted = {
        "customer": f"c{number % customers}",
        "name": f"Instance {number}",
        "integration": {"name": INTEGRATION},
        "configVariables": {VARIABLE: value},
        **spec,
    }
    return _manifest("Instance", f"i{number}", wanted)


def of_another(number: int, customers: int, value: str = "old") -> dict[str, Any]:
    """Return an instance whose customer is in no manifest."""
    return instance(number, customers, value, customer={"externalId": f"c{number % customers}"})


def _manifest(kind: str, handle: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec}


def pages(*counts: int, size: int = 100) -> int:
    """Return how many pages lists of these lengths have."""
    return sum(-(-count // size) for count in counts)


def project_of(label: str) -> Iterator[dict[str, Any]]:
    """Yield the Project whose objects carry ``gitops:<label>``."""
    yield {
        "apiVersion": "reconciler/v1",
        "kind": "Project",
        "metadata": {"name": label},
        "spec": {"manifests": ["all.yaml"]},
    }
