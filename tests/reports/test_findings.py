"""Findings at lines of files: GitHub annotations and GitLab code quality."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from reports.plans import change, plan
from reports.scenes import LARGE, SCENES, UNFRIENDLY, told
from support.hostile import HOSTILE, SENDABLE

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.reports.ci.findings import MOST, in_repository, render, workflow_commands
from reconciler.reports.shared.outcome import Failure, Outcome, RunContext
from reconciler.reports.shared.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def read_back(line: str) -> tuple[str, dict[str, str], str]:
    """Return what the runner makes of a command: it decodes ``%XX`` last, properties apart from the message."""
    found = COMMAND.fullmatch(line)
    assert found, line
    properties = dict(each.split("=", 1) for each in found[2].split(","))

    def decoded(text: str) -> str:
        for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, character)
        return text

    return found[1], {name: decoded(value) for name, value in properties.items()}, decoded(found[3])


def issues(outcome: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(outcome, Style()))
    return found


def test_manifests_errors_stand_at_their_lines() -> None:
    """Each problem of the manifests is an error at its file, line and column; one about none has no place."""
    found = [read_back(line) for line in workflow_commands(SCENES["no-plan"]())]
    assert [(severity, where.get("file"), where.get("line"), where.get("col")) for severity, where, _ in found] == [
        ("error", "manifests/all.yaml", "5", "27"),
        ("error", "manifests/b.yaml", "11", "3"),
        ("error", None, None, None),
    ]
    assert found[0][2] == "unknown key 'descripton'; did you mean 'description'?"


def severities(outcome: Outcome) -> dict[str, str]:
    found = [read_back(line) for line in workflow_commands(outcome)]
    named = (re.match(r"\w+/\S+|\w+ \w+", message) for _, _, message in found)
    names = [name[0].rstrip(":") if name else "" for name in named]
    return {name: severity for name, (severity, _, _) in reversed([*zip(names, found, strict=True)])}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one-of-each", {"Customer/ftl": "notice", "Customer Gone": "warning", "Instance/due": "notice"}),
        ("drift", {"Customer/ftl": "warning", "User/lisa": "warning", "Customer Gone": "warning"}),
        ("failed-apply", {"Customer/ftl": "notice", "User/lisa": "error", "Customer Gone": "error"}),
        ("no-drift", {}),
    ],
)
def test_each_type_of_finding_has_its_severity(name: str, expected: dict[str, str]) -> None:
    """What failed is an error, what differs or is deleted a warning, what will be done a notice."""
    found = severities(SCENES[name]())
    assert {address: found.get(address) for address in expected} == expected
    assert bool(found) == bool(expected)


def test_findings_beyond_the_limit_are_counted() -> None:
    """Of each severity there are as many as are shown, the last of which says how many more there are."""
    lines = workflow_commands(LARGE["five-thousand"]())
    assert len(lines) == MOST
    assert lines[-1] == f"::notice title=reconciler::and {5000 - MOST + 1} more; the log has them all"
    exactly = told("plan", plan(*(change(f"i{number}") for number in range(MOST))))
    assert "more" not in "".join(workflow_commands(exactly))


@pytest.mark.parametrize("key", HOSTILE)
def test_a_name_cannot_end_a_workflow_command(key: str) -> None:
    """Whatever a message or a file's name holds, it is one command on one line, and is read back as it was shown."""
    name = HOSTILE[key]
    problem = Diagnostic(f"about {name}, and: more", Place(name, 3, 4))
    (line,) = workflow_commands(Outcome("plan", failure=Failure((problem,))))
    severity, where, message = read_back(line)
    assert (severity, where["line"], where["col"]) == ("error", "3", "4")
    assert line.isprintable()
    assert message.startswith("about ")
    assert message.endswith(", and: more")


def test_percent_signs_survive() -> None:
    """Text that looks like an escape of the runner's is shown as it is."""
    (line,) = workflow_commands(Outcome("plan", failure=Failure.saying("100%0A::error::x")))
    assert read_back(line)[2] == "100%0A::error::x"


@pytest.mark.parametrize(
    ("file", "folder", "expected"),
    [
        ("manifests/a.yaml", "", "manifests/a.yaml"),
        ("./a.yaml", "", "a.yaml"),
        ("a.yaml", "deploy/prod", "deploy/prod/a.yaml"),
        ("../shared/a.yaml", "deploy", "shared/a.yaml"),
        ("customers\\a.yaml", "", "customers/a.yaml"),
        ("/elsewhere/a.yaml", "deploy", "/elsewhere/a.yaml"),
    ],
)
def test_files_are_named_from_the_repositorys_root(file: str, folder: str, expected: str) -> None:
    """A forge finds a file whichever folder the run took place in."""
    assert in_repository(file, folder) == expected
    there = RunContext(folder)
    outcome = Outcome("plan", failure=Failure((Diagnostic("x", Place(file, 2, 1)),)), surroundings=there)
    assert read_back(workflow_commands(outcome)[0])[1]["file"] == expected
    assert issues(outcome)[0]["location"] == {"path": expected, "lines": {"begin": 2}}


SCENERY: dict[str, Callable[[], Outcome]] = {**SCENES, **UNFRIENDLY, "a-thousand-alike": LARGE["a-thousand-alike"]}


@pytest.mark.parametrize("name", SCENERY)
def test_code_quality_has_the_fields_that_gitlab_requires(name: str) -> None:
    """Each issue has its five parts, a severity that there is, and a fingerprint of its own."""
    found = issues(SCENERY[name]())
    for issue in found:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["location"]["path"]
    assert len({issue["fingerprint"] for issue in found}) == len(found)


def test_an_issue_stays_the_same_when_lines_move() -> None:
    """A merge request does not take an old issue for a new one because something was written above it."""
    before, after = (
        issues(told("drift", plan(change(source=Place("a.yaml", line, 1)), change("two")))) for line in (3, 30)
    )
    assert [each["fingerprint"] for each in before] == [each["fingerprint"] for each in after]
    other = issues(replace(SCENES["drift"](), command="plan"))
    assert not {each["fingerprint"] for each in other} & {each["fingerprint"] for each in issues(SCENES["drift"]())}


def test_descriptions_are_not_cut() -> None:
    """JSON keeps what was said to the letter."""
    problems = tuple(Diagnostic(name) for name in SENDABLE.values())
    found = issues(Outcome("plan", failure=Failure(problems)))
    assert [each["description"] for each in found] == [problem.message for problem in problems]
