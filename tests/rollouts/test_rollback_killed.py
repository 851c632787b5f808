"""Rollbacks that are killed at any request: later runs end complete or held, and try no failed manifest for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from rollouts.fleet import CONFIGURED, statuses
from rollouts.rollbacks import fleet_of, holds, row_of, sick, tries
from safety.dying import Dying
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rollouts.fleet import Fleet
    from safety.dying import Moment

REFUSED = ("deployInstance",)
BACK = [
    ("instance",),
    ("updateInstance",),  # the former version, and the labels
    ("instance",),
    ("updateInstanceConfigVariables",),
    ("deployInstance",),
    ("instance",),
    ("updateInstance",),  # nothing is left to do
]
"""What a rollback asks for, request by request."""


def declared(world: World) -> Fleet:
    """Return a fleet whose canary gets a new version with another value, which fails."""
    fleet = fleet_of(world, size=2)
    fleet.overrides[1] = {"configVariables": {**CONFIGURED, "Batch Size": 7}}
    return fleet


def asked() -> list[tuple[str, ...]]:
    """Return what a run asks for that nothing disturbs."""
    with World() as world:
        transport = Dying(world.sandbox)
        declared(world).apply(transport=transport)
        return transport.asked


@pytest.fixture(scope="module")
def undisturbed() -> list[tuple[str, ...]]:
    """What a run asks for that nothing disturbs."""
    return asked()


def points(undisturbed: list[tuple[str, ...]]) -> Iterator[int]:
    """Yield the requests from the first write on."""
    first = next(at for at, names in enumerate(undisturbed, start=1) if "updateInstance" in names)
    yield from range(first, len(undisturbed) + 1)


def test_a_rollback_takes_seven_requests(undisturbed: list[tuple[str, ...]]) -> None:
    """One request for each step of a whole batch; the read-back of the change itself comes before."""
    refused = undisturbed.index(REFUSED)
    assert undisturbed[refused + 3 :] == BACK


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_request_ends_held(moment: Any, undisturbed: list[tuple[str, ...]]) -> None:
    """Whichever request the run dies before or after: two runs later the member is back, deployed and held."""
    for at in points(undisturbed):
        with World() as world:
            fleet = declared(world)
            _kill(fleet, at, moment)
            before = tries(world)
            where = f"killed {moment} request {at}, {', '.join(undisturbed[at - 1])}"
            fleet.apply()
            assert tries(world) <= before + 1, where
            fleet.apply()
            assert fleet.versions() == [1, 1], where
            assert holds(world, 1) == ["held"], where
            assert not row_of(world, 1)["needsDeploy"], where
            written = len(world.mutations)
            assert statuses(fleet.apply(), ["i1", "i2"]) == ["held", "skipped"], where
            assert len(world.mutations) == written, where


def _kill(fleet: Fleet, at: int, moment: Moment) -> None:
    transport = Dying(fleet.world.sandbox, at, moment)
    with pytest.raises(asyncio.CancelledError):
        fleet.apply(transport=transport)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_of_a_later_rollback_ends_held(moment: Any) -> None:
    """A run that finds the canary failed dies at one of its requests: later runs set it back, once, and hold it."""
    with World() as world:
        transport = Dying(world.sandbox)
        sick(world).apply(transport=transport)
        undisturbed = transport.asked
    for at in points(undisturbed):
        with World() as world:
            fleet = sick(world)
            _kill(fleet, at, moment)
            where = f"killed {moment} request {at}, {', '.join(undisturbed[at - 1])}"
            world.forget()
            fleet.apply()
            assert fleet.versions() == [1] * 4, where
            assert holds(world, 1) == ["held"], where
            assert not row_of(world, 1)["needsDeploy"], where
            deployed = [entry for entry in world.mutations if entry.field == "deployInstance"]
            assert len(deployed) <= 1, where
            written = len(world.mutations)
            assert fleet.apply()["i1"].status == "held", where
            assert len(world.mutations) == written, where
