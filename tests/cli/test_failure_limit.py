"""The end of a run that fails alike everywhere: a few failures show it, and the rest is not tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.text.causes import cause_of

if TYPE_CHECKING:
    from cli.shell import Ran, Shell

MANY = 40
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {guardrails: {maxFailures: 5}}\n"


def manifests(count: int = MANY, version: str = "version: 1") -> str:
    """Return as many customers, each with an instance."""
    one = """\
---
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: c{number}}}
spec: {{name: Customer {number}}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: i{number}}}
spec: {{customer: c{number}, name: Inventory {number}, integration: {{name: Acme Inventory, {version}}}}}
"""
    return "".join(one.format(number=number, version=version) for number in range(count))


@pytest.fixture
def refusing(shell: Shell) -> Shell:
    """A tenant that refuses every deploy for one reason, in words of each instance."""
    shell.world.sandbox.outcomes.add(deploy="Component 'acme' 3 is missing.")
    shell.write("all.yaml", manifests())
    return shell


def statuses(text: str) -> dict[str, int]:
    """Return how many results have each status."""
    found: dict[str, int] = {}
    for result in json.loads(text)["results"]:
        found[result["status"]] = found.get(result["status"], 0) + 1
    return found


def deploys(shell: Shell) -> int:
    return sum(entry.field == "deployInstance" for entry in shell.world.mutations)


@pytest.mark.parametrize(("limit", "tried"), [(1, 4), (3, 4), (10, 12), (1000, MANY)])
def test_a_run_that_fails_alike_everywhere_ends(refusing: Shell, limit: int, tried: int) -> None:
    """After so many refusals of one cause nothing more is sent than the four requests under way; the rest says why."""
    options = ("--max-failures", str(limit), "--batch-size", "1", "--auto-approve", "--format", "json")
    ran = refusing.tenant("apply", "-f", "all.yaml", *options)
    assert ran.code == 1
    assert deploys(refusing) == tried
    results = json.loads(ran.out)["results"]
    assert sum("--max-failures" in " ".join(each.get("messages", ())) for each in results) == MANY - tried


def test_the_limit_is_ten_without_an_option(refusing: Shell) -> None:
    """Requests that are under way together get their answers; after them nothing is sent."""
    refusing.tenant("apply", "-f", "all.yaml", "--auto-approve", "--batch-size", "1")
    assert deploys(refusing) == 12


def test_the_project_has_a_limit_of_its_own(refusing: Shell) -> None:
    """``guardrails.maxFailures`` counts where the command line does not say."""
    refusing.write("reconciler.yaml", PROJECT)
    refusing.tenant("apply", "--auto-approve", "--batch-size", "1")
    assert deploys(refusing) == 8


def test_failures_of_different_causes_do_not_add_up(shell: Shell) -> None:
    """Two broken customers say nothing of the others."""
    for number in range(4):
        shell.world.sandbox.outcomes.add(customer=f"Customer {number}", deploy="no trigger " + "abcd"[number])
    shell.write("all.yaml", manifests(12))
    ran = shell.tenant("apply", "-f", "all.yaml", "--auto-approve", "--max-failures", "2", "--format", "json")
    assert statuses(ran.out) == {"applied": 20, "failed": 4}


def test_the_next_run_goes_on(refusing: Shell) -> None:
    """Once the cause is gone, another run does what this one left."""
    refusing.tenant("apply", "-f", "all.yaml", "--auto-approve", "--max-failures", "2")
    refusing.world.sandbox.outcomes.replace([])
    assert refusing.tenant("apply", "-f", "all.yaml", "--auto-approve").code == 0
    assert refusing.tenant("plan", "-f", "all.yaml", "--detailed-exitcode").code == 0


@pytest.fixture
def cut_short(refusing: Shell) -> Ran:
    """An apply of forty existing instances that ends after all updates and four deploys, which were refused alike."""
    refusing.world.sandbox.outcomes.replace([])
    refusing.tenant("apply", "-f", "all.yaml", "--auto-approve")
    refusing.world.sandbox.outcomes.add(deploy="Component 'acme' 3 is missing.")
    refusing.write("all.yaml", manifests(version="version: 2"))
    reports = [f"--report={form}={form}" for form in ("json", "markdown", "html", "junit")]
    options = ("--max-failures", "2", "--batch-size", "1", "--auto-approve", *reports)
    return refusing.tenant("apply", "-f", "all.yaml", *options)


def test_what_the_end_of_a_run_left_half_done_is_a_group_of_its_own(refusing: Shell, cut_short: Ran) -> None:
    """An instance that is updated and not deployed has not failed: every format counts it apart."""
    assert cut_short.code == 1
    counts = "4 failed, 36 changed in part"
    why = "updateInstance done; deployInstance not tried: 4 changes failed alike"
    assert cut_short.out.splitlines()[-1] == f"Not all done: {counts}."
    assert "◐ 36 Instances changed in part" in cut_short.out
    assert "the next apply does the rest" in cut_short.out
    for form in ("markdown", "html", "junit"):
        text = (refusing.folder / form).read_text(encoding="utf-8")
        assert counts in text
        assert why in text
    markdown = (refusing.folder / "markdown").read_text(encoding="utf-8")
    assert markdown.index("4 Instances** failed") < markdown.index("36 Instances** changed in part")
    assert (refusing.folder / "junit").read_text(encoding="utf-8").count('message="changed in part: update') == 36


def test_scripts_read_the_status_that_they_know_and_what_is_missing(refusing: Shell, cut_short: Ran) -> None:
    """In JSON what was changed in part is ``failed``, and ``notTried`` names what is left to do."""
    del cut_short
    text = (refusing.folder / "json").read_text(encoding="utf-8")
    assert statuses(text) == {"failed": 40}
    parted = [each for each in json.loads(text)["results"] if "notTried" in each]
    assert len(parted) == 36
    assert {(*each["done"], *each["notTried"]) for each in parted} == {("updateInstance", "deployInstance")}


def test_the_next_apply_deploys_what_was_changed_in_part(refusing: Shell, cut_short: Ran) -> None:
    """The promise of the report holds: once the cause is gone, all run the new version."""
    del cut_short
    refusing.world.sandbox.outcomes.replace([])
    assert refusing.tenant("apply", "-f", "all.yaml", "--auto-approve").code == 0
    assert refusing.tenant("plan", "-f", "all.yaml", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("deployInstance: Acme 1 is not ready", "deployInstance: Acme 2 is not ready"),
        ("f: 'a b' is taken", "f: 'c' is taken"),
        ("f: no node SW5zdGFuY2U6MTIzNDU2Nzg5MDEyMw==", "f: no node Q3VzdG9tZXI6MTIzNDU2Nzg5MDEyMw=="),
        ("f: 6f1c2a34-0000-4000-8000-abcdefabcdef failed", "f: 7f1c2a34-0000-4000-8000-abcdefabcdef failed"),
        ("f: after 30 s", "f: after 4 s"),
    ],
)
def test_messages_that_differ_in_their_object_have_one_cause(one: str, other: str) -> None:
    """Names in quotes, IDs and numbers are of the object, not of the cause."""
    assert cause_of(one) == cause_of(other)


@given(name=st.text(min_size=1, max_size=20))
def test_the_name_of_an_object_is_no_part_of_a_cause(name: str) -> None:
    """Whatever an object is called, its failure counts with those of the others."""
    expected = cause_of("deploy: nobody \x00 knows", ["\x00"])
    assert name in "deploy: nobody knows…" or cause_of(f"deploy: nobody {name} knows", [name]) == expected
