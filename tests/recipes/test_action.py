"""The GitHub action by itself: its input ``arguments``, its outputs, and the comment that it writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from recipes.bench import MANIFESTS, SECRET, Bench
from recipes.github import alone, run_action
from support.serving import served
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recipes.github import Job

PUSH = {"event_name": "push", "run_id": "1", "repository": "acme/manifests", "token": "forge-token"}
PULL_REQUEST = {**PUSH, "event_name": "pull_request", "event": {"pull_request": {"number": "5"}}}
PRODUCTION = {"environment": "production"}
BOT = {"login": "github-actions[bot]", "type": "Bot"}
DELETED = MANIFESTS.replace("metadata: {name: types}", "metadata: {name: types}\nlifecycle: {state: absent}")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        made = Bench(world, url, tmp_path)
        yield made
        assert SECRET not in "".join(made.told) + made.store.read_text(encoding="utf-8")


def act(bench: Bench, name: str, inputs: dict[str, str], github: dict[str, Any] = PUSH) -> tuple[Job, dict[str, str]]:
    """Run the action in a job of its own; return the job and the outputs."""
    job = alone(bench, name, github)
    return job, run_action(job, {**PRODUCTION, **inputs})


def test_every_line_of_the_arguments_narrows_an_apply(bench: Bench) -> None:
    """An option on a later line, behind a comment and in quotes, is passed like one on the first."""
    arguments = "# One customer.\n--rate 50 \\\n  --no-verify # nothing is deployed\n\n--target 'Customer/ftl'\n"
    job, _ = act(bench, "1", {"command": "apply", "arguments": arguments})
    assert not job.failed, bench.told
    assert bench.world.mutation_names() == ["createCustomer"]


def test_arguments_that_cannot_be_read_apply_nothing(bench: Bench) -> None:
    """A quote without an end is an error, and no part of the arguments is used."""
    job, outputs = act(bench, "1", {"command": "apply", "arguments": "--rate 50\n--target 'Customer/ftl\n"})
    assert (job.failed, outputs["exit-code"]) == (True, "")
    assert bench.told[-1] == "error: the input arguments: line 2: the quote ' has no end\n"
    assert bench.world.sandbox.log.requests == 0


def test_a_plan_counts_its_changes_and_deletions(bench: Bench) -> None:
    """The outputs have both counts, of an error none; --detailed-exitcode fails no job."""
    detailed = {"command": "plan", "arguments": "--detailed-exitcode"}
    found = []
    for number, text in enumerate((MANIFESTS, None, DELETED, "nothing: right")):
        if text is None:
            bench.run(["reconciler", "apply", "-e", "production", "--auto-approve"], bench.secrets, bench.repository)
        else:
            bench.write("all.yaml", text)
        job, outputs = act(bench, f"plan-{number}", detailed)
        found.append((job.failed, *(outputs[name] for name in ("exit-code", "changes", "to-delete"))))
    assert found == [(False, "2", "2", "0"), (False, "0", "0", "0"), (False, "2", "1", "1"), (True, "1", "", "")]


def test_nobody_else_gets_the_plan_into_a_comment_of_theirs(bench: Bench) -> None:
    """Copies of the comment are neither edited nor do they keep the plan from being shown; they are folded once."""
    act(bench, "1", {"command": "plan"}, PULL_REQUEST)
    (plan,) = bench.forge["comments"].values()
    store = bench.forge
    forged = {"on": "5", "user": {"login": "mallory", "type": "User"}, "body": f"{plan['body']}\n"}
    quoted = {**forged, "body": f"{plan['body']}\nNothing to see"}
    elsewhere = {**forged, "on": "6"}
    echoed = {**forged, "user": BOT, "body": plan["body"].replace("2 to create", "Nothing changes")}
    store["comments"] |= {"2": forged, "3": quoted, "4": elsewhere, "5": echoed}
    bench.store.write_text(json.dumps(store), encoding="utf-8")
    bench.write("all.yaml", MANIFESTS.split("---")[0])
    for number in ("2", "3"):
        job, _ = act(bench, number, {"command": "plan"}, PULL_REQUEST)
        assert not job.failed, bench.told
    comments = bench.forge["comments"]
    assert "1 to create" in comments["1"]["body"].splitlines()[2]
    assert comments["2"] == {**forged, "folded": True}
    assert [comments[key] for key in ("3", "4", "5")] == [quoted, elsewhere, echoed]
    assert len(comments) == 5
    assert len([path for _, path in bench.forge["calls"] if path == "graphql"]) == 4, "three searches, and one fold"


@pytest.mark.full
def test_the_comment_of_an_earlier_token_is_folded(bench: Bench) -> None:
    """With the token of another person or bot the plan is a new comment, and the outdated one is folded."""
    act(bench, "1", {"command": "plan"}, PULL_REQUEST)
    store = bench.forge
    store["comments"]["1"]["user"] = {"login": "alice", "type": "User"}
    bench.store.write_text(json.dumps(store), encoding="utf-8")
    act(bench, "2", {"command": "plan"}, PULL_REQUEST)
    assert [each.get("folded", False) for each in bench.forge["comments"].values()] == [True, False]
