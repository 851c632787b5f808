"""A fleet whose rollout sets members back, and what became of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rollouts.fleet import CANARY, REST, Fleet

if TYPE_CHECKING:
    from support.world import World

    from reconciler.planning.plan import Plan

SOAKING = {**CANARY, "soak": "24h"}
BROKEN = "The trigger could not be set up."
BACK = "went back to version 1, and is held there"


def fleet_of(world: World, *, broken: bool = True, **more: Any) -> Fleet:
    """Return a fleet whose rollout sets members back; of a broken version 2 the API refuses every deploy."""
    fleet = Fleet(world, **more)
    fleet.policy["onFailure"] = "rollback"
    if broken:
        world.sandbox.outcomes.add(version=2, deploy=BROKEN)
    return fleet


def row_of(world: World, number: int) -> dict[str, Any]:
    """Return the instance of a customer."""
    (customer,) = world.rows("customers", name=f"Customer {number}")
    (row,) = world.rows("instances", customer=customer["id"])
    return row


def holds(world: World, number: int) -> list[str]:
    """Return the labels that hold the instance of a customer, without their digest."""
    labels = json.loads(row_of(world, number)["labels"] or "[]")
    return ["held" if len(label) == len("gitops:held:") + 16 else label for label in labels if "held" in label]


def tries(world: World) -> int:
    """Return how often the API refused a deploy."""
    return sum(entry.field == "deployInstance" and not entry.ok for entry in world.mutations)


def warned(plan: Plan) -> list[str]:
    """Return the warnings of a plan, without those about secrets that cannot be compared."""
    return [each.message for each in plan.warnings if "cannot be compared" not in each.message]


def go_on(fleet: Fleet) -> None:
    """Apply once more, which must neither write anything nor try the failed manifest."""
    before = len(fleet.world.mutations)
    fleet.apply()
    assert len(fleet.world.mutations) == before


def sick(world: World) -> Fleet:
    """Return a fleet whose canary was moved by an earlier run, and is suspended since."""
    fleet = fleet_of(world, broken=False, waves=[SOAKING, REST])
    fleet.apply()
    world.sandbox.outcomes.add(version=2, suspended=True)
    return fleet
