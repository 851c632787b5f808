"""Rollbacks in plans, saved plans, drifts, explanations and reports, and what they cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from rollouts.fleet import CANARY, REST
from rollouts.rollbacks import fleet_of, sick

from reconciler.errors import StalePlan
from reconciler.manifests.schema.schemas import load_schema
from reconciler.planning.plan_file import plan_document, rollout_status_document, save_plan
from reconciler.reports.json.report import render as render_json
from reconciler.reports.markdown.rollouts import rollout_blocks
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.explain import explain_text
from reconciler.reports.text.report import render
from reconciler.workflow.applying import apply_plan, carry_out
from reconciler.workflow.planning import explain_change, make_plan
from reconciler.workflow.receipts import record_apply

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

PLAIN = Style(False)


def valid(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document that passes the schema of plans."""
    assert not [error.message for error in Draft202012Validator(load_schema("plan")).iter_errors(document)]
    return document


def test_a_plan_has_where_each_member_goes_back_to(world: World) -> None:
    """The JSON of a plan has each member with a change, its version to go back to or why there is none, and why."""
    fleet = fleet_of(world)
    fleet.size = 5
    (rollout,) = valid(plan_document(fleet.plan()))["rollouts"]
    found = {each["address"]: (each["version"], each["due"]) for each in rollout["rollbacks"]}
    assert found == {f"Instance/i{number}": (1 if number < 5 else None, False) for number in range(1, 6)}
    text = render(Outcome("plan", fleet.plan()), PLAIN)
    assert "if it fails: back to version 1, the version before the change (4 members:" in text
    blocks = "\n".join(block.text for block in rollout_blocks(fleet.plan().rollouts))
    assert (
        "- if it fails: back to version 1, the version before the change (4 members: c1, c2, c3 and 1 more)" in blocks
    )


def test_a_plan_without_rollback_has_nothing_of_it(world: World) -> None:
    """With onFailure: stop the plan is as it always was."""
    fleet = fleet_of(world)
    del fleet.policy["onFailure"]
    (rollout,) = plan_document(fleet.plan())["rollouts"]
    assert "rollbacks" not in rollout


def test_an_apply_reports_who_went_back(world: World) -> None:
    """The JSON of an apply has the version that a member went back to, and how the rollout stands since."""
    fleet = fleet_of(world)
    with world.session(fleet.text) as session:
        results, plan = carry_out(session, make_plan(session))
    document = valid(json.loads(render_json(Outcome("apply", plan, results), PLAIN)))
    assert document["results"][0]["rollback"] == {"version": 1, "held": True, "failure": ""}
    assert all("rollback" not in each for each in document["results"][1:])
    assert document["rollouts"][0]["waves"][0]["held"] == 1
    (status,) = rollout_status_document(fleet.plan().rollouts)["rollouts"]
    member = status["members"][0]
    assert (member["state"], member["liveVersion"], member["desiredVersion"]) == ("held", 1, 2)


def test_a_saved_plan_sets_back_who_still_failed(world: World, tmp_path: Path) -> None:
    """A saved plan with a rollback is applied as it is; if the member works again meanwhile, the plan is stale."""
    fleet = sick(world)
    manifests, saved = tmp_path / "fleet.yaml", tmp_path / "plan.json"
    manifests.write_text(fleet.text, encoding="utf-8")
    save_plan(world.plan(manifests), saved, "")
    world.sandbox.outcomes.clear()
    with pytest.raises(StalePlan, match="Instance/i1: in the plan, and needs no change now"):
        world.apply_saved(saved)
    world.sandbox.outcomes.add(version=2, suspended=True)
    save_plan(world.plan(manifests), saved, "")
    _, results = world.apply_saved(saved)
    assert [each.set_back.version for each in results if each.set_back] == [1]
    assert fleet.versions() == [1, 1, 1, 1]


def test_a_saved_plan_is_stale_if_the_way_back_is_gone(world: World, tmp_path: Path) -> None:
    """Whoever approved a plan with a way back does not get one without."""
    fleet = fleet_of(world)
    manifests, saved = tmp_path / "fleet.yaml", tmp_path / "plan.json"
    manifests.write_text(fleet.text, encoding="utf-8")
    save_plan(world.plan(manifests), saved, "")
    world.sandbox.store.update("integrations", world.seed.version("Acme Inventory", 1)["id"], versionIsAvailable=0)
    with pytest.raises(StalePlan, match="it has other warnings now than in the plan"):
        world.apply_saved(saved)


def test_a_rollback_is_no_drift(world: World) -> None:
    """A member that goes back is listed apart in a drift, and an explanation says why it does."""
    fleet = sick(world)
    plan = fleet.plan().without_waiting()
    assert plan.empty
    document = valid(json.loads(render_json(Outcome("drift", plan), PLAIN)))
    assert "Instance/i1" in document["drift"]["waiting"]
    with world.session(fleet.text) as session:
        reasons, _ = explain_change(session, "Instance/i1")
    text = explain_text(reasons, PLAIN)
    assert "goes back to version 1, the version of most members that are not moved yet, and is held" in text
    assert "would send  updateInstance, deployInstance" in text


def test_a_receipt_claims_nothing_of_what_went_back(world: World) -> None:
    """The record of a member that was set back keeps no value that it no longer has."""
    fleet = fleet_of(world)
    with world.session(fleet.text, include_unchanged=True) as session:
        plan = make_plan(session)
        receipt = record_apply(session, None, plan, carry_out(session, plan)[0])
    assert "Instance/i1" not in receipt.entries


@pytest.mark.parametrize(("policy", "cost"), [("stop", 7), ("rollback", 7 + 6)])
def test_a_whole_batch_goes_back_in_six_requests(policy: str, cost: int, world: World) -> None:
    """Twenty members that fail together are set back and held in three writes and three reads.

    With former values to write it is one more.
    """
    fleet = fleet_of(world, size=20, canaries=20, waves=[CANARY, REST])
    fleet.policy |= {"maxFailures": 19, "maxConcurrent": 20, "onFailure": policy}
    with world.session(fleet.text) as session:
        plan = make_plan(session)
        before = session.stats.requests
        apply_plan(session, plan)
        assert session.stats.requests - before == cost
    assert fleet.versions() == [1 if policy == "rollback" else 2] * 20
