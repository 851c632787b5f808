"""Reports of sets of instances: what changes for all, who differs, who is left out; nobody is lost."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reports.fleets import FLEETS, SET, created, customer, member, the_set, three_hundred, upgrade
from reports.gfm import OURS, acting, rendered
from reports.kept import FLEETS_FOLDER, data_of, fleets
from reports.plans import change, field, plan
from reports.scenes import SCENES, told
from support.effort import lines_run
from support.hostile import HOSTILE
from support.hostile import acting as acting_in_a_log
from support.matrix import every

from reconciler.applying.results import Result
from reconciler.manifests.schema.schemas import load_schema
from reconciler.manifests.sets.summary import LeftOut
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.model.resource import SetCustomer
from reconciler.planning.masking import Mask
from reconciler.reports.ci.findings import findings
from reconciler.reports.ci.notification import notice_of, payload
from reconciler.reports.registry import FORMATS, render
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fields import leaves
from reconciler.reports.shared.fleets import sorted_by_set
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.world import World

    from reconciler.planning.plan import Change, Plan

KEPT = fleets()
EVERY = [(name, form) for name in FLEETS for form in FORMATS]


@pytest.mark.parametrize("name", KEPT)
def test_a_report_of_a_set_equals_its_golden_file(name: str) -> None:
    """Each report of 300 members is, to the letter, the one that is kept."""
    assert KEPT[name] == (FLEETS_FOLDER / name).read_bytes().decode()


def test_no_golden_file_of_a_set_is_left_over() -> None:
    """Every kept report of a set is compared with a report."""
    assert {path.name for path in FLEETS_FOLDER.iterdir()} == {*KEPT}


def test_the_page_on_reports_shows_a_real_set() -> None:
    """The example in docs/reports.md is, to the letter, from the report that is kept."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```text\n(InstanceSet/.*?)```", page, re.DOTALL)
    assert example in KEPT["plan.80.txt"]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", FLEETS)
def test_what_is_about_a_set_fits_the_terminal(name: str, width: int) -> None:
    """No line about a set is wider than the terminal, and a plan of 300 members fits two of its screens."""
    lines = KEPT[f"{name}.{width}.txt"].splitlines()
    begin = next((at for at, line in enumerate(lines) if line.startswith(SET)), 0)
    about = lines[begin:-3]
    assert [line for line in about if len(line) > width] == []
    assert len(lines) < 50


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_a_report_of_a_set_is_the_same_each_time(name: str, form: str) -> None:
    """The same outcome gives the same report."""
    assert render(FLEETS[name](), form) == render(FLEETS[name](), form)


@pytest.mark.parametrize("name", FLEETS)
def test_the_json_of_a_set_is_valid_by_its_schema(name: str) -> None:
    """``sets`` in a JSON report is as the schema declares it."""
    Draft202012Validator(load_schema("plan")).validate(json.loads(render(FLEETS[name](), "json")))


@pytest.mark.parametrize("name", SCENES)
def test_runs_without_sets_report_none(name: str) -> None:
    """Without a set neither the JSON report nor the page has anything about sets."""
    assert "sets" not in json.loads(render(SCENES[name](), "json"))
    assert "sets" not in data_of(render(SCENES[name](), "html"))


def test_deletions_are_never_folded() -> None:
    """However many members are deleted, each report names all of their customers, without unfolding anything."""
    changes = [member(customer(number), "delete", reason="declared absent") for number in range(60)]
    found = told("plan", plan(*changes, sets=(the_set(changes, ()),)))
    text, markdown = render(found, "text"), render(found, "markdown")
    visible = re.sub(r"<details>.*?</details>", "", markdown, flags=re.DOTALL)
    (finding,) = findings(found)
    for number in range(60):
        handle = customer(number).handle
        assert all(re.search(rf"\b{handle}\b", each) for each in (text, visible, finding.message))


def test_a_value_that_most_share_separates_the_others() -> None:
    """Who has another value than most is a group of its own, described by the difference alone."""
    changes = [
        member(customer(number), fields=[field("integration/version", 12, 13), field("enabled", size, not size)])
        for number, size in enumerate([True] * 20 + [False] * 4)
    ]
    text = render(told("plan", plan(*changes)), "text")
    assert "  ~ 20 customers: update" in text
    assert "  ~ 4 customers: update, like the 20 above but with:\n      enabled  false → true\n" in text


def test_a_few_changes_are_shown_one_by_one() -> None:
    """Three members with three values are three groups: nothing is gained by leaving two values out."""
    changes = [member(customer(number), fields=[field("description", "a", str(number))]) for number in range(3)]
    text = render(told("plan", plan(*changes)), "text")
    assert [f"{each.handle}: update" in text for each in map(customer, range(3))] == [True] * 3
    assert [f"description  a → {number}" in text for number in range(3)] == [True] * 3


def test_creations_that_would_look_alike_are_one_group() -> None:
    """Behind the main group, creations show no fields, so those that differ in fields alone are one line."""
    changes = [upgrade(number) for number in range(9)]
    changes += [
        member(customer(number), "create", fields=[field("description" if number % 2 else "enabled", None, "x")])
        for number in range(10, 16)
    ]
    (fleet,), _ = sorted_by_set(entries(Outcome("plan", plan(*changes))), None, Mask())
    assert [len(group.entries) for group in fleet.groups] == [9, 3, 3]
    assert "  + 6 customers: create\n" in render(told("plan", plan(*changes)), "text")
    assert render(told("plan", plan(*changes), verbose=True), "text").count("  + 3 customers: create\n") == 2


def test_many_values_make_few_groups() -> None:
    """Two fields with several frequent values each do not make a group for each combination."""
    changes = [
        member(
            customer(number),
            fields=[field(name, "old", "most" if number % 2 else f"{number % many}") for name, many in FREQUENT],
        )
        for number in range(300)
    ]
    (fleet,), _ = sorted_by_set(entries(Outcome("plan", plan(*changes))), None, Mask())
    assert len(fleet.groups) <= 8
    assert fleet.changed == 300


FREQUENT = (("description", 14), ("enabled", 6), ("name", 22))


def test_members_outside_the_plan_are_counted_apart() -> None:
    """With --target or --shard the members that were not compared are neither changed nor unchanged."""
    changes = [upgrade(number) for number in range(3)]
    found = told("plan", plan(*changes, sets=(the_set(changes, (3, 4), size=300),)))
    text = render(found, "text")
    assert "InstanceSet/inventory: 3 of 300 members change" in text
    assert "  = 2 customers: unchanged\n  ? 295 customers: not in this plan (--target, --customer, --shard …)\n" in text
    (fleet,) = json.loads(render(found, "json"))["sets"]
    assert (fleet["members"], fleet["changed"], fleet["unchanged"], fleet["notPlanned"]) == (300, 3, 2, 295)
    several = told("plan", plan(*changes, sets=(the_set(changes, (3, 4), size=300, unfolded=True),)))
    assert "  = 2 members: unchanged\n  ? 295 members: not in this plan" in render(several, "text")
    assert "- 2 members unchanged\n- 295 members not in this plan" in render(several, "markdown")
    unchanged = told("plan", plan(sets=(the_set((), (3, 4), size=300),)))
    assert "InstanceSet/inventory: 2 of 300 members unchanged, 298 not in this plan" in render(unchanged, "text")


def test_members_that_wait_in_a_rollout_are_not_unchanged_in_a_drift() -> None:
    """In a drift the members that wait in a rollout are listed apart; they differ, so they are not unchanged."""
    waiting, differing = [upgrade(number) for number in range(3)], upgrade(9)
    sets = (the_set([*waiting, differing], (3, 4)),)
    text = render(told("drift", plan(later=tuple(waiting), sets=sets)), "text")
    assert "InstanceSet/inventory: 3 of 6 members unchanged, 3 in a rollout" in text
    found = told("drift", plan(differing, later=tuple(waiting), sets=sets))
    assert "  = 2 customers: unchanged\n  … 3 customers: in a rollout, listed below\n" in render(found, "text")
    assert json.loads(render(found, "json"))["sets"][0]["unchanged"] == 2


def test_a_coloured_line_is_wrapped_below_its_own_indent() -> None:
    """The lines of a broken reason are indented alike, with and without colours."""
    said = render(FLEETS["apply"](), "text", Style(colour=True, width=60))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
    assert plain == render(FLEETS["apply"](), "text", Style(width=60))


def test_an_annotation_stands_for_a_whole_group() -> None:
    """A set makes a finding for each group, at the line of its template, whose fingerprint outlives a new member."""

    def issues(count: int) -> list[dict[str, object]]:
        changes = [upgrade(number) for number in range(count)]
        found: list[dict[str, object]] = json.loads(render(told("plan", plan(*changes)), "codequality"))
        return found

    (before,), (after,) = issues(300), issues(301)
    assert before["location"] == {"path": "fleet/inventory.yaml", "lines": {"begin": 3}}
    assert before["description"] != after["description"]
    assert before["fingerprint"] == after["fingerprint"]


def parsed(outcome: Outcome) -> ET.Element:
    return ET.fromstring(render(outcome, "junit"))  # noqa: S314 - our own report


def test_junit_has_one_suite_for_a_set() -> None:
    """All members are cases of one suite, whose properties are the counts and who is left out."""
    root = parsed(told("plan", three_hundred()))
    (suite,) = (each for each in root if each.get("name") == SET)
    assert suite.get("tests") == "297"
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties["members"] == "300"
    assert properties["left out: excluded"] == "smith-rockets, tyrell"


def test_failures_of_one_cause_are_one_block() -> None:
    """Messages that differ only in the customer's names are one cause, which says how many and who."""
    text = KEPT["apply.120.txt"]
    assert text.count("has no version 13") == 1
    assert "  ✗ 12 customers failed\n" in text
    assert "Not all done: 283 applied, 14 failed, 1 skipped." in text


def test_verbose_shows_each_customer_with_its_own_values() -> None:
    """With -v each customer's own values and each created object's ID are shown."""
    plan_text, apply_text = KEPT["plan.v.txt"], KEPT["apply.v.txt"]
    assert all(f"https://{customer(number).handle}.acme.example" in plan_text for number in range(292))
    assert "Instance/inventory.customer-292  SW5z" in apply_text


def test_warnings_that_members_share_are_one() -> None:
    """A warning of many members is reported once, with its place, how many and some names; others are alone."""
    changes = [upgrade(number) for number in range(40)]
    alone = Diagnostic("look at this", Place("other.yaml", 1, 1), changes[0].address)
    shared = [
        Diagnostic(f"flow 'Sync' of {customer(number).handle} is off", Place("fleet.yaml", 7, 3), each.address)
        for number, each in enumerate(changes)
    ]
    found = told("plan", plan(*changes, warnings=(alone, *shared)))
    line = "fleet.yaml:7:3: 40 customers of InstanceSet/inventory (acme, blue-harbor, cirrus and 37 more): flow"
    assert line in render(found, "text", Style(width=200))
    assert render(replace(found, verbose=True), "text", Style(width=200)).count("is off") == 40
    assert len([each for each in findings(found) if each.severity == "warning"]) == 2
    assert len(json.loads(render(found, "json"))["warnings"]) == 41


def test_a_set_is_one_line_of_a_notification() -> None:
    """A chat learns about a set in one line, whatever the number of its members; the count is of all differences."""
    notice = notice_of(FLEETS["drift"]())
    assert [line.name for line in notice.lines] == [SET]
    assert notice.lines[0].words.startswith("14 of 300 members: ")
    assert (notice.differences, notice.more) == (14, "")


def hostile_fleet(name: str) -> Plan:
    """Return a plan in which every name of a customer, and every reason, wants to act."""
    path = f"configVariables/{name.replace('/', '|')}"
    customers = [SetCustomer(f"{number}-{name}", name, name) for number in range(14)]
    changes = [
        *(member(each, fields=[field(path, name, each.handle)]) for each in customers[:12]),
        member(customers[12], "delete", reason=name),
    ]
    left = tuple(LeftOut(each, name) for each in customers[13:])
    warnings = tuple(Diagnostic(name, Place(name, 1, 1), each.address) for each in changes)
    return plan(*changes, sets=(the_set(changes, (), left_out=left),), warnings=warnings)


@pytest.mark.parametrize("name", every(4, ([name] for name in HOSTILE.values())))
def test_hostile_names_of_customers_act_nowhere(name: str) -> None:
    """Whatever a customer is called: a terminal shows lines that we wrote, and a page is data without HTML."""
    found = hostile_fleet(name)
    mixed = [
        Result(each, "failed" if at % 2 else "applied", [], [name] if at % 2 else []) for at, each in enumerate(found)
    ]
    for outcome in (told("plan", found), told("drift", found), told("apply", found, results=mixed)):
        for verbose in (False, True):
            text = render(replace(outcome, verbose=verbose), "text", Style(width=80))
            assert all(each.isprintable() for line in text.split("\n") for each in line)
        assert acting_in_a_log(render(outcome, "junit")) == []
        assert len(parsed(outcome)) == 2
        page = data_of(render(outcome, "html"))
        assert page["sets"]
        json.loads(render(outcome, "json"))
        for host in ("hooks.slack.com", "x.webhook.office.com", "example.com"):
            json.dumps(payload(notice_of(outcome), host))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_names_of_customers_are_code_in_markdown(name: str) -> None:
    """A comment on a pull request has no element, link or mention that a customer's name brought along."""
    for command in ("plan", "drift"):
        text = render(told(command, hostile_fleet(name)), "markdown")
        page = rendered(text)
        assert acting(page) == []
        assert acting_in_a_log(text) == []
        assert set(page.tags) <= OURS | {"h3", "h4", "p", "strong", "ul", "li", "blockquote", "pre"}


def test_secrets_of_members_stay_secret() -> None:
    """No report of a set contains a secret; equal numbers mean equal secrets, as for single instances."""
    changes = [
        member(
            customer(number),
            fields=[
                field("configVariables/Login/inputs/password", None, Secret(f"canary-{number % 7}"), sensitive=True)
            ],
        )
        for number in range(20)
    ]
    for command in ("plan", "drift"):
        outcome = told(command, plan(*changes, *(created(number) for number in (30, 31))))
        for verbose in (False, True):
            assert all("canary" not in render(replace(outcome, verbose=verbose), form) for form in FORMATS)
    assert "7 secrets; acme:" in render(told("plan", plan(*changes)), "text")


FIELDS = st.lists(
    st.tuples(st.sampled_from(["integration/version", "enabled", "description", "labels"]), st.integers(0, 4)),
    max_size=4,
    unique_by=lambda each: each[0],
)
ACTIONS = st.sampled_from(
    [("update",), ("update", "deploy"), ("create", "deploy"), ("deploy",), ("delete",), ("adopt",)]
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan of two sets and single instances."""
    changes: list[Change] = []
    for number in range(draw(st.integers(0, 25))):
        fields = [field(path, "old", [value] if path == "labels" else value) for path, value in draw(FIELDS)]
        address = draw(st.sampled_from([SET, "InstanceSet/crm", ""]))
        actions = draw(ACTIONS)
        if address:
            changes.append(member(customer(number), *actions, fields=fields, address=address))
        else:
            changes.append(change(f"alone-{number}", *actions, fields=fields))
    return plan(*changes)


@given(plans())
def test_every_change_is_in_exactly_one_group(found: Plan) -> None:
    """However changes are alike, each is in one group of its own set, and its values are those that the group shows."""
    mask = Mask.for_plan(found)
    fleets, others = sorted_by_set(entries(Outcome("plan", found)), found, mask)
    groups = [group for fleet in fleets for group in fleet.groups]
    shown = Counter(entry.change.address for group in groups for entry in group.entries)
    shown.update(entry.change.address for entry in others)
    assert shown == Counter(found.addresses)
    for group in groups:
        assert len({(entry.word, entry.change.actions) for entry in group.entries}) == 1
        assert len({group.set_address, *(SET, "InstanceSet/crm")}) == 2
        for entry in group.entries:
            own = [leaf for each in entry.change.fields for leaf in leaves(each, mask)]
            assert [leaf.path for leaf in own] == [row.path for row in group.rows]
            same = [(leaf.before, leaf.after) for leaf, row in zip(own, group.rows, strict=True) if row.values == 1]
            assert same == [(row.before, row.after) for row in group.rows if row.values == 1]


@given(plans())
def test_no_member_is_lost_in_any_format(found: Plan) -> None:
    """Every member with a change is named in every format that shows all, and counted in all others."""
    outcome = told("plan", found)
    addresses = found.addresses
    text = render(replace(outcome, verbose=True), "text", Style(width=10_000))
    handles = [address.partition(".")[2] or address for address in addresses]
    for form, names in ((text, handles), (render(outcome, "markdown"), handles), (render(outcome, "junit"), addresses)):
        assert [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", form)] == []
    document = json.loads(render(outcome, "json"))
    grouped = [
        address for each in document.get("sets", ()) for group in each["groups"] for address in group["addresses"]
    ]
    assert Counter(grouped) == Counter(address for address in addresses if "." in address)
    page = data_of(render(outcome, "html"))
    numbers = [at for each in page.get("sets", ()) for group in each["groups"] for at in group["at"]]
    assert sorted(page["changes"][at]["address"] for at in numbers) == sorted(grouped)


def summary_of(found: Plan, command: str) -> Sequence[str]:
    return render(Outcome(command, found), "text").splitlines()[-1:]  # type: ignore[arg-type]


def test_the_summary_counts_members_as_resources() -> None:
    """The last line counts each member, with or without a set around it."""
    bare = [replace(each, resource=None) for each in three_hundred()]
    for command in ("plan", "drift"):
        without = replace(three_hundred(), changes=tuple(bare), sets=())
        assert summary_of(three_hundred(), command) == summary_of(without, command)


@pytest.mark.parametrize("form", every(2, ([form] for form in FORMATS)))
def test_the_work_for_a_report_grows_with_the_members(form: str) -> None:
    """Eight times the members are less than twenty times the work: a report that is cut is made twice, no more."""

    def work(count: int) -> int:
        changes = [upgrade(number) for number in range(count)]
        outcome = told("plan", plan(*changes, sets=(the_set(changes, ()),)), verbose=True)
        return lines_run(lambda: render(outcome, form))

    work(10)
    assert work(800) < 20 * work(100)


CUSTOMERS = "---".join(
    f"""
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: c-{number}}}
spec: {{name: Customer {number}, externalId: c-{number}, labels: [inventory]}}
"""
    for number in range(12)
)
DECLARED = """---
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: inventory}
spec:
  customers: {from: manifests, labels: [inventory], exclude: [c-3]}
  template:
    name: Acme Inventory
    integration: {name: Acme Inventory, version: latest}
    configVariables:
      Acme Inventory Endpoint: https://${customer.externalId}.acme.example
  overrides:
    c-7: {enabled: false}
"""


def test_a_declared_set_is_reported_as_one(world: World) -> None:
    """A set in a manifest is planned, applied and planned again; each report shows it as one block."""
    manifests = CUSTOMERS + DECLARED
    first = world.plan(manifests)
    text = render(Outcome("plan", first), "text")
    assert "InstanceSet/inventory: 11 of 11 members change" in text
    assert "  + c-7: create, deploy, like the 10 above but with:\n      enabled  false\n" in text
    assert "  left out: 1 customer\n      listed in exclude: c-3\n" in text
    results = world.apply(manifests)
    assert "InstanceSet/inventory: 11 applied\n" in render(Outcome("apply", first, results), "text")
    assert "InstanceSet/inventory: 11 members unchanged, 1 customer left out" in render(
        Outcome("plan", world.plan(manifests)), "text"
    )
    one = world.plan(manifests.replace("acme.example", "new.example"), targets=("Instance/inventory.c-1",))
    (fleet,) = json.loads(render(Outcome("plan", one), "json"))["sets"]
    assert (fleet["members"], fleet["changed"], fleet["notPlanned"]) == (11, 1, 10)
