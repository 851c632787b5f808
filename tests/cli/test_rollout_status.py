"""``rollout status``: its reports, and ``--after``: what an apply tried before, which the tenant does not show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from rollouts.fleet import Fleet

from reconciler.reports.registry import STATUS_FORMATS

if TYPE_CHECKING:
    from cli.shell import Ran, Shell

REFUSED = "The trigger could not be set up."


@pytest.fixture
def fleet(shell: Shell) -> Fleet:
    """A fleet of three whose canary cannot be deployed, after an apply with a JSON report."""
    fleet = Fleet(shell.world, size=3)
    shell.world.sandbox.outcomes.add(version=2, deploy=REFUSED)
    shell.monkeypatch.setenv("ACME_PASSWORD", shell.world.environ["ACME_PASSWORD"])
    shell.write("all.yaml", fleet.text)
    assert apply(shell).code == 1
    return fleet


def apply(shell: Shell) -> Ran:
    return shell.tenant("apply", "-f", "all.yaml", "--auto-approve", "--report", "json=apply.json")


def status(shell: Shell, *arguments: str) -> Ran:
    return shell.tenant("rollout", "status", "-f", "all.yaml", *arguments)


def test_a_refused_deploy_counts_as_failed(shell: Shell, fleet: Fleet) -> None:
    """By the tenant alone the rollout is under way; with the report of the apply it is stopped, with the reason."""
    assert status(shell).code == 2
    ran = status(shell, "--after", "apply.json", "--format", "json")
    assert ran.code == 1
    (rollout,) = json.loads(ran.out)["rollouts"]
    assert rollout["state"] == "stopped"
    canary, rest = rollout["waves"]
    (failure,) = canary["failures"]
    assert failure["address"] == "Instance/i1"
    assert REFUSED in failure["reason"]
    assert (rest["state"], rest["failures"]) == ("waiting", [])
    assert REFUSED in status(shell, "--after", "apply.json").out


def test_a_member_that_is_as_declared_did_not_fail(shell: Shell, fleet: Fleet) -> None:
    """A member that somebody brought up to date after the apply is judged by its health."""
    fleet.world.sandbox.outcomes.clear()
    fleet.apply()
    assert status(shell, "--after", "apply.json").code == 0


def test_the_report_of_other_manifests_shows_nothing(shell: Shell, fleet: Fleet) -> None:
    """After a change of the manifests the report is refused."""
    fleet.version = 1
    shell.write("all.yaml", fleet.text)
    ran = status(shell, "--after", "apply.json")
    assert (ran.code, ran.out) == (1, "")
    assert "--after apply.json: this apply was of other manifests" in ran.err


def test_an_apply_that_changed_nothing_shows_nothing(shell: Shell, fleet: Fleet) -> None:
    """The report of an apply that ended before its first change is refused, and no status is written."""
    shell.world.sandbox.faults.add("error", status=404, times=None)
    assert apply(shell).code == 1
    shell.world.sandbox.faults.clear()
    ran = status(shell, "--after", "apply.json", "--report", "markdown=status.md")
    assert ran.code == 1
    assert "this apply ended before it changed anything" in ran.err
    assert not (shell.folder / "status.md").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"tenant": 1}', "[" * 100_000, '{"rollouts": [{}]}', None],
    ids=lambda text: str(text)[:20],
)
def test_what_is_no_report_of_an_apply_is_refused(shell: Shell, fleet: Fleet, text: str | None) -> None:
    """A file that is missing or is no report is named in one line."""
    if text is not None:
        shell.write("other.json", text)
    ran = status(shell, "--after", "other.json")
    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith("error: --after other.json: ")


def test_the_report_is_not_written_over(shell: Shell) -> None:
    """A report of the status cannot replace the file that it reads."""
    shell.write("apply.json", "{}")
    ran = status(shell, "--after", "apply.json", "--report", "markdown=apply.json")
    assert ran.code == 1
    assert "it would replace apply.json, an input of this run" in ran.err
    assert (shell.folder / "apply.json").read_text(encoding="utf-8") == "{}"


def test_a_retry_takes_no_report(shell: Shell) -> None:
    """Only the status looks at an earlier apply."""
    ran = shell.tenant("rollout", "retry", "inventory", "--after", "apply.json")
    assert "--after belongs to rollout status" in ran.err


def test_a_status_is_written_in_every_format(shell: Shell, fleet: Fleet) -> None:
    """The text, JSON, Markdown and HTML of one run have the same content; other reports are refused."""
    del fleet
    files = [part for form in STATUS_FORMATS for part in ("--report", f"{form}=status.{form}")]
    ran = status(shell, "--after", "apply.json", *files)
    assert ran.code == 1
    written = {form: (shell.folder / f"status.{form}").read_text(encoding="utf-8") for form in STATUS_FORMATS}
    assert written["text"] == ran.out
    for part in ("canary", "c1", "c3", "trigger could not"):
        assert all(part in text for text in written.values())
    assert "--report text, json, markdown, html, and no other report" in status(shell, "--report", "junit=x.xml").err


def test_a_status_that_cannot_be_read_writes_no_report(shell: Shell, fleet: Fleet) -> None:
    """An earlier page stays as it is, with its age."""
    del fleet
    shell.write("status.html", "earlier")
    shell.world.sandbox.faults.add("error", status=404, times=None)
    assert status(shell, "--report", "html=status.html").code == 1
    assert (shell.folder / "status.html").read_text(encoding="utf-8") == "earlier"
