"""docs/doctor.md shows what ``doctor`` prints, and the places that lead to it exist."""

from __future__ import annotations

import re

import pytest
import yaml
from cli.shell import CUSTOMER
from support.world import ROOT, World

from reconciler.doctor.latency import MOST, ONE_BY_ONE, SECONDS
from reconciler.doctor.rendering import render
from reconciler.errors import EXAMINE, Unexpected
from reconciler.reports.shared.style import Style
from reconciler.workflow.doctor import examine

PAGE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")


def test_the_report_on_the_page_is_a_real_one() -> None:
    """The report is that of a sandbox that lacks the field, but for times and versions."""
    (lacking,) = re.findall(r"reconciler sandbox --without (\S+)`\)", PAGE)
    with World(without=(lacking,)) as world:
        printed = render(examine(world.options("")), "text", Style())
    shown = re.search(r"```text\n(Connection.*?)```", PAGE, re.DOTALL)
    assert shown
    assert _timeless(printed) == _timeless(shown[1])


def _timeless(report: str) -> str:
    """Return a report without what differs from run to run, and without the versions."""
    *lines, _ = report.strip().splitlines()
    return re.sub(r"\d+(\.\d+)? s\b", "N s", "\n".join(lines))


def test_the_message_on_the_page_is_a_real_one() -> None:
    """The page and the troubleshooting show the error of a plan that needs a missing field, and its advice."""
    with World(without=("Customer.labels",)) as world, pytest.raises(Unexpected) as error:
        world.plan(CUSTOMER)
    troubleshooting = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    assert f"error: {error.value}\n" in PAGE
    assert f"{str(error.value).removeprefix('customers: ')}\n{EXAMINE}.\n" in troubleshooting


def test_the_bounds_on_the_page_are_those_of_the_measurement() -> None:
    """The page states how many requests a measurement takes, and how long."""
    assert f"at most {ONE_BY_ONE + MOST} requests more" in PAGE
    assert f"after {SECONDS:.0f} seconds" in PAGE


def test_support_and_the_issue_form_ask_for_the_report() -> None:
    """Who reports a bug is asked for the report, by the form and by SUPPORT.md."""
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml").read_text(encoding="utf-8"))
    (asked,) = [each for each in form["body"] if each.get("id") == "doctor"]
    assert asked["validations"]["required"]
    assert "reconciler doctor --format markdown" in asked["attributes"]["label"]
    assert "reconciler doctor --report markdown=" in (ROOT / "SUPPORT.md").read_text(encoding="utf-8")
