"""Executing a plan when some of its steps fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from applying.runs import Meddling, customers, inputs_of, planned
from support.world import World

from reconciler.applying.executor import FIRST, SLOW_SECONDS, BatchSize
from reconciler.applying.recovery import MEANWHILE
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from typing import Any

MAYBE = "the API may have carried it out; the next run shows whether it did"
FAMILY = (
    customers("a", "b", "c")
    + """---
apiVersion: reconciler/v1
kind: User
metadata: {name: of-b}
spec: {customer: b, email: u@b.example, role: Admin}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: of-b}
spec: {customer: b, name: Inventory, integration: {name: Acme Inventory}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: of-c}
spec: {customer: c, name: Inventory, integration: {name: Acme Inventory}}
"""
)


def test_a_failure_skips_what_depends_on_it_and_nothing_else(world: World) -> None:
    """What is independent of a failure is carried out; every result is there, in the plan's order, told once."""
    with planned(world, FAMILY) as run:
        world.seed.customer("B")
        results = run.apply()
    assert list(results) == run.plan.addresses
    assert {address: result.status for address, result in results.items()} == {
        "Customer/a": "applied",
        "Customer/b": "failed",
        "Customer/c": "applied",
        "Instance/of-b": "skipped",
        "Instance/of-c": "applied",
        "User/of-b": "skipped",
    }
    refused, late = results["Customer/b"].messages
    assert refused == "createCustomer: name: A customer with this name already exists."
    assert late.startswith(f"createCustomer: {MEANWHILE}")
    assert results["User/of-b"].messages == ["not tried: it depends on Customer/b, which was not applied"]
    assert results["Instance/of-c"].done == ["createInstance", "deployInstance"]
    assert sorted(address for address, _ in run.told) == sorted(results)


def test_the_next_run_completes_a_failed_one(world: World) -> None:
    """After a failure the next run needs to do only what was not done."""
    with planned(world, FAMILY) as run:
        rival = world.seed.customer("B", externalId="rival")
        run.apply()
    world.sandbox.store.delete("customers", rival["id"])
    world.forget()
    assert all(result.ok for result in world.apply(FAMILY))
    assert world.mutation_names() == ["createCustomer", "createInstance", "createCustomerUser", "deployInstance"]


def test_a_chain_of_dependants_is_skipped_to_its_end(world: World) -> None:
    """A failed deletion keeps what would be deleted after it."""
    owner = world.seed.customer("A")
    world.seed.instance("Inventory", customer=owner["id"], integration=world.seed.version("Acme Inventory")["id"])
    absent = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: a}
spec: {name: A}
lifecycle: {state: absent}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec: {customer: a, name: Inventory, integration: {name: Acme Inventory}}
lifecycle: {state: absent}
"""
    world.sandbox.faults.add("partial", field="deleteInstance", message="permission denied")
    with planned(world, absent, allow_delete=("Customer",)) as run:
        results = run.apply()
    assert results["Instance/i"].messages == ["deleteInstance: permission denied"]
    assert results["Customer/a"].messages == ["not tried: it depends on Instance/i, which was not applied"]
    assert "deleteCustomer" not in world.mutation_names()


def test_a_top_level_error_fails_only_its_alias(world: World) -> None:
    """One operation's top-level error is that operation's failure, and its outcome is not known."""
    world.seed.customer("A", externalId="a")
    world.seed.customer("B", externalId="b")
    world.sandbox.faults.add("partial", field="updateCustomer", message="Something broke", times=None)
    manifests = customers("a", description="x", externalId="a") + "---\n" + customers("c")
    with planned(world, manifests) as run:
        results = run.apply()
    assert [result.status for result in results.values()] == ["failed", "applied"]
    assert results["Customer/a"].messages == ["updateCustomer: Something broke", f"updateCustomer: {MAYBE}"]


@pytest.mark.parametrize(("batch_size", "expected"), [(20, [5, 10, 20, 20, 5]), (7, [5, 7, 7, 7, 7, 7, 7, 7, 6])])
def test_batches_grow_while_requests_stay_quick(world: World, batch_size: int, expected: list[int]) -> None:
    """Mutations travel few at first and then more, never more than asked for."""
    with planned(world, customers(*(f"c{number:02}" for number in range(60))), batch_size=batch_size) as run:
        run.apply()
    requests = [entry.request for entry in world.mutations]
    assert [requests.count(number) for number in dict.fromkeys(requests)] == expected


def test_batches_shrink_when_requests_are_slow() -> None:
    """After a slow request the next batch is half as large, down to one."""
    size = BatchSize(20)
    sizes = [size.size]
    for seconds in (0.1, 0.1, 0.1, SLOW_SECONDS + 1, SLOW_SECONDS + 1, SLOW_SECONDS, 60.0, 60.0, 60.0, 60.0, 60.0):
        size.took(seconds)
        sizes.append(size.size)
    assert sizes == [FIRST, 10, 20, 20, 10, 5, 10, 5, 2, 1, 1, 1]


@pytest.mark.parametrize("batch_size", [1, 2, 20])
def test_without_authentication_everything_ends_at_once(world: World, batch_size: int) -> None:
    """A token that ends in the middle ends the run: what was done is told as done, all else as failed."""
    manifests = customers(*(f"c{number:02}" for number in range(12)))
    with planned(world, manifests, batch_size=batch_size) as run:
        for after in range(3, 21):  # the first request checks the mutations
            world.sandbox.faults.add("unauthorized", at=world.sandbox.log.requests + after, times=None)
        results = run.apply()
    made = {f"Customer/{row['name'].lower()}" for row in world.rows("customers", isSystem=0)}
    assert {address for address, result in results.items() if result.done} == made
    assert 0 < len(made) < 12
    failed = [result for result in results.values() if not result.done]
    assert all(result.status == "failed" and "token" in result.messages[0] for result in failed)
    assert sorted(address for address, _ in run.told) == sorted(results)


def test_one_field_of_a_payload_error_is_named(world: World) -> None:
    """A refusal says which field it is about; one about the whole object says just why."""
    manifests = FAMILY.replace(
        "name: Inventory, integration: {name: Acme Inventory}}",
        "name: Contacts, integration: {name: CRM Contacts}, configVariables: {Contact Owner: lisa}}",
        1,
    )
    with planned(world, manifests) as run:
        world.sandbox.store.execute("UPDATE integrations SET versionIsAvailable = 0 WHERE name = 'CRM Contacts'")
        results = run.apply()
    assert results["Instance/of-b"].messages == [
        "createInstance: integration: This version of the integration is not available."
    ]


def test_a_created_object_is_reported_with_its_id(world: World) -> None:
    """The IDs and webhook addresses that a person needs next are in the result."""
    with planned(world, FAMILY) as run:
        results = run.apply()
    outcome = results["Instance/of-c"].outcome
    (row,) = [row for row in world.rows("instances", name="Inventory") if row["id"] == outcome["id"]]
    assert set(outcome["webhookUrls"]) == {"Sync Inventory", "Report Low Stock"}
    assert world.rows("customers", id=row["customer"])[0]["name"] == "C"
    assert results["Customer/a"].outcome["id"] == world.rows("customers", name="A")[0]["id"]


def test_inputs_reach_the_api_with_the_ids_of_what_was_just_created(world: World) -> None:
    """Where a step needs the ID of something that the same run creates, it has it by then."""
    seen: list[dict[str, Any]] = []
    transport = Meddling(world.sandbox, ask=lambda body: seen.extend(inputs_of(body)))
    with planned(world, FAMILY, transport=transport) as run:
        run.apply()
    owners = {row["id"] for row in world.rows("customers", isSystem=0)}
    assert {data["customer"] for data in seen if "customer" in data} < owners


@pytest.mark.parametrize("batches", ["independent", "atomic"])
def test_a_request_that_the_api_rolls_back_fails_as_a_whole(batches: Any) -> None:
    """Also where an error undoes the whole request, nothing ends as converged that is not there."""
    with World(Variants(batches=batches)) as world:
        with planned(world, customers("a", "b", "c")) as run:
            world.seed.customer("B")
            results = run.apply()
        there = {row["name"] for row in world.rows("customers", isSystem=0)}
        assert {result.change.name for result in results.values() if result.ok} <= there
        assert all(result.ok for result in world.apply(customers("a", "c")))
