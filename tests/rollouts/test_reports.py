"""Rollouts in reports: the plan and its JSON, drift, and ``rollout status``."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from rollouts.fleet import CANARY, REST, Fleet

from reconciler.manifests.schema.schemas import load_schema
from reconciler.planning.plan_file import plan_document, rollout_status_document
from reconciler.reports.json.report import render as render_json
from reconciler.reports.registry import render_status
from reconciler.reports.shared.headline import headline
from reconciler.reports.shared.marker_key import MarkerKey
from reconciler.reports.shared.origins import words
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.rollouts import RolloutStatus
from reconciler.reports.shared.style import Style
from reconciler.reports.text.explain import explain_document, explain_text
from reconciler.reports.text.report import render
from reconciler.reports.text.rollouts import rollout_lines
from reconciler.workflow.applying import carry_out
from reconciler.workflow.planning import explain_change, make_plan
from reconciler.workflow.receipts import explain_drift, record_apply

if TYPE_CHECKING:
    from support.world import World

SOAKING = {**CANARY, "soak": "24h"}
PLAIN = Style(False)


def _valid(document: dict[str, Any]) -> dict[str, Any]:
    errors = [error.message for error in Draft202012Validator(load_schema("plan")).iter_errors(document)]
    assert not errors
    return document


def test_a_plan_has_its_waves(world: World) -> None:
    """The JSON of a plan has the standing of each change and of each rollout, and passes the schema."""
    fleet = Fleet(world)
    document = _valid(plan_document(fleet.plan()))
    assert document["changes"][1]["rollout"] == {
        "name": "inventory",
        "wave": "rest",
        "state": "waiting",
        "reason": "waits for wave canary, where 1 of 1 customer is not changed yet: c1",
    }
    rest = document["rollouts"][0]["waves"][1]
    assert (rest["state"], rest["members"], rest["waiting"], rest["opens"]) == ("waiting", 3, 3, None)


def test_the_text_of_a_plan_shows_waves_within_80_columns(world: World) -> None:
    """The text of a plan ends with the waves of its rollouts, and how many changes wait."""
    fleet = Fleet(world)
    text = render(Outcome("plan", fleet.plan()), PLAIN)
    assert "Rollout inventory: under way" in text
    assert "  rest    waiting   3 members: 3 waiting" in text
    assert "(3 of 4 wait in a rollout)" in text
    assert "(3 of 4 wait in a rollout)" in headline(Outcome("plan", fleet.plan()))
    assert max(map(len, rollout_lines(fleet.plan().rollouts, PLAIN, members=True))) <= 80


def test_the_report_of_an_apply_shows_how_rollouts_stand_then(world: World) -> None:
    """After an apply the JSON has the results, also of what waits, and the rollouts as they stand afterwards."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    with world.session(fleet.text) as session:
        results, plan = carry_out(session, make_plan(session))
    document = _valid(json.loads(render_json(Outcome("apply", plan, results), PLAIN)))
    assert document["outcome"] == {"applied": 1, "failed": 0, "skipped": 0, "not converged": 0, "waiting": 3}
    canary, rest = document["rollouts"][0]["waves"]
    assert (canary["state"], rest["state"]) == ("soaking", "waiting")
    assert rest["opens"] is not None


def test_what_waits_is_no_drift(world: World) -> None:
    """A drift lists what waits in a rollout apart and counts only the rest."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    fleet.apply()
    plan = fleet.plan().without_waiting()
    assert plan.empty
    document = _valid(json.loads(render_json(Outcome("drift", plan), PLAIN)))
    assert document["drift"]["waiting"] == ["Instance/i2", "Instance/i3", "Instance/i4"]
    assert "Waits in a rollout, which is no drift" in render(Outcome("drift", plan), PLAIN)


def test_a_receipt_has_the_cause_of_what_waits(world: World) -> None:
    """By a receipt a drift has the cause of a change that waits: a new manifest, or a change made outside, or both."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    fleet.version, fleet.overrides = 1, {3: {"enabled": True}}
    with world.session(fleet.text, include_unchanged=True) as session:
        plan = make_plan(session)
        receipt = record_apply(session, None, plan, carry_out(session, plan)[0])
    fleet.version = 2
    fleet.apply()
    (customer,) = world.rows("customers", name="Customer 3")
    (row,) = world.rows("instances", customer=customer["id"])
    world.sandbox.store.update("instances", row["id"], enabled=0)
    with world.session(fleet.text, include_unchanged=True) as session:
        drift = make_plan(session).without_waiting()
        explanation = explain_drift(session, receipt, drift)
    outcome = Outcome("drift", drift, origins=words(drift, explanation).origins, explanation=explanation)
    text = " ".join(render(outcome, PLAIN).split())
    assert "… Instance/i2, Instance/i4 in wave rest of inventory: not applied yet; waits for wave canary, which" in text
    assert "… Instance/i3 in wave rest of inventory: changed outside, and not applied yet; waits for wave" in text
    document = _valid(json.loads(render_json(outcome, PLAIN)))
    causes = {each["address"]: each["cause"] for each in document["receipt"]["changes"]}
    assert causes["Instance/i2"] == "not applied yet"


def test_an_explanation_names_the_wave_and_why_it_waits(world: World) -> None:
    """The explanation of a member that waits names its wave and the reason, as text and as data."""
    fleet = Fleet(world)
    with world.session(fleet.text) as session:
        reasons, _ = explain_change(session, "Instance/i3")
    assert "rollout     wave rest of inventory, waiting: waits for wave canary, where 1 of 1 customer" in explain_text(
        reasons, PLAIN
    )
    assert explain_document(reasons)["rollout"]["wave"] == "rest"


def test_a_receipt_keeps_the_record_of_what_waits(world: World) -> None:
    """An apply that leaves changes waiting records what it applied, and leaves the record of the others."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    with world.session(fleet.text, include_unchanged=True) as session:
        plan = make_plan(session)
        receipt = record_apply(session, None, plan, carry_out(session, plan)[0])
    assert receipt.entries["Instance/i1"].complete
    assert not receipt.entries["Instance/i2"].complete


def test_the_status_names_each_member(world: World) -> None:
    """The status lists waves and members with their states; a complete rollout has nothing to explain."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    fleet.apply()
    document = rollout_status_document(fleet.plan().rollouts)
    (found,) = document["rollouts"]
    assert [(each["customer"], each["state"]) for each in found["members"]] == [
        ("c1", "soaking"), ("c2", "waiting"), ("c3", "waiting"), ("c4", "waiting"),
    ]  # fmt: skip
    assert [(each["liveVersion"], each["desiredVersion"]) for each in found["members"]] == [(2, 2), *[(1, 2)] * 3]
    fleet.advance(timedelta(days=2))
    fleet.apply()
    assert list(rollout_lines(fleet.plan().rollouts, PLAIN)) == [
        "Rollout inventory: complete",
        "  canary  complete  1 member: 1 complete",
        "  rest    complete  3 members: 3 complete",
        "",
    ]


def test_the_versions_of_members_are_known_after_an_apply(world: World) -> None:
    """A member that was changed runs its desired version; of one whose change failed, no live version is known."""
    fleet = Fleet(world, size=3, canaries=2)
    fleet.policy["maxFailures"] = 1
    world.sandbox.outcomes.add(customer="Customer 1", deploy="refused")
    with world.session(fleet.text) as session:
        _, plan = carry_out(session, make_plan(session))
    (found,) = rollout_status_document(plan.rollouts)["rollouts"]
    assert [(each["state"], each["liveVersion"], each["desiredVersion"]) for each in found["members"]] == [
        ("failed", None, 2), ("complete", 2, 2), ("complete", 2, 2),
    ]  # fmt: skip


def test_an_approval_is_asked_for_when_nothing_else_is_missing(world: World) -> None:
    """A wave awaits its approval once the wave before it is done, and only within its window."""
    fleet = Fleet(world, waves=[SOAKING, {**REST, "approval": "required"}])

    def awaits() -> list[bool]:
        (found,) = _valid(plan_document(fleet.plan()))["rollouts"]
        return [wave["awaitsApproval"] for wave in found["waves"]]

    assert awaits() == [False, False]
    fleet.apply()
    assert awaits() == [False, False]
    fleet.advance(timedelta(hours=25))
    assert awaits() == [False, True]
    fleet.policy["windows"] = [{"schedule": "0 0 29 2 *", "duration": "1m", "timeZone": "UTC"}]
    assert awaits() == [False, False]


def test_the_status_as_markdown_ends_with_a_marker(world: World) -> None:
    """The Markdown has the counts, the waves, and a signed marker as its last line."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    status = RolloutStatus(fleet.plan().rollouts, datetime(2026, 12, 1, tzinfo=UTC), "Acme", "https://app.example")
    first, second = (
        render_status(replace(status, marker_key=key), "markdown") for key in map(MarkerKey, ("one", "two"))
    )
    assert first.startswith("### Rollouts: 1 under way\n\n")
    assert "| `canary` | ▸ open | 1 open | `1 → 2` | `c1` |  |" in first
    assert re.fullmatch(r"<!-- reconciler:rollout tag=[0-9a-f]{32} -->", first.splitlines()[-1])
    assert first.splitlines()[:-1] == second.splitlines()[:-1]
    assert first.splitlines()[-1] != second.splitlines()[-1]
