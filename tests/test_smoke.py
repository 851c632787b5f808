"""The main job, end to end, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.world import World

MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl-rockets}
spec: {name: FTL Rockets, externalId: abc-123}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: acme}
spec:
  customer: ftl-rockets
  name: Acme Inventory
  integration: {name: Acme Inventory, version: 1}
  configVariables: {Batch Size: 100}
"""


def test_apply_then_plan_is_empty(world: World) -> None:
    """What was applied needs nothing more."""
    assert all(result.ok for result in world.apply(MANIFESTS))
    assert world.mutation_names() == ["createCustomer", "createInstance", "deployInstance"]
    assert world.plan(MANIFESTS).empty
