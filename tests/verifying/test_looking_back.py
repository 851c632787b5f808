"""Looking at earlier runs without running a flow: what the gates of a rollout decide by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verifying.test_faults import MANIFEST, OUTCOMES, QUICK, SandboxClock, flow_check, runs, verified

from reconciler.workflow.verifying import subjects_to_verify, verify

if TYPE_CHECKING:
    from support.world import World

    from reconciler.model.health import Health


@pytest.fixture
def deployed(world: World) -> World:
    world.apply(MANIFEST.replace("EXPECT", "{}"))
    return world


def looked_back(world: World, expect: str) -> Health:
    """Return the health of the instance as far as earlier runs show it."""
    with world.session(MANIFEST.replace("EXPECT", expect), clock=SandboxClock(world), retry=QUICK) as session:
        (health,) = verify(session, subjects_to_verify(session), run_flows=False).healths
    return health


@pytest.mark.parametrize("case", [case for case in OUTCOMES if case != "endless"])
def test_looking_back_finds_what_the_run_showed(deployed: World, case: str) -> None:
    """A run that failed, and a step's result that is not as expected, stay a failure; nothing is run for that."""
    rule, expect, verdict, _ = OUTCOMES[case]
    deployed.sandbox.outcomes.add(**rule)
    assert verified(deployed, SandboxClock(deployed), expect).verdict == verdict
    before = runs(deployed)
    assert looked_back(deployed, expect).verdict == verdict
    assert runs(deployed) == before


def test_a_flow_that_was_never_run_is_not_proven(deployed: World) -> None:
    """Without a run since the last deploy nothing is known, and nothing is run."""
    check = flow_check(looked_back(deployed, "{}"))
    assert (check.verdict, check.reason) == ("inconclusive", "it has not run since the last deploy")
    assert runs(deployed) == 0


def test_a_run_before_the_last_deploy_shows_nothing(deployed: World) -> None:
    """A failure is over with the next deploy: the new one has to be proven."""
    deployed.sandbox.outcomes.add(error="401")
    assert verified(deployed, SandboxClock(deployed)).verdict == "failed"
    deployed.sandbox.advance("1m")
    deployed.apply(MANIFEST.replace("EXPECT", "{}").replace("version: 2", "version: 1"))
    assert looked_back(deployed, "{}").verdict == "inconclusive"


def test_a_run_that_goes_on_is_waited_for(deployed: World) -> None:
    """A run that has not ended proves nothing yet."""
    deployed.sandbox.outcomes.add(result="never")
    assert verified(deployed, SandboxClock(deployed)).verdict == "inconclusive"
    check = flow_check(looked_back(deployed, "{}"))
    assert (check.verdict, check.reason) == ("inconclusive", "its latest run has not ended")


def test_an_error_of_an_earlier_run_shows_no_secret(deployed: World) -> None:
    """The error of a run is a server's text: a secret of this run in it is hidden."""
    secret = deployed.sandbox.settings.token * 3
    deployed.environ = {**deployed.environ, "PRISM_ACCESS_TOKEN": deployed.sandbox.settings.token}
    deployed.sandbox.outcomes.add(error=f"denied for {secret}")
    verified(deployed, SandboxClock(deployed))
    assert deployed.sandbox.settings.token not in flow_check(looked_back(deployed, "{}")).reason
