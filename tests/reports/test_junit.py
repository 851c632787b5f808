"""JUnit files, as test tabs show them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from reports.scenes import LARGE, SCENES, UNFRIENDLY
from support.hostile import acting

from reconciler.reports.ci.junit import render
from reconciler.reports.shared.style import Style

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from reconciler.reports.shared.outcome import Outcome

ALL = {**SCENES, "a-thousand-alike": LARGE["a-thousand-alike"], **UNFRIENDLY}


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def parsed(outcome: Outcome) -> Element:
    return ET.fromstring(render(outcome, Style()))  # noqa: S314 - our own text


def states(root: Element) -> dict[str, str]:
    """Return, by the first word of its name, how each case came out."""
    return {
        case.get("name", "").split(" ")[0]: next((each.tag for each in case if each.tag != "system-out"), "passed")
        for case in root.iter("testcase")
    }


@pytest.mark.parametrize("name", ALL)
def test_the_file_has_the_shape_of_junit(name: str) -> None:
    """Each outcome is JUnit as Jenkins' schema has it, its counts are those of its cases, and nothing in it acts."""
    text = render(ALL[name](), Style())
    schema().validate(text)
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert acting(text) == []
    found = {tag: len(list(root.iter(tag))) for tag in ("testcase", "failure", "error", "skipped")}
    told = {key: sum(int(suite.get(key, "")) for suite in root) for key in ("tests", "failures", "errors", "skipped")}
    assert list(found.values()) == list(told.values())
    assert (root.get("tests"), root.get("failures")) == (str(told["tests"]), str(told["failures"]))
    assert found["testcase"] > 0


def test_a_changed_resource_passes_in_a_plan_and_is_a_property() -> None:
    """That something is to be changed is no failure of a plan."""
    root = parsed(SCENES["one-of-each"]())
    assert set(states(root).values()) == {"passed"}
    properties = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert properties["Instance/inventory"] == "update, deploy"
    assert properties["summary"] == "1 to create, 1 to adopt, 2 to update, 1 to delete, 2 to deploy – 3 unchanged"


def test_a_changed_resource_fails_in_a_drift() -> None:
    """What is not as declared fails, in whichever way; what is as declared passes, so that the tab shows the whole."""
    root = parsed(SCENES["drift"]())
    found = states(root)
    assert {name for name, state in found.items() if state == "passed"} == {
        "reconciler",
        "Customer/acme",
        "User/ok",
        "Customer",
        "Instance",
    }
    messages = {case.get("name"): case[0].get("message") for case in root.iter("testcase") if len(case)}
    assert messages["Customer/ftl FTL Rockets"] == "missing"
    assert messages["Customer Gone"] == "present"


def test_the_cause_of_a_drift_is_its_message() -> None:
    """Where it is known whether somebody changed it or it waits to be applied, the tab says so."""
    root = parsed(SCENES["three-way-drift"]())
    messages = {each.get("message") for each in root.iter("failure")}
    assert messages == {"changed outside", "not applied yet", "changed outside, and not applied yet"}


def test_results_fail_pass_and_are_skipped() -> None:
    """After an apply each change is what came of it, with what was said."""
    root = parsed(SCENES["failed-apply"]())
    assert states(root) == {
        "reconciler": "passed",
        "Customer/ftl": "passed",
        "User/lisa": "skipped",
        "Instance/inventory": "failure",
        "Instance/adopted": "passed",
        "Instance/due": "passed",
        "Customer": "failure",
    }
    failures = {each.get("message") for each in root.iter("failure")}
    assert "failed: deleteCustomer: no; deleteCustomer: it may have been carried out" in failures


def test_a_run_without_a_result_is_an_error() -> None:
    """A tab shows that there was nothing to compare: one case in error, with every problem."""
    root = parsed(SCENES["no-drift-report"]())
    (error,) = root.iter("error")
    assert error.get("message") == "3 problems"
    assert (error.text or "").count("\n") == 2
    assert "manifests/all.yaml:5:27: unknown key" in (error.text or "")


def test_a_change_without_a_result_is_skipped() -> None:
    """Of an apply that ended early, and of one that nobody approved, what was not done does not pass."""
    found = states(parsed(SCENES["interrupted"]()))
    assert found["Customer/ftl"] == "passed"
    assert found["Customer"] == found["Instance/due"] == "skipped"
    declined = states(parsed(SCENES["declined"]()))
    assert {state for name, state in declined.items() if name != "reconciler"} == {"skipped"}
