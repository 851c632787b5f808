"""A watch moves rollouts on: waves open by themselves as time passes, and wait for whom they have to wait for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rollouts.fleet import CANARY, REST, Fleet
from watch.watching import reasons, states

from reconciler.workflow.healing import ONLY_IN_ITS_WAVE

if TYPE_CHECKING:
    from support.world import World
    from watch.watching import Watching

DAY = timedelta(days=1)


@pytest.fixture
def fleet(world: World, watching: Watching) -> Fleet:
    """Four customers in a canary wave that soaks for a day, a wave of one that needs an approval, and the rest."""
    early = {"name": "early", "customers": {"names": ["c2"]}, "approval": "required"}
    made = Fleet(world, waves=[{**CANARY, "soak": "24h"}, early, REST])
    watching.write("all.yaml", made.text)
    return made


def test_a_rollout_is_reported_and_left_alone_by_default(fleet: Fleet, watching: Watching) -> None:
    """A watch that heals moves no rollout on whose members do not declare to be healed."""
    first, second = watching.run(None, heal=True)
    assert states(first) == {"i1": "reported", "i2": "waiting", "i3": "waiting", "i4": "waiting"}
    assert states(second) == states(first)
    assert fleet.world.mutations == []


def test_waves_open_by_themselves_and_approvals_are_still_needed(fleet: Fleet, watching: Watching) -> None:
    """The canary goes, soaks, and the next wave waits for a person; after the approval the watch does the rest."""

    def approve() -> None:
        fleet.apply(approve=("inventory/early",), through=("inventory/early",))

    first, soaking, asking, rest = watching.run(
        None, lambda: fleet.advance(DAY + timedelta(minutes=1)), approve, rollouts=True
    )
    assert states(first) == {"i1": "carried out", "i2": "waiting", "i3": "waiting", "i4": "waiting"}
    assert states(soaking) == {"i2": "waiting", "i3": "waiting", "i4": "waiting"}
    assert states(asking) == states(soaking)
    assert asking.outcome.plan
    assert [wave.awaits_approval for wave in asking.outcome.plan.rollouts[0].waves] == [False, True, False]
    assert states(rest) == {"i3": "carried out", "i4": "carried out"}
    assert fleet.versions() == [2, 2, 2, 2]


def test_a_drifted_member_is_healed_only_where_its_wave_is_open(fleet: Fleet, watching: Watching) -> None:
    """A rollout decides when its members change, also for those that declare to be healed."""
    text = fleet.text.replace("kind: Instance\n", "kind: Instance\nlifecycle: {drift: heal}\n")
    watching.write("all.yaml", text)
    (found,) = watching.run(heal=True)
    assert states(found) == {"i1": "carried out", "i2": "waiting", "i3": "waiting", "i4": "waiting"}
    assert reasons(found)["i2"] == ONLY_IN_ITS_WAVE.format(
        "waits for wave canary, where 1 of 1 customer is not changed yet: c1"
    )
    assert fleet.versions() == [2, 1, 1, 1]


def test_a_wave_that_fails_stops_the_rollout_and_not_the_watch(fleet: Fleet, watching: Watching) -> None:
    """A failed canary keeps the later waves closed in every round, and the rounds go on."""
    fleet.world.sandbox.outcomes.add(deploy="no")
    rounds = watching.run(None, lambda: fleet.advance(2 * DAY), rollouts=True)
    assert states(rounds[0])["i1"] == "failed"
    assert not rounds[0].success
    assert all(each.ready for each in rounds)
    assert {states(each)[name] for each in rounds for name in ("i3", "i4")} <= {"waiting", "failed"}
    assert fleet.versions()[1:] == [1, 1, 1]
