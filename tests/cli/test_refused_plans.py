"""A plan that its guardrails refuse is shown all the same: its reader decides by it what to allow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli.shell import PROJECT

if TYPE_CHECKING:
    from cli.shell import Shell

KEPT = """apiVersion: reconciler/v1
kind: Customer
metadata: {name: kept}
spec: {name: Kept, description: new}
"""
REFUSAL = (
    "this plan deletes 2 of 10 owned resources (Instance 'Sync' of 'Customer 2', Instance 'Sync' of 'Customer 10')"
)
REPORTS = {form: f"out.{form}" for form in ("text", "json", "markdown", "html", "junit")}
ASKED = [part for form, file in REPORTS.items() for part in ("--report", f"{form}={file}")]


@pytest.fixture
def pruned(shell: Shell) -> Shell:
    """A project that declares one customer, and owns two instances of customers of others, and more, without one."""
    seed = shell.world.seed
    shell.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {prune: true}"))
    shell.write("all.yaml", KEPT)
    kept = seed.customer("Kept", labels=["gitops:acme"])
    version = seed.version("Every Data Type")["id"]
    for name in ("Customer 10", "Customer 2"):
        seed.instance("Sync", customer=seed.customer(name)["id"], integration=version, labels=["gitops:acme"])
    for number in range(7):
        owned = [f"apiVersion: reconciler/v1\nkind: Instance\nmetadata: {{name: i{number}}}\nspec: {{customer: kept, "]
        owned += [f"name: I{number}, integration: {{name: Every Data Type}}}}\n"]
        shell.write(f"i{number}.yaml", "".join(owned))
        seed.instance(f"I{number}", customer=kept["id"], integration=version, labels=["gitops:acme"])
    return shell


def shown_in(shell: Shell, *, command: str = "plan") -> None:
    """Check that each report has the refusal, and both deletions with their customers."""
    texts = {form: (shell.folder / file).read_text(encoding="utf-8") for form, file in REPORTS.items()}
    for form, text in texts.items():
        assert "Customer 2" in text, form
        assert "Customer 10" in text, form
        assert "more than 10 %" in text.replace("`", ""), form
    document = json.loads(texts["json"])
    assert document["command"] == command
    assert REFUSAL in document["error"]["problems"][0]["message"]
    assert sum(change["actions"] == ["delete"] for change in document["changes"]) == 2


def test_a_refused_plan_is_shown_with_its_refusal(pruned: Shell) -> None:
    """``plan`` prints the plan and then why it must not be applied, in every report too; the exit code is 1."""
    ran = pruned.tenant("plan", *ASKED, "--out", "saved.json")
    assert ran.code == 1
    assert f"error: {REFUSAL}, more than 10 %; --allow-deletes 2 allows it\n" in ran.err
    assert "2 to delete" in ran.out
    assert not (pruned.folder / "saved.json").exists()
    shown_in(pruned)


def test_an_apply_shows_the_plan_that_it_refuses(pruned: Shell) -> None:
    """``apply`` writes nothing, and shows what it would have had to delete."""
    ran = pruned.tenant("apply", "--auto-approve", *ASKED)
    assert ran.code == 1
    assert "2 to delete" in ran.out
    assert pruned.world.mutations == []
    shown_in(pruned, command="apply")


def test_a_refused_plan_is_one_document(pruned: Shell) -> None:
    """With ``--format json`` stdout is one document, with the plan and the error in it."""
    document = json.loads(pruned.tenant("plan", "--format", "json").out)
    assert document["summary"]["delete"] == 2
    assert "--allow-deletes 2 allows it" in document["error"]["problems"][0]["message"]


def test_a_saved_plan_that_is_refused_is_shown(pruned: Shell) -> None:
    """A saved plan whose deletions are no longer allowed is shown with the refusal; nothing is written."""
    assert pruned.tenant("plan", "--allow-deletes", "2", "--out", "saved.json").code == 0
    ran = pruned.tenant("apply", "saved.json", "--auto-approve", "--allow-deletes", "1", *ASKED)
    assert ran.code == 1
    assert "2 to delete" in ran.out
    assert "--allow-deletes allows 1" in ran.err
    assert "Make the plan anew" in ran.err
    assert pruned.world.mutations == []
    document = json.loads((pruned.folder / REPORTS["json"]).read_text(encoding="utf-8"))
    assert sum(change["actions"] == ["delete"] for change in document["changes"]) == 2


def test_a_stale_saved_plan_is_not_shown_as_another(pruned: Shell) -> None:
    """Where the manifests changed since, the fresh plan is not the one that was reviewed: only the reasons appear."""
    assert pruned.tenant("plan", "--allow-deletes", "2", "--out", "saved.json").code == 0
    pruned.write("all.yaml", KEPT.replace("new", "newer"))
    ran = pruned.tenant("apply", "saved.json", "--auto-approve", "--allow-deletes", "1")
    assert (ran.code, ran.out) == (1, "")
    assert "the manifests are not those the plan was made from" in ran.err


def test_a_problem_comes_before_the_guardrails(pruned: Shell) -> None:
    """With a problem in a manifest the plan is incomplete: it is not shown, and the refusal is listed beside it."""
    wrong = (pruned.folder / "i6.yaml").read_text(encoding="utf-8").replace("}}", "}, configVariables: {Nope: 1}}")
    pruned.write("i6.yaml", wrong)
    ran = pruned.tenant("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "more than 10 %" in ran.err
