"""Selectors on the command line: one customer is planned, applied and looked at without the others."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support.manifests import customer, instance

if TYPE_CHECKING:
    from cli.shell import Shell

OTHER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: other}\nspec: {name: Other}\n---\n"
MANIFESTS = customer("name: FTL, labels: [west]") + OTHER + instance("Inventory", "name: Acme Inventory")
ONE = ("-f", "all.yaml", "--customer", "FTL")


def addresses(text: str) -> list[str]:
    return [change["address"] for change in json.loads(text)["changes"]]


@pytest.fixture
def all_of_it(shell: Shell) -> Shell:
    shell.write("all.yaml", MANIFESTS)
    return shell


@pytest.mark.parametrize("option", [("--customer", "FTL"), ("--label", "WEST"), ("--target", "*/[fi]*")])
def test_a_plan_is_about_the_selection_alone(all_of_it: Shell, option: tuple[str, str]) -> None:
    """Whatever selects it, the plan has one customer and its instance."""
    ran = all_of_it.tenant("plan", "-f", "all.yaml", *option, "--format", "json")
    assert addresses(ran.out) == ["Customer/ftl", "Instance/inventory"]


def test_one_customer_is_applied_and_looked_at(all_of_it: Shell) -> None:
    """After an apply for one customer, this one has no drift, and the other one is not there."""
    assert all_of_it.tenant("apply", *ONE, "--auto-approve").code == 0
    assert all_of_it.tenant("drift", *ONE).code == 0
    assert all_of_it.tenant("drift", "-f", "all.yaml").code == 2
    ran = all_of_it.tenant("verify", "-f", "all.yaml", "--integration", "Acme Inventory", "--format", "json")
    assert [each["address"] for each in json.loads(ran.out)["health"]] == ["Instance/inventory"]


def test_a_saved_plan_keeps_its_selection(all_of_it: Shell) -> None:
    """Applying a saved plan changes what it was made for, and takes no other selection."""
    assert all_of_it.tenant("plan", *ONE, "--out", "plan.json").code == 0
    refused = all_of_it.tenant("apply", "plan.json", "--customer", "Other", "--auto-approve")
    assert refused.code == 1
    assert "--customer belongs to the plan that was saved" in refused.err
    assert all_of_it.tenant("apply", "plan.json", "--auto-approve").code == 0
    assert [row["name"] for row in all_of_it.world.rows("customers", name="FTL")] == ["FTL"]
    assert not all_of_it.world.rows("customers", name="Other")


def test_a_mistyped_name_changes_nothing(all_of_it: Shell) -> None:
    """A selection that matches nothing is an error; it is never the whole tenant."""
    ran = all_of_it.tenant("apply", "-f", "all.yaml", "--customer", "FLT", "--auto-approve")
    assert ran.code == 1
    assert "--customer FLT: no manifest has this customer; 2 customers: 'FTL', 'Other'" in ran.err
    assert all_of_it.world.mutations == []


@pytest.mark.parametrize("option", ["--customer", "--integration", "--label"])
def test_an_explanation_takes_no_selection(all_of_it: Shell, option: str) -> None:
    """``--explain`` names its resource itself."""
    ran = all_of_it.tenant("plan", "-f", "all.yaml", "--explain", "Customer/ftl", option, "x")
    assert ran.code == 1
    assert f"but {option} belongs to a whole plan" in ran.err


def test_a_glob_selects_what_an_export_writes(all_of_it: Shell) -> None:
    """An export takes globs too, and names its parents."""
    assert all_of_it.tenant("apply", "-f", "all.yaml", "--auto-approve").code == 0
    ran = all_of_it.tenant("export", "--out", "made", "--target", "Instance/*", "--format", "json")
    assert ran.code == 0, ran.err
    assert not list(all_of_it.folder.glob("made/**/other*"))
    assert "nothing in the tenant gets this address" in all_of_it.tenant("export", "--out", "x", "--target", "No*").err


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("nosuch", r"the nearest of 30 customers: '[^']+', '[^']+', '[^']+'\n"),
        ("Custmer 17", r"did you mean 'Customer 17'.*\? \(there are 30 customers\)\n"),
    ],
)
def test_an_unknown_customer_of_many_is_suggested_once(shell: Shell, name: str, ending: str) -> None:
    """Customers are counted, not their handles, names and external IDs, and of each one name is suggested."""
    head = "apiVersion: reconciler/v1\nkind: Customer\n"
    one = f"{head}metadata: {{{{name: c{{0}}}}}}\nspec: {{{{name: Customer {{0}}, externalId: x-{{0}}}}}}"
    shell.write("all.yaml", "\n---\n".join(one.format(number) for number in range(30)))
    ran = shell.tenant("plan", "-f", "all.yaml", "--customer", name)
    assert ran.code == 1
    assert re.search(f"--customer {name}: no manifest has this customer; {ending}", ran.err), ran.err
