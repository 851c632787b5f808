"""Instances that take a customer's own connection by the handle of its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from kinds.shared_connections import (
    COMPONENT,
    connection,
    customer,
    customer_connection,
    document,
    instance,
    problems,
    publish,
    several,
)
from support.world import World

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan

OWN = {"type": "customer", "inputs": None}
BY_HANDLE = {"configVariables": {"Depot": {"customerConnection": "depot-ftl"}}}


def around(*documents: str) -> str:
    """Return manifests with the customers' connection and the customers that the others refer to."""
    return several(connection(**OWN), customer("ftl", "FTL"), customer("nordlys", "Nordlys"), *documents)


def own(name: str = "depot-ftl", lifecycle: dict[str, Any] | None = None, **more: Any) -> str:
    spec = {"connection": "depot", "customer": "ftl", "key": name, "inputs": {"user": name}, **more}
    return document("CustomerConnection", name, spec, lifecycle)


def link(world: World) -> str | None:
    """Return the key of the customer's connection that the instance takes."""
    rows = world.sandbox.store.rows(
        "SELECT c.key FROM config_variables v JOIN customer_config_variables c ON c.id = v.customerConfigVariable"
    )
    return rows[0]["key"] if rows else None


def fields(plan: Plan) -> list[tuple[Any, ...]]:
    return [(".".join(map(str, each.path)), each.before, each.after) for change in plan for each in change.fields]


@pytest.mark.parametrize("reading", ["refused", "allowed", "ignored"])
def test_an_instance_takes_a_connection_that_the_same_run_creates(reading: str) -> None:
    """The connection is created first, then the instance with its ID; the deploy comes last, and it works."""
    with World(Variants(deploy_unconfigured=reading)) as world:
        publish(world)
        text = around(own(), instance("ships", "ftl", **BY_HANDLE))
        assert {(result.status, *result.messages) for result in world.apply(text)} == {("applied",)}
        assert world.mutation_names()[-3:] == ["createCustomerConfigVariable", "createInstance", "deployInstance"]
        assert link(world) == "depot-ftl"
        assert world.plan(text).empty


def test_an_instance_changes_to_another_connection(ships: World) -> None:
    """The plan shows both handles, and the former connection can be deleted in the same run, after the change."""
    ships.apply(around(own(), instance("ships", "ftl", **BY_HANDLE)))
    gone = own(lifecycle={"state": "absent"})
    other = {"configVariables": {"Depot": {"customerConnection": "other"}}}
    text = around(own("other"), instance("ships", "ftl", **other), gone)
    ships.forget()
    plan, results = ships.apply_with_plan(text)
    assert ("configVariables.Depot.customerConnection", "depot-ftl", "other") in fields(plan)
    assert {(result.status, *result.messages) for result in results} == {("applied",)}
    assert ships.mutation_names() == [
        "createCustomerConfigVariable",
        "updateInstanceConfigVariables",
        "deployInstance",
        "deleteCustomerConfigVariable",
    ]
    assert link(ships) == "other"


def test_a_connection_that_an_instance_takes_stays(ships: World) -> None:
    """A manifest that is deleted and referred to is an error in the files alone."""
    ships.apply(around(own(), instance("ships", "ftl", **BY_HANDLE)))
    gone = own(lifecycle={"state": "absent"})
    found = problems(ships, around(gone, instance("ships", "ftl", **BY_HANDLE)))
    assert "Instance/ships refers to it" in found[0]


def test_an_unknown_handle_is_reported_with_the_nearest(ships: World) -> None:
    """The message says how to take a connection that no manifest declares."""
    wrong = {"configVariables": {"Depot": {"customerConnection": "depot-ft"}}}
    (problem,) = problems(ships, around(own(), instance("ships", "ftl", **wrong)))
    assert "did you mean 'depot-ftl'?" in problem
    assert "write customerConfigVariableId: ID" in problem


def test_another_customers_connection_is_refused(ships: World) -> None:
    """For a customer to be created as for a live one."""
    text = around(own(customer="nordlys"), instance("ships", "ftl", **BY_HANDLE))
    for _ in range(2):
        (problem,) = problems(ships, text)
        assert "'Depot': the connection 'depot-ftl' belongs to another customer" in problem
        ships.apply(around())


def test_a_part_of_another_connection_is_refused(ships: World) -> None:
    """The variable takes one connection, by its stable key."""
    spec = {"stableKey": "other", "name": "Other", "type": "customer", "component": COMPONENT}
    other = document("Connection", "other", spec)
    (problem,) = problems(ships, around(other, own(connection="other"), instance("ships", "ftl", **BY_HANDLE)))
    assert "'Depot' takes the connection 'depot', and 'depot-ftl' is a part of 'other'" in problem


def test_a_variable_with_inputs_of_its_own_takes_none(ships: World) -> None:
    """A connection of the instance itself gets inputs, and nothing that instances share."""
    wrong = {"configVariables": {"Own Depot": {"customerConnection": "depot-ftl"}}}
    (problem,) = problems(ships, around(own(), instance("ships", "ftl", **wrong)))
    assert "'Own Depot' takes no connection that instances share" in problem


def test_each_member_of_a_set_takes_its_customers_connection(ships: World) -> None:
    """The handle is made of the customer's, and each member waits for its own connection."""
    both = several(*(own(f"depot-{name}", customer=name) for name in ("ftl", "nordlys")))
    members = document(
        "InstanceSet",
        "fleet",
        {
            "customers": {"from": "manifests"},
            "template": {
                "name": "Ships",
                "integration": {"name": "Ships", "version": 1},
                "configVariables": {"Depot": {"customerConnection": "depot-${customer.handle}"}},
            },
        },
    )
    text = around(both, members)
    plan, results = ships.apply_with_plan(text)
    assert {(result.status, *result.messages) for result in results} == {("applied",)}
    groups = {change.group for change in plan if change.address.startswith("Instance/fleet.")}
    assert groups == {"FTL", "Nordlys"}
    assert ships.plan(text).empty


def test_an_instance_stays_in_the_group_of_its_customer(ships: World) -> None:
    """A plan groups an instance by its customer, also where that is in no manifest."""
    ships.apply(around(own()))
    spec = {**BY_HANDLE, "customer": {"externalId": "ftl"}}
    plan = ships.plan(around(own(), instance("ships", "ftl", **spec)))
    assert [change.group for change in plan if change.address == "Instance/ships"] == ["FTL"]


def test_by_id_stays(ships: World) -> None:
    """A connection that no manifest declares is taken by its ID, which equals its handle where there is one."""
    ships.apply(around(own(), instance("ships", "ftl", **BY_HANDLE)))
    (row,) = ships.sandbox.store.rows("SELECT id FROM customer_config_variables")
    by_id = {"configVariables": {"Depot": {"customerConfigVariableId": row["id"]}}}
    assert ships.plan(around(own(), instance("ships", "ftl", **by_id))).empty


def test_customer_connection_of_the_manifest_is_used_as_declared(ships: World) -> None:
    """The default manifest of a customer's connection, without a key, is found again."""
    text = around(customer_connection(inputs={"user": "x"}), instance("ships", "ftl", **BY_HANDLE))
    ships.apply(text)
    assert ships.plan(text).empty
