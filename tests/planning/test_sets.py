"""Sets of instances against a tenant: whose instances they plan, and what a failed read does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds.shared_connections import connection, document, publish
from support.matrix import matrix
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused, ReconcilerError
from reconciler.prismatic.http.retry import RetryPolicy

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan

HEAD = "apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
TEMPLATE = """
  template:
    name: Acme Inventory
    integration: {name: Acme Inventory, version: 1}
    configVariables:
      Acme Inventory Endpoint: https://${customer.handle}.acme.example
      Batch Size: 50
"""
TENANT = HEAD.format(kind="InstanceSet", name="inventory") + "  customers: {from: tenant}" + TEMPLATE
PAGE = 100


def customers(count: int) -> str:
    """Return the manifests of so many customers."""
    return "---\n".join(
        HEAD.format(kind="Customer", name=f"c{number}") + f"  name: Customer {number}\n  externalId: x-{number}\n"
        for number in range(count)
    )


def customer(name: str) -> str:
    """Return the manifest of one customer."""
    return HEAD.format(kind="Customer", name=name) + f"  name: The {name}\n  externalId: {name}\n"


def created(plan: Plan) -> list[str]:
    """Return the addresses that a plan creates."""
    return [change.address for change in plan if "create" in change.actions]


def test_members_are_the_customers_of_every_page(world: World) -> None:
    """A set of the tenant's customers has a member for each of them, on every page, and none for system customers."""
    world.apply(customers(2 * PAGE + 5))
    plan = world.plan(TENANT)
    assert created(plan) == sorted(f"Instance/inventory.x-{number}" for number in range(2 * PAGE + 5))


@pytest.mark.parametrize(
    ("kind", "request_number"), matrix(["error", "throttle", "drop", "timeout", "partial"], [1, 2, 3, 4])
)
def test_a_failed_read_never_makes_a_set_smaller(world: World, kind: str, request_number: int) -> None:
    """Whichever request for the customers fails, the plan has every member, or there is none."""
    world.apply(customers(2 * PAGE + 5))
    world.sandbox.faults.add(kind, field="customers", every=request_number)
    try:
        plan = world.plan(TENANT, retry=RetryPolicy(tries=1))
    except ReconcilerError:
        return
    assert len(created(plan)) == 2 * PAGE + 5


def test_customers_that_cannot_be_read_are_an_error(world: World) -> None:
    """Where the customers can never be read, nothing is planned."""
    world.apply(customers(3))
    world.sandbox.faults.add("error", field="customers", times=None)
    with pytest.raises(ReconcilerError):
        world.plan(TENANT, retry=RetryPolicy(tries=1))


def test_two_live_customers_with_one_handle_are_an_error(world: World) -> None:
    """Customers of the tenant whose names make the same handle are named, and nothing is planned."""
    text = customers(1).replace("  externalId: x-0\n", "")
    world.apply(text.replace("Customer 0", "A B") + "---\n" + text.replace("Customer 0", "A/B").replace("c0", "c1"))
    with pytest.raises(ManifestErrors, match="'A B' and 'A/B' have the same handle, 'a-b'"):
        world.plan(TENANT)


def test_a_set_converges_and_grows_with_the_tenant(world: World) -> None:
    """A second plan of a set is empty, and a new customer gets an instance."""
    world.apply(customers(3))
    world.apply(TENANT)
    assert world.plan(TENANT).empty
    world.apply(customers(4))
    assert created(world.plan(TENANT)) == ["Instance/inventory.x-3"]


def test_a_set_as_a_target_means_its_members(world: World) -> None:
    """With a set as the target a plan is about its members and what they depend on, and nothing else."""
    declared = TENANT.replace("from: tenant", "from: manifests, names: [c0, c1]")
    plan = world.plan(f"{customers(4)}---\n{declared}", targets=("InstanceSet/inventory",))
    assert created(plan) == ["Customer/c0", "Customer/c1", "Instance/inventory.c0", "Instance/inventory.c1"]


def test_an_error_that_all_members_share_is_one(world: World) -> None:
    """What the tenant knows better about a template is reported once, at its line, with who has it."""
    world.apply(customers(5))
    with pytest.raises(PlanRefused) as caught:
        world.plan(TENANT.replace("Batch Size", "Batch Sice"))
    (problem,) = caught.value.problems
    assert str(problem).startswith("<stdin>:11:7: ")
    assert str(problem).endswith("(5 members of InstanceSet/inventory: x-0, x-1, x-2 and 2 more)")


NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,6}[a-z0-9]", fullmatch=True), min_size=1, max_size=4, unique=True)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=NAMES, sizes=st.lists(st.integers(1, 99), min_size=4, max_size=4), data=st.data())
def test_a_members_plan_is_that_of_the_hand_written_instance(
    names: list[str], sizes: list[int], data: st.DataObject
) -> None:
    """A set plans exactly what the same instances written by hand do, in whatever order its documents come."""
    declared = [customer(name) for name in names]
    overridden = dict(zip(names, sizes, strict=False))
    overrides = "".join(f"    {name}: {{configVariables: {{Batch Size: {overridden[name]}}}}}\n" for name in names)
    one = TENANT.replace("from: tenant", "from: manifests") + f"  overrides:\n{overrides}"
    by_hand = [
        HEAD.format(kind="Instance", name=f"inventory.{name}")
        + f"  customer: {name}\n"
        + re.sub(
            r"(?m)^  ",
            "",
            TEMPLATE.split("  template:\n")[1].replace("${customer.handle}", name).replace("50", str(overridden[name])),
        )
        for name in names
    ]
    shuffled = data.draw(st.permutations([*declared, one]))
    with World() as world:
        of_set, of_hand = world.plan("---\n".join(shuffled)), world.plan("---\n".join([*declared, *by_hand]))
    assert of_set.manifest_digest() == of_hand.manifest_digest()
    assert [(change.address, change.actions, change.fields) for change in of_set] == [
        (change.address, change.actions, change.fields) for change in of_hand
    ]


PER_CUSTOMER = {"type": "organization-customer", "inputs": {"user": {"perCustomer": True}}}
OWN = {"type": "customer"}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=NAMES, own=st.booleans(), data=st.data())
def test_a_members_plan_is_that_of_the_hand_written_connection(
    names: list[str], own: bool, data: st.DataObject
) -> None:
    """A set of connections, and the instances that take them, plan and apply what one manifest each does."""
    given_by_hand, overridden = names[0], {"inputs": {"user": "another"}}
    template = {
        "connection": "depot",
        "inputs": {"user": "${values.user}"},
        **({"key": "${customer.handle}"} if own else {}),
    }
    ships = {"name": "Ships", "integration": {"name": "Ships", "version": 1}}
    chosen = {"from": "manifests"}
    one = document(
        "CustomerConnectionSet",
        "depot",
        {
            "customers": chosen,
            "values": {name: {"user": f"user of {name}"} for name in names},
            "template": template,
            "overrides": {given_by_hand: overridden},
        },
    )
    takes = {"configVariables": {"Depot": {"customerConnection": "depot"}}} if own else {}
    fleet = document("InstanceSet", "ships", {"customers": chosen, "template": {**ships, **takes}})
    by_hand = []
    for name in names:
        user = "another" if name == given_by_hand else f"user of {name}"
        theirs = {**template, "customer": name, "inputs": {"user": user}, **({"key": name} if own else {})}
        takes = {"configVariables": {"Depot": {"customerConnection": f"depot.{name}"}}} if own else {}
        by_hand.append(document("CustomerConnection", f"depot.{name}", theirs))
        by_hand.append(document("Instance", f"ships.{name}", {"customer": name, **ships, **takes}))
    declared = [connection(**(OWN if own else PER_CUSTOMER)), *map(customer, names)]
    written = "---\n".join([*declared, *by_hand])
    of_set = "---\n".join(data.draw(st.permutations([*declared, one, fleet])))
    with World() as world:
        publish(world)
        assert _seen(world.plan(of_set)) == _seen(world.plan(written))
        part = world.plan(of_set, targets=("CustomerConnectionSet/depot",))
        assert {each.kind.name for each in part} == {"Connection", "Customer", "CustomerConnection"}
        assert all(result.ok for result in world.apply(of_set))
        assert world.plan(of_set).empty
        assert world.plan(written).empty


def _seen(plan: Plan) -> list[object]:
    """Return what a plan is, but for where its manifests are written."""
    changes = [(each.address, each.actions, each.fields, each.depends_on, each.group) for each in plan]
    return [plan.manifest_digest(), *changes]
