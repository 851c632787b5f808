"""A fleet on a sandbox: customers with one instance each, a rollout, and a clock that moves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support.world import World

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan

INTEGRATION = "Acme Inventory"
PASSWORD = {"inputs": {"username": "me", "password": {"valueFrom": {"env": "ACME_PASSWORD"}}}}
CONFIGURED = {"Acme Inventory Endpoint": "https://acme.example", "Acme Inventory User/Pass": PASSWORD}
CANARY: dict[str, Any] = {"name": "canary", "customers": {"labels": ["canary"]}}
REST: dict[str, Any] = {"name": "rest"}


class Fleet:
    """Customers ``c1``, ``c2`` and so on of one world, the first ``canaries`` of which have the label ``canary``.

    All of them run version 1 when the fleet is made.
    """

    def __init__(self, world: World, size: int = 4, canaries: int = 1, waves: Sequence[Any] = (CANARY, REST)) -> None:
        self.world = world
        world.environ["ACME_PASSWORD"] = "swordfish"
        self.size, self.canaries = size, canaries
        self.policy: dict[str, Any] = {"instances": {"integration": INTEGRATION}, "waves": list(waves)}
        self.overrides: dict[int, dict[str, Any]] = {}
        self.more: list[dict[str, Any]] = []
        self.version = 1
        policy, self.policy = self.policy, {}
        assert not size or all(result.ok for result in world.apply(self.text))
        self.policy, self.version = policy, 2
        self.advance(timedelta(days=30))
        world.forget()

    @property
    def text(self) -> str:
        """The manifests."""
        documents: list[Mapping[str, Any]] = []
        for number in range(1, self.size + 1):
            labels = {"labels": ["canary"]} if number <= self.canaries else {}
            documents.append(_document("Customer", f"c{number}", {"name": f"Customer {number}", **labels}))
            spec: dict[str, Any] = {
                "customer": f"c{number}",
                "name": "Inventory",
                "integration": {"name": INTEGRATION, "version": self.version},
                "configVariables": CONFIGURED,
            }
            documents.append(_document("Instance", f"i{number}", {**spec, **self.overrides.get(number, {})}))
        if self.policy:
            documents.append(_document("Rollout", "inventory", self.policy))
        documents += self.more
        return "\n---\n".join(yaml.safe_dump(each, sort_keys=False) for each in documents)

    def advance(self, by: timedelta) -> None:
        """Let time pass on the API's clock."""
        self.world.sandbox.tenant.clock.advance(by)

    def plan(self, **more: Any) -> Plan:
        return self.world.plan(self.text, **more)

    def apply(self, **more: Any) -> dict[str, Result]:
        """Plan and apply; return the results by address, without the kind."""
        results = self.world.apply(self.text, **more)
        return {result.change.address.partition("/")[2]: result for result in results}

    def versions(self) -> list[int]:
        """Return the version that each customer's instance runs, in the order of the customers."""
        numbers = {row["id"]: row["versionNumber"] for row in self.world.rows("integrations", name=INTEGRATION)}
        found = []
        for number in range(1, self.size + 1):
            (customer,) = self.world.rows("customers", name=f"Customer {number}")
            rows = self.world.rows("instances", customer=customer["id"])
            found.append(numbers[rows[0]["integration"]] if rows else 0)
        return found


def _document(kind: str, handle: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": dict(spec)}


def statuses(results: Mapping[str, Result], handles: Iterable[str]) -> list[str]:
    """Return the status of each result."""
    return [results[handle].status if handle in results else "unchanged" for handle in handles]
