"""What many changes have in common is reported once, for a person who looks after hundreds of customers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from reports.kept import data_of
from reports.plans import KINDS, Diagnostic, Orphan, Place, change, field, plan
from reports.scenes import told
from support.effort import lines_run

from reconciler.applying.results import Result
from reconciler.model.tenant import Live
from reconciler.reports.ci.findings import findings
from reconciler.reports.ci.notification import notice_of
from reconciler.reports.registry import FORMATS, render
from reconciler.reports.shared.names import without_ids

if TYPE_CHECKING:
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.outcome import Outcome

MANY = 260
ID = "SW5zdGFuY2U6ZWRmZTg3MTI="
WEBHOOK = "https://hooks.example/trigger/SW5z"


def of_customer(number: int, *actions: str, **more: object) -> Change:
    """Return the change of the instance "Inventory" of one of many customers."""
    group = f"Customer {number}"
    return change(f"c{number}-inventory", *actions, name="Inventory", group=group, **more)  # type: ignore[arg-type]


def pruned(number: int) -> Change:
    """Return the deletion of an instance in no manifest: its address is its ID."""
    live = Live("Instance", f"{ID}{number}", "Inventory", {})
    made = of_customer(number, "delete", live=live, source=None, reason="it is in no manifest (prune)")
    return replace(made, address=f"Instance/{live.id}")


def updated(numbers: range = range(1, MANY + 1), *, size: str = "100") -> list[Change]:
    return [
        of_customer(n, "update", "deploy", fields=[field("configVariables/Batch Size", "50", size)]) for n in numbers
    ]


def adopted() -> list[Change]:
    return [of_customer(n, "adopt", reason="it exists and becomes part of this project") for n in range(1, MANY + 1)]


def created() -> list[Change]:
    numbers = range(1, MANY + 1)
    return [of_customer(n, "create", fields=[field("endpoint", None, f"https://c{n}.example")]) for n in numbers]


def failed() -> Outcome:
    """Return an apply of which a hundred failed of one cause, each with names and numbers of its own."""
    found = plan(*updated(range(1, 101)))
    said = "deployInstance: instance {0} of 'Customer {0}' lacks the version 'v{0}'"
    results = [Result(each, "failed", messages=[said.format(n)]) for n, each in enumerate(found, 1)]
    return told("apply", found, results=results)


def test_the_same_change_to_many_is_one_block_of_a_comment() -> None:
    """The fields are there once, then the first customers, in natural order, and how many others there are."""
    text = render(told("plan", plan(*updated())), "markdown")
    assert "#### The same change to 260 Instances `Inventory`: update, deploy\n" in text
    assert text.count("+ configVariables.Batch Size: 100") == 1
    names = ", ".join(f"`Customer {number}`" for number in range(1, 10))
    assert f"\n{names}, … and 251 more\n" in text
    assert len(re.findall(r"(?m)^- `Instance/c\d+-inventory` `Inventory` of `Customer \d+`$", text)) == MANY


@pytest.mark.parametrize("changes", [adopted, created], ids=["adopted", "created"])
def test_many_new_objects_are_one_block_of_a_comment(changes: object) -> None:
    """Adoptions have no fields, and new objects values of their own: neither fills a comment with headings."""
    assert callable(changes)
    text = render(told("plan", plan(*changes())), "markdown")
    assert len(re.findall("(?m)^#### ", text)) == 1
    assert "#### 260 Instances `Inventory`: " in text


def test_values_of_each_unfold_in_a_comment() -> None:
    """What each of many has of its own is beside its name, in the list that unfolds."""
    text = render(told("plan", plan(*created())), "markdown")
    assert "endpoint: a different value for each Instance; Instance/c1-inventory:" in text
    assert "- `Instance/c77-inventory` `Inventory` of `Customer 77`: `endpoint` `https://c77.example`" in text


def test_failures_of_one_cause_are_one_line_of_a_comment() -> None:
    """How many failed, why, as it was said of the first, and who."""
    text = render(failed(), "markdown")
    alert = text.partition("[!CAUTION]")[2].partition("\n\n")[0]
    cause = "instance 1 of `Customer 1` lacks the version `v1` (`Instance/c1-inventory`)"
    assert f"> - **100 Instances** failed: deployInstance: {cause}\n" in alert
    assert "`Customer 9`, … and 91 more" in alert
    assert alert.count("\n> ") == 3


def test_failures_of_one_cause_are_one_annotation() -> None:
    """A forge shows ten annotations: a hundred failures of one cause are one, at the first one's manifest."""
    (found,) = findings(failed())
    assert found.message.startswith("100 Instances failed (Customer 1, Customer 2, ")
    assert "Customer 9 and 91 more): deployInstance: instance 1 of 'Customer 1' lacks" in found.message
    assert render(failed(), "junit").count("<failure ") == 100


def test_many_that_differ_alike_are_one_line_of_a_notification() -> None:
    """A chat shows how many differ alike, and the first customers."""
    notice = notice_of(told("drift", plan(*updated(), pruned(5))))
    assert [(line.name, line.words) for line in notice.lines] == [
        ("260 Instances (Customer 1, Customer 2, Customer 3 and 257 more)", "differs"),
        ("Instance (Inventory of Customer 5)", "present"),
    ]


@pytest.mark.parametrize("form", ["markdown", "html", "codequality", "text"])
def test_equal_warnings_of_many_are_one(form: str) -> None:
    """A warning that hundreds of resources have is shown once, with their number; three are shown one by one."""
    said = "a new connection is not declared"
    for count, shown_once in ((MANY, True), (3, False)):
        numbers = range(1, count + 1)
        found = [Diagnostic(said, Place(f"{n}.yaml", 1, 1), f"Instance/c{n}-inventory") for n in numbers]
        text = render(told("plan", plan(warnings=tuple(found))), form)
        assert (f"{count} resources: {said}" in text) is shown_once


def test_a_few_alike_are_not_taken_together() -> None:
    """Three changes are read faster one by one, each below its customer."""
    found = render(told("plan", plan(*updated(range(1, 4)))), "markdown")
    assert len(re.findall("(?m)^#### `Customer", found)) == 3


def test_different_values_are_different_blocks() -> None:
    """Nobody is in a block whose values it does not get."""
    text = render(told("plan", plan(*updated(range(1, 21)), *updated(range(21, 31), size="200"))), "markdown")
    first, second = (part.partition("\n#### ")[0] for part in text.split("#### The same change to ")[1:])
    assert first.startswith("20 Instances")
    assert "Customer 21`" not in first
    assert second.startswith("10 Instances")
    assert "Customer 20`" not in second


def test_deletions_name_the_customer_and_never_an_id() -> None:
    """An object in no manifest has only an ID for an address: readers get its kind, its name and its customer."""
    outcome = told("plan", plan(pruned(10), pruned(2)))
    text = render(outcome, "markdown")
    assert text.index("> - Instance `Inventory` of `Customer 2`") < text.index(
        "> - Instance `Inventory` of `Customer 10`"
    )
    said = [each.message for each in findings(outcome)]
    assert said[0].startswith("Instance Inventory of Customer 2 delete: ")
    assert "Instance Inventory of Customer 10" in render(outcome, "junit")


@pytest.mark.parametrize("form", sorted({*FORMATS} - {"json", "html"}))
def test_no_ids_and_webhooks_without_being_asked(form: str) -> None:
    """IDs of live objects and addresses of webhooks are in JSON and, with ``-v``, in other formats."""
    orphans = (Orphan("Instance", f"{ID}7", "Stray", group="Customer 7"),)
    warnings = (
        Diagnostic("deleting it deletes its flows", address=f"Instance/{ID}2"),
        Diagnostic(f"'Old' ({ID}2) looks like a rename", Place("a.yaml", 1, 1)),
    )
    new = of_customer(1, "create", fields=[field("name", None, "Inventory")])
    found = plan(new, pruned(2), orphans=orphans, warnings=warnings)
    failing = Result(found.changes[1], "failed", messages=[f"not tried: it depends on Instance/{ID}7"])
    done = Result(new, done=["createInstance"], outcome={"id": f"{ID}9", "webhookUrls": {"Sync": WEBHOOK}})
    outcome = told("apply", found, results=[done, failing])
    text = render(outcome, form)
    assert ID not in text
    assert WEBHOOK not in text
    assert "Customer 7" in text or form == "codequality"
    assert ID not in render(told("plan", found), form)
    assert ID not in render(told("drift", found), form)
    assert ID in render(outcome, "json")


@pytest.mark.parametrize("form", ["markdown", "html", "junit", "codequality"])
def test_customers_are_in_natural_order(form: str) -> None:
    """Customer 2 comes before Customer 10, whatever the order of the plan."""
    few = [of_customer(n, "update", fields=[field("description", "a", str(n))]) for n in (10, 1, 2)]
    text = render(told("plan", plan(*few)), form)
    text = re.sub(r'(?s)<property name="Instance.*?/>', "", text)
    places = [text.index(f"c{number}-inventory") for number in (1, 2, 10)]
    assert places == sorted(places)


def test_a_new_text_is_no_part_of_another() -> None:
    """Lines of a new or a removed text have no header with places: there is nothing that they would be places in."""
    new = of_customer(1, fields=[field("configVariables/Note", None, "one\ntwo")])
    gone = of_customer(2, fields=[field("configVariables/Note", "one\ntwo", "")])
    for form in ("markdown", "text", "junit"):
        assert "@@" not in render(told("plan", plan(new, gone)), form)


def test_the_organization_comes_before_its_customers() -> None:
    """What belongs to no customer is reported first, wherever its name would be in the alphabet."""
    own = change("hook", kind="AlertWebhook", name="Zulu", group="the organization", fields=[field("name", "a", "b")])
    text = render(told("plan", plan(of_customer(1, fields=[field("description", "a", "b")]), own)), "markdown")
    assert text.index("#### The organization\n") < text.index("#### `Customer 1`")


def test_json_keeps_the_order_of_the_plan() -> None:
    """The order of changes in JSON is that in which they are made."""
    few = [of_customer(n, fields=[field("description", "a", str(n))]) for n in (10, 1, 2)]
    document = json.loads(render(told("plan", plan(*few)), "json"))
    assert [each["name"] for each in document["changes"]] == ["Inventory"] * 3
    assert [each["address"] for each in document["changes"]] == [each.address for each in few]
    assert data_of(render(told("plan", plan(*few)), "html"))["changes"][0]["group"] == "Customer 1"
    assert "Instance" in {kind.name for kind in KINDS}


@pytest.mark.parametrize("form", FORMATS)
def test_the_work_to_take_ids_out_grows_with_the_objects(form: str) -> None:
    """Eight times the undeclared objects, each with a remark that has IDs, are less than twenty times the work."""

    def work(count: int) -> int:
        changes = [pruned(number) for number in range(count)]
        remarks = {each.address: [f"{each.address} was made from Instance/{ID}1 ({ID}2)"] for each in changes}
        outcome = told("plan", plan(*changes), remarks=remarks)
        return lines_run(lambda: render(outcome, form))

    work(10)
    assert work(320) < 20 * work(40)


def test_an_id_in_a_text_is_replaced_by_the_name_of_its_object() -> None:
    """An address becomes the object's name, an ID in brackets goes, the longest that fits counts; the rest stays."""
    readable = without_ids(plan(*map(pruned, (1, 12))))
    one, twelve = f"Instance/{ID}1", f"Instance/{ID}12"
    assert readable(f"{one}, {twelve}; Instance/other ({ID}12) stays") == (
        "Instance 'Inventory' of 'Customer 1', Instance 'Inventory' of 'Customer 12'; Instance/other stays"
    )
    assert readable(f"{one}2{one}") == "Instance 'Inventory' of 'Customer 12'Instance 'Inventory' of 'Customer 1'"
