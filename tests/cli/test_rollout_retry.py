"""``rollout retry``: the labels that hold members back come off, and nothing else changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli.shell import Terminal
from rollouts.fleet import Fleet

from reconciler.model.reserved_labels import held_label, held_labels
from reconciler.planning.orphans import Pruning
from reconciler.workflow.planning import make_plan
from reconciler.workflow.rollouts import EvidenceReader

if TYPE_CHECKING:
    from cli.shell import Shell
    from support.world import World

YES = ("--auto-approve",)


def hold(fleet: Fleet, number: int, digest: str = "0" * 16) -> None:
    """Write the label of a hold, and one of a person, to the instance of a customer."""
    store = fleet.world.sandbox.store
    (customer,) = fleet.world.rows("customers", name=f"Customer {number}")
    labels = json.dumps([held_label(digest), "west"])
    store.execute("UPDATE instances SET labels = ? WHERE customer = ?", (labels, customer["id"]))


def labels(world: World, number: int) -> list[str]:
    """Return the labels of a customer's instance."""
    (customer,) = world.rows("customers", name=f"Customer {number}")
    (row,) = world.rows("instances", customer=customer["id"])
    return sorted(json.loads(row["labels"] or "[]"))


@pytest.fixture
def fleet(shell: Shell) -> Fleet:
    """A fleet of three, of which the first two are held."""
    fleet = Fleet(shell.world, size=3)
    hold(fleet, 1)
    hold(fleet, 2)
    shell.write("all.yaml", fleet.text)
    shell.world.forget()
    return fleet


def retry(shell: Shell, *arguments: str, stdin: str | Terminal = "") -> tuple[int, str, str]:
    ran = shell.tenant("rollout", "retry", *arguments, "-f", "all.yaml", stdin=stdin)
    return ran.code, ran.out, ran.err


def test_all_held_members_are_retried(shell: Shell, fleet: Fleet) -> None:
    """Without customers the hold comes off every held member; its other labels stay, and nothing is deployed."""
    code, out, _ = retry(shell, "inventory", *YES)
    assert (code, out.splitlines()) == (
        0,
        [
            "c1 (Instance/i1): the hold is off",
            "c2 (Instance/i2): the hold is off",
            "The next apply tries 2 members again.",
        ],
    )
    assert [labels(shell.world, number) for number in (1, 2, 3)] == [["west"], ["west"], []]
    assert shell.world.mutation_names() == ["updateInstance", "updateInstance"]
    assert set(shell.world.mutations[0].arguments["input"]) == {"id", "labels", "preserveDeployState"}
    assert fleet.versions() == [1, 1, 1]
    assert retry(shell, "inventory", *YES)[:2] == (0, "No member is held. Nothing was changed.\n")


def test_only_the_named_customers_are_retried(shell: Shell, fleet: Fleet) -> None:
    """The members of other customers stay held; of a customer that is not held the command says so."""
    del fleet
    code, out, _ = retry(shell, "inventory", "c2", "c3", *YES)
    assert code == 0
    assert "c2 (Instance/i2): the hold is off\nc3 (Instance/i3): not held\n" in out
    assert held_labels(labels(shell.world, 1))
    assert labels(shell.world, 2) == ["west"]


def test_customers_are_named_as_a_selector_names_them(shell: Shell, fleet: Fleet) -> None:
    """A name and an external ID mean their customer; a name that two customers have changes nothing."""
    text = fleet.text.replace("name: Customer 2\n", "name: Customer 2\n  externalId: x-2\n")
    shell.write("all.yaml", text.replace("name: Customer 3\n", "name: c2\n"))
    code, _, err = retry(shell, "inventory", "c2", *YES)
    assert code == 1
    both = "'Customer 2' (handle c2) and 'c2' (handle c3)"
    assert f"'c2' means several customers of the rollout inventory: {both}; use another name" in err
    assert not shell.world.mutations
    code, out, _ = retry(shell, "inventory", "x-2", "Customer 1", *YES)
    assert (code, out.splitlines()[:2]) == (
        0,
        ["c1 (Instance/i1): the hold is off", "c2 (Instance/i2): the hold is off"],
    )


def test_names_that_the_rollout_does_not_know_are_refused(shell: Shell, fleet: Fleet) -> None:
    """An unknown rollout or customer is an error with a suggestion, before anything is written."""
    del fleet
    code, _, err = retry(shell, "inventry", *YES)
    assert (code, "unknown rollout 'inventry'; did you mean 'inventory'?" in err) == (1, True)
    code, _, err = retry(shell, "inventory", "c1", "cc2", *YES)
    assert code == 1
    assert "'cc2' has no member in the rollout inventory; did you mean 'c2'? 3 customers in it: " in err
    assert not shell.world.mutations


def test_a_retry_asks_first(shell: Shell, fleet: Fleet) -> None:
    """It shows who is held and asks; no changes nothing. Where nobody can answer, it needs --auto-approve."""
    del fleet
    code, _, err = retry(shell, "inventory", stdin=Terminal("n\n"))
    assert code == 1
    assert "c1 (Instance/i1)" in err
    assert "Nothing was changed." in err
    assert "--auto-approve" in retry(shell, "inventory")[2]
    assert not shell.world.mutations
    assert retry(shell, "inventory", stdin=Terminal("y\n"))[0] == 0
    assert labels(shell.world, 1) == ["west"]


def test_a_retry_as_json(shell: Shell, fleet: Fleet) -> None:
    """The document has each held member with what became of it."""
    del fleet
    document = json.loads(retry(shell, "inventory", "c1", *YES, "--format", "json")[1])
    assert document == {
        "rollout": "inventory",
        "members": [{"customer": "c1", "address": "Instance/i1", "retried": True, "messages": []}],
    }


def test_a_hold_keeps_a_manifest_back_until_the_retry(shell: Shell) -> None:
    """A member that carries the label of its manifest is held by apply; after the retry, apply changes it."""
    fleet = Fleet(shell.world, size=2)
    with fleet.world.session(fleet.text) as session:
        plan = make_plan(session)
        (resource,) = [each for each in session.manifests.resources if each.address == "Instance/i1"]
        view = session.reading().read_for([*session.manifests.resources], Pruning())
        label = EvidenceReader(session, view).held_label(resource)
    assert [change.address for change in plan] == ["Instance/i1", "Instance/i2"]
    hold(fleet, 1, label.rpartition(":")[2])
    assert fleet.apply()["i1"].status == "held"
    shell.write("all.yaml", fleet.text)
    assert retry(shell, "inventory", "c1", *YES)[0] == 0
    assert fleet.apply()["i1"].status == "applied"
    assert fleet.versions() == [2, 2]


TENANT_SET = """
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: types}
spec:
  customers: {from: tenant}
  template: {name: Types, integration: {name: Every Data Type}}
---
apiVersion: reconciler/v1
kind: Rollout
metadata: {name: types}
spec: {instances: {sets: [types]}, waves: [{name: rest}], create: in-wave}
"""


def test_a_status_knows_the_customers_of_the_tenant(shell: Shell) -> None:
    """The members of a set whose customers are live are in the rollout's waves."""
    for number in (1, 2):
        shell.world.seed.customer(f"Customer {number}")
    shell.write("all.yaml", TENANT_SET)
    ran = shell.tenant("rollout", "status", "--format", "json", "-f", "all.yaml")
    assert ran.code == 2, ran.err
    (rollout,) = json.loads(ran.out)["rollouts"]
    assert rollout["waves"][0]["members"] == 2
