"""An object that somebody else keeps changing is left alone for longer and longer, and others are healed meanwhile."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from watch.watching import HEAL, INTERVAL, customer, reasons, states

from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.workflow.backing_off import LONGEST, BackOff

if TYPE_CHECKING:
    from watch.watching import Watching

NOTHING: dict[str, str] = {}
A = {"a": "manifest"}


def meddle(watching: Watching, name: str = "A") -> None:
    (row,) = watching.world.rows("customers", name=name)
    watching.world.sandbox.store.update("customers", row["id"], description="Meddled")


def test_an_object_that_is_changed_again_each_time_is_left_alone(watching: Watching) -> None:
    """The first two differences are healed at once; then the pauses double, and each round says why."""
    watching.write("a.yaml", customer("a", more=HEAL))
    watching.world.apply(watching.folder)
    meddle(watching)
    rounds = watching.run(*[lambda: meddle(watching)] * 11, heal=True)
    found = [states(each).get("a") for each in rounds]
    assert found[:3] == ["healed", "healed", "backing off"]
    assert 3 <= found.count("healed") <= 5
    healed = [number for number, state in enumerate(found) if state == "healed"]
    gaps = [later - earlier for earlier, later in pairwise(healed)]
    assert gaps == sorted(gaps)
    why = reasons(rounds[2])["a"]
    assert why.startswith(
        "it differed again after 2 heals in a row, so somebody else keeps changing it; left alone for"
    )
    assert all(each.ready for each in rounds)


def act(watching: Watching, sentence: str, user: str, name: str) -> None:
    """Add an activity of this moment."""
    moment = watching.world.sandbox.tenant.clock.tick()
    columns = {"description": sentence, "user": user, "userName": name, "timestamp": moment}
    watching.world.sandbox.tenant.create("activities", "Activity", (), **columns)


def test_who_changes_it_is_named_as_far_as_the_activity_shows(watching: Watching) -> None:
    """The users of activities since the last heal that contain the name are named, and this token's own is not."""
    text = customer("acme", more=HEAL)
    watching.write("a.yaml", text)
    watching.world.apply(watching.folder)
    own = watching.world.sandbox.tenant.user

    def act_and_meddle() -> None:
        meddle(watching, "ACME")
        act(watching, "Updated the customer Acme", "VXNlcjox", "Jo Nguyen")
        act(watching, "Updated the customer acme again", "VXNlcjox", "Jo Nguyen")
        act(watching, "Deployed ACME Inventory", "VXNlcjoy", "Ann Other")
        act(watching, "Updated the customer Acme", own, "The Watch")
        act(watching, "Updated the customer Nordlys", "VXNlcjoz", "Somebody Else")

    act(watching, "Updated the customer Acme", "VXNlcjo0", "Long Ago")
    watching.world.sandbox.tenant.clock.advance(timedelta(hours=1))
    meddle(watching, "ACME")
    first, second, third = watching.run(lambda: meddle(watching, "ACME"), act_and_meddle, heal=True)
    assert [states(each).get("acme") for each in (first, second, third)] == ["healed", "healed", "backing off"]
    names = reasons(third)["acme"].partition("; the organization's activity since names ")[2]
    assert [each.partition(" at ")[0] for each in names.split(", ")] == ["Ann Other", "Jo Nguyen"]
    requests = [each.outcome.stats.requests for each in (second, third) if each.outcome.stats]
    assert requests[1] < requests[0]


@pytest.mark.parametrize("kind", ["error", "drop", "partial"])
def test_an_activity_that_cannot_be_read_is_no_failure(kind: str, watching: Watching) -> None:
    """Who changed an object is an explanation: without it the round is as good."""
    watching.write("a.yaml", customer("acme", more=HEAL))
    watching.world.apply(watching.folder)
    watching.more = {"retry": RetryPolicy(tries=1)}
    meddle(watching, "ACME")
    watching.world.sandbox.faults.add(kind, field="activities", times=None)
    rounds = watching.run(*[lambda: meddle(watching, "ACME")] * 2, heal=True)
    assert states(rounds[2]) == {"acme": "backing off"}
    assert rounds[2].success
    assert "activity" not in reasons(rounds[2])["acme"]


def test_others_are_healed_while_one_is_left_alone(watching: Watching) -> None:
    """Only the object itself is left alone."""
    watching.write("all.yaml", customer("a", more=HEAL) + customer("b", more=HEAL))
    watching.world.apply(watching.folder)

    def both() -> None:
        meddle(watching)
        meddle(watching, "B")

    meddle(watching)
    *_, last = watching.run(lambda: meddle(watching), both, heal=True)
    assert states(last) == {"a": "backing off", "b": "healed"}


def test_a_new_manifest_ends_the_back_off(watching: Watching) -> None:
    """Whoever mends the manifest does not wait for the end of the pause."""
    watching.write("a.yaml", customer("a", more=HEAL))
    watching.world.apply(watching.folder)
    meddle(watching)

    def mend() -> None:
        watching.write("a.yaml", customer("a", "Mended", HEAL))

    rounds = watching.run(*[lambda: meddle(watching)] * 2, mend, heal=True)
    assert [states(each)["a"] for each in rounds] == ["healed", "healed", "backing off", "healed"]


def test_a_restart_forgets_the_back_off_safely(watching: Watching) -> None:
    """What a watch remembers is in memory only: another process heals once more, and then begins to wait."""
    watching.write("a.yaml", customer("a", more=HEAL))
    watching.world.apply(watching.folder)
    meddle(watching)
    watching.run(*[lambda: meddle(watching)] * 2, heal=True)
    watching.stop.reason = ""
    rounds = watching.run(*[lambda: meddle(watching)] * 2, heal=True)
    assert [states(each)["a"] for each in rounds] == ["healed", "healed", "backing off"]


def test_a_change_that_the_api_refuses_is_not_tried_in_every_round(watching: Watching) -> None:
    """A failure backs off likewise, and the reason of the API stays visible."""
    watching.world.sandbox.outcomes.add(deploy="Component 'acme' is missing.")
    instance = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec: {customer: a, name: I, integration: {name: Acme Inventory, version: 1}}
lifecycle: {drift: heal}
"""
    watching.write("all.yaml", customer("a", more=HEAL) + instance)
    rounds = watching.run(None, None, heal=True)
    assert [states(each)["i"] for each in rounds] == ["failed", "failed", "backing off"]
    why = reasons(rounds[2])["i"]
    assert why.startswith("changing it failed 2 times in a row (")
    assert "Component 'acme' is missing." in why
    assert [each.success for each in rounds] == [False, False, True]


@given(st.integers(3, 60), st.floats(5, 86400))
def test_pauses_grow_and_have_a_limit(times: int, interval: float) -> None:
    """Each pause is at least as long as the one before, at least an interval, and six hours at most."""
    back_off = BackOff(interval)
    pauses = []
    for _ in range(times):
        back_off.note("a", "manifest", 0.0)
        back_off.forget(A, LONGEST)
        pauses.append(back_off.tries["a"].until)
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert all(interval <= pause <= max(LONGEST, interval) for pause in pauses[1:])


@pytest.mark.parametrize(("healed", "quiet", "left"), [(1, 3, False), (2, 3, True), (2, 5, False), (3, 5, True)])
def test_an_object_that_stays_as_declared_is_forgotten(healed: int, quiet: int, left: bool) -> None:
    """It starts anew once it stayed as declared for longer than it would be left alone; nothing is kept for ever."""
    back_off = BackOff(INTERVAL)
    now = 0.0
    for _ in range(healed):
        back_off.note("a", "manifest", now)
    back_off.forget(NOTHING, now + quiet * INTERVAL)
    assert ("a" in back_off.tries) is left


def test_an_object_that_is_gone_from_the_manifests_is_forgotten() -> None:
    """What nobody declares any more costs no memory."""
    back_off = BackOff(INTERVAL)
    for number in range(1000):
        back_off.note(f"a{number}", "manifest", 0.0)
    back_off.forget(NOTHING, 3 * INTERVAL)
    assert back_off.tries == {}
