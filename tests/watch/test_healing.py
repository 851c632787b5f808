"""What a watch changes: objects that are declared so, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from watch.watching import HEAL, INTERVAL, PROJECT, customer, reasons, states

from reconciler.workflow.healing import DELETION, NOT_ASKED, NOT_DECLARED

if TYPE_CHECKING:
    from watch.watching import Watching

DELETING = "prune: true, guardrails: {allowDelete: [Customer], maxDeletePercent: 100}, drift: heal"


def spoil(watching: Watching, *names: str) -> None:
    """Change the description of customers behind the back of the manifests."""
    for name in names:
        (row,) = watching.world.rows("customers", name=name)
        watching.world.sandbox.store.update("customers", row["id"], description="Spoiled")


def description(watching: Watching, name: str) -> str:
    (row,) = watching.world.rows("customers", name=name)
    return str(row["description"])


def test_a_watch_reports_and_writes_nothing_by_default(watching: Watching) -> None:
    """Without --drift heal nothing is written, also where a manifest declares that it is healed."""
    watching.write("a.yaml", customer("a", more=HEAL))
    (found,) = watching.run()
    assert states(found) == {"a": "reported"}
    assert reasons(found) == {"a": NOT_ASKED}
    assert watching.world.mutations == []
    assert found.ready


def test_a_watch_heals_nothing_that_the_api_cannot_take(watching: Watching) -> None:
    """If the API lacks a field that a round would write, the round fails before it writes anything."""
    watching.write("all.yaml", customer("a", more=HEAL))
    watching.world.apply(watching.folder)
    spoil(watching, "A")
    settings = watching.world.sandbox.settings
    watching.world.sandbox.settings = replace(settings, without=("UpdateCustomerInput.description",))
    (found,) = watching.run(heal=True)
    assert found.outcome.failure is not None
    assert "does not have UpdateCustomerInput.description" in str(found.outcome.failure)
    assert watching.world.mutation_names() == ["createCustomer"]


@pytest.mark.parametrize(
    ("project", "healed"),
    [
        ("", {"b": "healed", "a": "reported", "c": "reported"}),
        ("drift: heal", {"b": "healed", "a": "healed", "c": "reported"}),
    ],
)
def test_only_what_is_declared_so_is_healed(project: str, healed: dict[str, str], watching: Watching) -> None:
    """A manifest decides about its object, and the project about those whose manifests do not."""
    watching.write("reconciler.yaml", PROJECT % project)
    texts = [customer("a"), customer("b", more=HEAL), customer("c", more="lifecycle: {drift: report}")]
    watching.write("all.yaml", "".join(texts))
    watching.world.apply(watching.folder)
    spoil(watching, "A", "B", "C")
    first, second = watching.run(None, heal=True)
    assert states(first) == healed
    assert states(second) == {key: state for key, state in healed.items() if state == "reported"}
    assert reasons(first)["c"] == NOT_DECLARED
    assert {name: description(watching, name) for name in ("B", "C")} == {"B": "Declared", "C": "Spoiled"}
    assert {name for name, state in states(first).items() if state == "healed"} == set(states(first)) - set(
        states(second)
    )


def test_members_of_a_set_are_healed_as_their_set_declares(watching: Watching) -> None:
    """The lifecycle of a set holds for its members."""
    text = """---
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: inventory}
spec:
  customers: {from: manifests}
  template: {name: Inventory, enabled: true, integration: {name: Acme Inventory, version: 1}}
lifecycle: {drift: heal}
"""
    watching.write("all.yaml", customer("a") + text)
    watching.world.apply(watching.folder)
    (row,) = watching.world.rows("instances", name="Inventory")
    watching.world.sandbox.store.update("instances", row["id"], enabled=False)
    first, second = watching.run(None, heal=True)
    assert states(first) == {"inventory.a": "healed"}
    assert states(second) == {}


def test_an_object_waits_for_one_that_is_not_created(watching: Watching) -> None:
    """What is healed is not carried out without an object that it needs and that only a person creates."""
    instance = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec: {customer: a, name: I, integration: {name: Acme Inventory, version: 1}}
lifecycle: {drift: heal}
"""
    watching.write("all.yaml", customer("a") + instance)
    (found,) = watching.run(heal=True)
    assert states(found) == {"a": "reported", "i": "reported"}
    assert reasons(found)["i"] == "it needs the change of Customer/a, which is left alone"
    assert watching.world.mutations == []


def test_a_deletion_needs_its_option_besides_the_declaration(watching: Watching) -> None:
    """An orphan stays although pruning is on and the project heals, until --allow-deletes allows its deletion."""
    watching.write("reconciler.yaml", PROJECT % DELETING)
    watching.write("all.yaml", customer("a") + customer("b", more="lifecycle: {state: absent}"))
    for name in ("Stray", "B"):
        watching.world.seed.customer(name, labels=["gitops:acme"], externalId=name.lower())
    found, *_ = watching.run(heal=True)
    deletions = {each.address for each in found.differences() if "delete" in each.actions}
    assert len(deletions) == 2
    assert {reasons(found)[each.partition("/")[2]] for each in deletions} == {DELETION}
    assert "deleteCustomer" not in watching.world.mutation_names()
    watching.stop.reason = ""
    watching.more = {"allow_deletes": 2}
    found, *_ = watching.run(heal=True)
    assert sorted(states(found).values()) == ["healed", "healed"]
    assert watching.world.mutation_names().count("deleteCustomer") == 2


@pytest.mark.parametrize(
    ("project", "options", "why"),
    [
        ("prune: true, drift: heal", {"allow_deletes": 9}, "--allow-delete Customer allows it"),
        (DELETING, {"allow_deletes": 1}, "--allow-deletes allows 1"),
    ],
)
def test_guardrails_hold_for_what_is_healed(
    project: str, options: dict[str, int], why: str, watching: Watching
) -> None:
    """A round whose deletions the guardrails refuse changes nothing, and is not ready for that reason."""
    watching.write("reconciler.yaml", PROJECT % project)
    watching.write("all.yaml", customer("a"))
    for name in ("Stray", "B"):
        watching.world.seed.customer(name, labels=["gitops:acme"])
    watching.more = options
    (found,) = watching.run(heal=True)
    assert not found.ready
    assert why in found.failures[0]
    assert watching.world.mutations == []
    assert set(states(found).values()) == {"reported"}


def test_a_deletion_that_is_left_alone_trips_no_guardrail(watching: Watching) -> None:
    """What a watch does not delete is no reason to leave other objects alone."""
    watching.write("reconciler.yaml", PROJECT % "prune: true, drift: heal")
    watching.write("all.yaml", customer("a"))
    watching.world.seed.customer("Stray", labels=["gitops:acme"])
    (found,) = watching.run(heal=True)
    assert found.ready
    assert states(found)["a"] == "healed"


def test_the_pause_between_rounds_varies_around_the_interval(watching: Watching) -> None:
    """Each pause is a tenth shorter or longer at most, and they differ, so that many watches spread."""
    watching.write("a.yaml", customer("a"))
    assert len(watching.run(*[None] * 5)) == 6
    assert all(0.9 * INTERVAL <= pause <= 1.1 * INTERVAL for pause in watching.clock.pauses)
    assert len(set(watching.clock.pauses)) > 1


def test_failures_of_one_cause_end_a_round(watching: Watching) -> None:
    """--max-failures holds in each round; the rest is tried in the next one."""
    watching.write("reconciler.yaml", PROJECT % "drift: heal")
    watching.write("all.yaml", "".join(customer(f"c{number}") for number in range(9)))
    watching.more = {"max_failures": 1, "batch_size": 1}
    watching.world.sandbox.faults.add("error", field="createCustomer", status=404, times=None)
    (found,) = watching.run(heal=True)
    assert found.ready
    assert not found.success
    assert set(states(found).values()) == {"failed", "skipped"}


def test_what_was_healed_is_deployed_and_verified(watching: Watching) -> None:
    """A heal that deploys verifies what it deployed, unless --no-verify says otherwise."""
    text = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec: {customer: a, name: I, integration: {name: Acme Inventory, version: %d}}
lifecycle: {drift: heal}
"""
    watching.write("all.yaml", customer("a") + text % 1)
    watching.world.apply(watching.folder)
    watching.write("all.yaml", customer("a") + text % 2)
    found, *_ = watching.run(heal=True)
    assert [health.address for health in found.outcome.healths] == ["Instance/i"]
    watching.stop.reason = ""
    watching.write("all.yaml", customer("a") + text % 1)
    found, *_ = watching.run(heal=True, verify=False)
    assert states(found) == {"i": "healed"}
    assert found.outcome.healths == ()
