"""Running flows while the API or the flow misbehaves: what is ours is never the instance's failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from support.manifests import INVENTORY
from support.world import World

from reconciler.errors import Interrupted
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.verifying import subjects_to_verify, verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.model.health import Check, Health

VERIFY = "  verify: {timeout: 5m, flows: {Sync Inventory: {payload: {ok: true}, expect: EXPECT}}}\n"
MANIFEST = INVENTORY + VERIFY
QUICK = RetryPolicy(tries=2, first_pause=0.001)


@dataclass
class SandboxClock:
    """A clock whose pauses pass at once, on the sandbox's clock too; ``at`` are things that happen meanwhile."""

    world: World
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    at: dict[float, Callable[[], object]] = field(default_factory=dict)

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        self.world.sandbox.advance(f"{seconds:f}s")
        for due in [each for each in self.at if each <= self.now]:
            self.at.pop(due)()


def verified(world: World, clock: SandboxClock, expect: str = "{}", *, again: bool = True) -> Health:
    """Verify the instance; return its health."""
    with world.session(MANIFEST.replace("EXPECT", expect), clock=clock, retry=QUICK) as session:
        (health,) = verify(session, subjects_to_verify(session), again=again).healths
    return health


def flow_check(health: Health) -> Check:
    return health.checks[-1]


@pytest.fixture
def deployed(world: World) -> World:
    world.apply(MANIFEST.replace("EXPECT", "{}"))
    world.forget()
    return world


def runs(world: World) -> int:
    """Return how often the flow was run."""
    return len(world.sandbox.store.rows("SELECT id FROM executions"))


OUTCOMES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "success": ({"result": "succeed"}, "{}", "passed", ""),
    "failure": ({"error": "401"}, "{}", "failed", "its run failed: 401"),
    "expected failure": ({"error": "401"}, "{status: error}", "passed", ""),
    "unexpected success": (
        {"result": "succeed"}, "{status: error}", "failed", "its run succeeded, and was expected to fail",
    ),
    "polled": (
        {"result": "no-changes"}, "{}", "inconclusive", "its run shows nothing: it polled and found nothing new",
    ),
    "duplicate": (
        {"result": "duplicate"}, "{}", "inconclusive",
        "its run shows nothing: it was cancelled as a duplicate of another run",
    ),
    "slow": ({"queued": "5s", "after": "3m"}, "{}", "passed", ""),
    "endless": ({"result": "never"}, "{}", "inconclusive", "its run did not end within 5m"),
    "retried": ({"retries": {"failures": 2, "every": "30s"}}, "{}", "passed", ""),
    "retried in vain": ({"result": "fail", "error": "no", "retries": {"failures": 3, "max": 2, "every": "20s"}}, "{}",
                        "failed", "its run failed: no"),
    "step": ({"steps": {"Code Block": {"ok": [1, True]}}}, "{step: Code Block, path: ok.1, equals: true}", "passed",
             ""),
    "step by its camel-cased name": ({"steps": {"Code Block": {"ok": 1}}}, "{step: codeBlock, path: ok}", "passed", ""),
    "one is not true": ({"steps": {"Code Block": {"ok": 1}}}, "{step: Code Block, path: ok, equals: true}", "failed",
                        "step 'Code Block': its result at 'ok' is not the expected value"),
    "no such place": ({"steps": {"Code Block": {"ok": 1}}}, "{step: Code Block, path: no}", "failed",
                      "step 'Code Block': its result has nothing at 'no'"),
    "no such step": ({"result": "succeed"}, "{step: Other, path: ok}", "inconclusive",
                     "the run kept no result of a step 'Other': no such step ran, or results are off"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_outcome_of_a_run_is_the_verdict(name: str, deployed: World) -> None:
    """Each way in which a run can end has its verdict and its reason, and the flow is run once."""
    rule, expect, verdict, reason = OUTCOMES[name]
    deployed.sandbox.outcomes.add(**rule)
    check = flow_check(verified(deployed, SandboxClock(deployed), expect))
    assert (check.verdict, check.reason) == (verdict, reason)
    assert len([entry for entry in deployed.mutations if entry.field == "testInstanceFlowConfig"]) == 1


def test_a_run_is_looked_at_as_the_official_client_does(deployed: World) -> None:
    """Every second, then every five, then every thirty."""
    deployed.sandbox.outcomes.add(after="4m")
    clock = SandboxClock(deployed)
    assert flow_check(verified(deployed, clock)).verdict == "passed"
    assert clock.pauses == [1.0] * 30 + [5.0] * 6 + [30.0] * 6


def test_a_flow_is_not_run_again_after_it_succeeded(deployed: World) -> None:
    """A success since the last deploy counts; --run runs the flow again."""
    for again, expected in ((False, 1), (False, 1), (True, 2)):
        assert verified(deployed, SandboxClock(deployed), again=again).verdict == "passed"
        assert runs(deployed) == expected


def test_an_earlier_run_must_meet_the_expectation(deployed: World) -> None:
    """An earlier success whose step's result is another one is no proof, so the flow is run again."""
    verified(deployed, SandboxClock(deployed))
    deployed.sandbox.outcomes.add(steps={"Code Block": {"ok": 2}})
    expect = "{step: Code Block, path: ok, equals: 2}"
    assert verified(deployed, SandboxClock(deployed), expect, again=False).verdict == "passed"
    assert runs(deployed) == 2
    assert verified(deployed, SandboxClock(deployed), expect, again=False).verdict == "passed"
    assert runs(deployed) == 2


def test_too_many_runs_at_a_time_are_waited_out(deployed: World) -> None:
    """429 is no failure: the flow is started as soon as there is room."""
    deployed.sandbox.outcomes.add(maxRuns=0)
    clock = SandboxClock(deployed)
    clock.at[20.0] = lambda: deployed.sandbox.outcomes.replace([])
    assert flow_check(verified(deployed, clock)).verdict == "passed"
    assert runs(deployed) == 1


def test_too_many_runs_for_the_whole_time_are_inconclusive(deployed: World) -> None:
    """A customer whose runs never make room is no failure of the instance."""
    deployed.sandbox.outcomes.add(maxRuns=0)
    check = flow_check(verified(deployed, SandboxClock(deployed)))
    assert check.verdict == "inconclusive"
    assert "too many runs" in check.reason


def test_an_interrupted_verification_is_no_failure(deployed: World) -> None:
    """Ctrl-C while a run is followed leaves a verdict that is inconclusive, with the reason."""

    class Stopped(SandboxClock):
        async def sleep(self, _seconds: float) -> None:
            raise Interrupted("interrupted", 130)

    deployed.sandbox.outcomes.add(after="1m")
    with deployed.session(MANIFEST.replace("EXPECT", "{}"), clock=Stopped(deployed)) as session:
        found = verify(session, subjects_to_verify(session), again=True)
    assert isinstance(found.ended_by, Interrupted)
    assert (flow_check(found.healths[0]).verdict, flow_check(found.healths[0]).reason) == (
        "inconclusive", "not known: interrupted",
    )  # fmt: skip


def test_many_runs_share_a_request(deployed: World) -> None:
    """A poll of many runs is one request."""
    instance = MANIFEST.split("---")[1].replace("EXPECT", "{}")
    many = "---".join(
        instance.replace("inventory}", f"i{n}}}").replace("name: Inventory", f"name: I{n}") for n in range(30)
    )
    manifest = f"{MANIFEST.split('---', maxsplit=1)[0]}---{many}"
    deployed.apply(manifest)
    deployed.sandbox.outcomes.add(after="10s")
    with deployed.session(manifest, clock=SandboxClock(deployed), batch_size=20) as session:
        subjects = subjects_to_verify(session)
        before = session.stats.requests
        found = verify(session, subjects)
        asked = session.stats.requests - before
    assert {health.verdict for health in found.healths} == {"passed"}
    evidence, starts, polls = 2, 30, 11
    assert asked <= evidence + starts + polls


STARTING, FOLLOWING = "testInstanceFlowConfig", "executionResults"
FAULTS = {
    "the answer to the start is lost": ("drop-after", STARTING, 1, 1),
    "the start never arrived": ("drop", STARTING, 1, 1),
    "the answer to the start is a server's error after it ran": ("error-after", STARTING, 1, 1),
    "the start is throttled": ("throttle", STARTING, 2, 1),
    "a look is throttled": ("throttle", FOLLOWING, 2, 1),
    "the network fails while the run is followed": ("drop", FOLLOWING, 4, 1),
    "the server fails while the run is followed": ("error", FOLLOWING, 4, 1),
}
"""The fault, the operation that it strikes, how often, and how often the flow may run."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_on_the_way_changes_no_verdict(name: str, deployed: World) -> None:
    """After a fault that passes the flow has run once, and the verdict is that of its run."""
    fault, field_name, times, expected = FAULTS[name]
    deployed.sandbox.outcomes.add(after="20s")
    clock = SandboxClock(deployed)

    def strike() -> None:
        deployed.sandbox.faults.add(fault, field=field_name, times=times)

    with deployed.session(MANIFEST.replace("EXPECT", "{}"), clock=clock, retry=QUICK) as session:
        subjects = subjects_to_verify(session)
        if field_name == FOLLOWING:
            clock.at[2.0] = strike
        else:
            strike()
        found = verify(session, subjects, again=True)
    assert flow_check(found.healths[0]).verdict == "passed"
    assert runs(deployed) == expected


def test_evidence_that_cannot_be_read_is_no_failure(deployed: World) -> None:
    """Without the evidence nothing is judged and nothing is run."""
    with deployed.session(MANIFEST.replace("EXPECT", "{}"), clock=SandboxClock(deployed), retry=QUICK) as session:
        subjects = subjects_to_verify(session)
        deployed.sandbox.faults.add("drop", field=FOLLOWING, times=None)
        (health,) = verify(session, subjects).healths
    assert (health.verdict, "its runs cannot be read" in health.reason) == ("inconclusive", True)
    assert runs(deployed) == 0


@pytest.mark.parametrize(("fault", "field_name"), [("drop", STARTING), ("error", STARTING), ("drop", FOLLOWING)])
def test_a_fault_that_lasts_is_inconclusive(fault: str, field_name: str, deployed: World) -> None:
    """A dead API is no failure of the instance, however long it is dead, and the flow is never run twice."""
    with deployed.session(MANIFEST.replace("EXPECT", "{}"), clock=SandboxClock(deployed), retry=QUICK) as session:
        subjects = subjects_to_verify(session)
        deployed.sandbox.faults.add(fault, field=field_name, times=None)
        found = verify(session, subjects, again=True)
    assert found.healths[0].verdict == "inconclusive"
    assert runs(deployed) <= 1


def test_a_run_that_may_be_somebody_elses_proves_no_failure(deployed: World) -> None:
    """After a lost answer, the failure of a run that came up meanwhile and is not marked as a test is inconclusive."""
    deployed.sandbox.outcomes.add(error="401")
    store = deployed.sandbox.store

    class Unmarked(SandboxClock):
        async def sleep(self, seconds: float) -> None:
            store.execute("UPDATE executions SET isTestExecution = 0, invokeType = 'WEBHOOK'")
            await super().sleep(seconds)

    with deployed.session(MANIFEST.replace("EXPECT", "{}"), clock=Unmarked(deployed), retry=QUICK) as session:
        subjects = subjects_to_verify(session)
        deployed.sandbox.faults.add("drop-after", field=STARTING)
        check = flow_check(verify(session, subjects, again=True).healths[0])
    assert check.verdict == "inconclusive"
    assert "may be somebody else's run" in check.reason
    assert runs(deployed) == 1


def test_short_pages_hide_no_run() -> None:
    """Where a page holds fewer runs than were asked for, the others are asked for again, and none is forgotten."""
    instance = MANIFEST.split("---")[1].replace("EXPECT", "{}")
    numbered = instance.replace("name: inventory", "name: i%d").replace("name: Inventory", "name: I%d")
    manifest = "---".join(
        [MANIFEST.split("---", maxsplit=1)[0], *(numbered % (number, number) for number in range(25))]
    )
    with World(Variants(execution_pages=20)) as world:
        world.apply(manifest)
        world.sandbox.outcomes.add(after="10s")
        with world.session(manifest, clock=SandboxClock(world)) as session:
            found = verify(session, subjects_to_verify(session))
    assert [health.verdict for health in found.healths] == ["passed"] * 25


VARIANTS = [
    {"test_runs": "unmarked"}, {"test_execution": "absent"}, {"test_execution": "absent", "execution_id": "header"},
    {"too_many_runs": "plain"}, {"too_many_runs": "graphql"}, {"step_results": "text"}, {"step_results": "decoded"},
    {"display_step_names": "null"}, {"canceled_runs": "error"},
]  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_reading_of_an_unknown_gives_the_same_verdict(variant: dict[str, Any]) -> None:
    """However the API answers where that is unknown, a flow that works after a wait passes with its step's result."""
    with World(Variants(**variant)) as world:
        world.apply(MANIFEST.replace("EXPECT", "{}"))
        world.sandbox.outcomes.add(after="3s", steps={"Code Block": {"ok": 1}})
        rules = list(world.sandbox.outcomes.rules)
        world.sandbox.outcomes.add(maxRuns=0)
        clock = SandboxClock(world)
        clock.at[20.0] = lambda: world.sandbox.outcomes.replace(rules)
        health = verified(world, clock, "{step: Code Block, path: ok, equals: 1}")
        assert (flow_check(health).verdict, runs(world)) == ("passed", 1), health
