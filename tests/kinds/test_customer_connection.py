"""Customers' connections: what is compared, sent, hidden, refused and exported of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exporting.exported import export
from kinds.shared_connections import (
    KEY,
    LIVE,
    URL,
    USER,
    connection,
    customer,
    customer_connection,
    document,
    instance,
    problems,
    publish,
    sent,
    several,
    stored,
    theirs,
)
from support.serving import run_here, served
from support.world import World

from reconciler.reports.registry import FORMATS
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.applying import authorize_urls

if TYPE_CHECKING:
    from pathlib import Path

FOR_EACH = {"type": "organization-customer", "inputs": {name: {"perCustomer": True} for name in LIVE}}


def around(*documents: str) -> str:
    """Return manifests with the connection and the customer that the others refer to."""
    return several(connection(**FOR_EACH), customer("ftl", "FTL"), *documents)


@pytest.mark.parametrize("secrets", ["hidden", "plain"])
def test_no_secret_of_a_customers_connection_is_shown(secrets: str, tmp_path: Path) -> None:
    """Neither a report, a saved plan, an export, a log nor an API error shows an input of a customer's connection."""
    with World(Variants(shared_secrets=secrets)) as world:
        publish(world)
        world.apply(around(customer_connection(inputs=LIVE), instance("ships", "ftl")))
        text = around(
            customer_connection(inputs={"url": "https://other.example", "apiKey": "x", "user": {"clear": True}})
        )
        (tmp_path / "all.yaml").write_text(text, encoding="utf-8")
        reports = [f"--report={name}={tmp_path / name}.txt" for name in FORMATS if name != "gitlab"]
        quoted = f"bad values {URL} {KEY if secrets == 'plain' else ''} {USER}"
        with served(world.sandbox) as address:
            environ = {**world.environ, "PRISMATIC_URL": address}
            commands = [
                ("plan", "-vv", "-f", "all.yaml", "--out", "saved.json", *reports),
                ("plan", "-f", "all.yaml", "--format", "json"),
                ("plan", "-f", "all.yaml", "--explain", "CustomerConnection/depot-ftl"),
                ("drift", "-f", "all.yaml"),
                ("export", "-vv", "--out", "exported"),
                ("apply", "-vv", "-f", "all.yaml", "--auto-approve", "--receipt", "receipt", *reports),
            ]
            said = ""
            for command in commands:
                if command[0] == "apply":
                    fault = {"field": "updateCustomerConfigVariable", "message": quoted, "times": "always"}
                    world.sandbox.faults.add("partial", **fault)
                ran = run_here(*command, environ=environ, cwd=tmp_path)
                assert "Traceback" not in ran.err
                said += ran.out + ran.err
    assert "bad values" in said
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "all.yaml"]
    said += "".join(path.read_text(encoding="utf-8") for path in written)
    assert not [canary for canary in (URL, KEY, USER, "canary") if canary in said]


def test_a_customers_connection_is_what_its_manifest_declares(reading: World) -> None:
    """It is created after its connection and its customer and updated under every reading; a second plan is empty."""
    for changed in ({}, {"url": "https://new.example"}, {"user": {"clear": True}}):
        text = around(customer_connection(inputs={**LIVE, **changed}))
        results = reading.apply(text)
        assert {(result.status, *result.messages) for result in results} == {("applied",)}
        assert reading.plan(text).empty
        assert stored(theirs(reading)) == {
            name: value for name, value in {**LIVE, **changed}.items() if value != {"clear": True}
        }
    assert reading.mutation_names()[:3] == [
        "createScopedConfigVariable", "createCustomer", "createCustomerConfigVariable",
    ]  # fmt: skip


def test_an_instance_is_deployed_after_its_customers_connection(ships: World) -> None:
    """A new instance gets its first deploy when all connections are written, though its manifest names none."""
    text = around(customer_connection(inputs=LIVE), instance("ships", "ftl"))
    assert {result.status for result in ships.apply(text)} == {"applied"}
    assert ships.mutation_names()[-1] == "deployInstance"
    assert "createCustomerConfigVariable" in ships.mutation_names()
    assert ships.plan(text).empty


def test_a_changed_input_redeploys_the_customers_instances(ships: World) -> None:
    """The update asks for a deploy of the users, and the plan names them."""
    text = around(customer_connection(inputs=LIVE), instance("ships", "ftl"))
    ships.apply(text)
    ships.forget()
    plan, _ = ships.apply_with_plan(around(customer_connection(inputs={"url": "https://new.example"})))
    assert sent(ships)["redeploy"] is True
    assert ships.mutation_names() == ["updateCustomerConfigVariable"]
    (change,) = plan
    assert change.group == "FTL"
    assert change.reason.endswith("redeploys 1 instance: 'Ships' of 'FTL'")


def test_one_in_use_is_not_deleted(ships: World) -> None:
    """The plan names the instances that use it; after them, or with its customer, it can go."""
    ships.apply(around(customer_connection(inputs=LIVE), instance("ships", "ftl")))
    gone = customer_connection(lifecycle={"state": "absent"})
    (problem,) = problems(ships, around(gone))
    assert "1 live object uses it: 'Ships' of 'FTL'" in problem
    absent = instance("ships", "ftl").replace("spec:", "lifecycle: {state: absent}\nspec:")
    ships.forget()
    assert {result.status for result in ships.apply(around(gone, absent))} == {"applied"}
    assert ships.mutation_names() == ["deleteInstance", "deleteCustomerConfigVariable"]


def test_a_customer_with_a_connection_that_stays_is_not_deleted(ships: World) -> None:
    """Deleting the customer would delete its connection too."""
    ships.apply(around(customer_connection(inputs=LIVE)))
    gone = customer("ftl", "FTL").replace("spec:", "lifecycle: {state: absent}\nspec:")
    text = several(connection(**FOR_EACH), gone, customer_connection(customer={"name": "FTL"}))
    found = problems(ships, text, allow_delete=("Customer",))
    assert any("CustomerConnection/depot-ftl stays and belongs to it" in each for each in found)


def test_a_connection_for_all_has_no_part_of_a_customer(ships: World) -> None:
    """A manifest of a customer's part of it is refused, before and after the connection exists."""
    for _ in range(2):
        text = several(connection(), customer("ftl", "FTL"), customer_connection())
        (problem,) = problems(ships, text)
        assert "one value for all customers (type organization); take this manifest out" in problem
        ships.apply(connection())


def test_only_the_inputs_of_customers_can_be_set(ships: World) -> None:
    """An input with one value for all customers is an error, where the connection is new and where it is live."""
    for_some = {"type": "organization-customer", "inputs": {"url": URL, "apiKey": {"perCustomer": True}}}
    for _ in range(2):
        text = several(connection(**for_some), customer("ftl", "FTL"), customer_connection(inputs={"url": "x"}))
        (problem,) = problems(ships, text)
        assert "one value of the input 'url' for all customers" in problem
        ships.apply(connection(**for_some))


def test_customers_own_connections_are_told_apart_by_their_keys(ships: World) -> None:
    """A customer can have several connections of the type customer; each is found by its key."""
    own = {"type": "customer", "inputs": None}
    second = document(
        "CustomerConnection",
        "depot-ftl-2",
        {"connection": "depot", "customer": "ftl", "key": "two", "inputs": {"user": "2"}},
    )
    text = several(
        connection(**own), customer("ftl", "FTL"), customer_connection(key="one", inputs={"user": "1"}), second
    )
    assert {result.status for result in ships.apply(text)} == {"applied"}
    assert ships.plan(text).empty
    rows = ships.sandbox.store.rows("SELECT key FROM customer_config_variables ORDER BY key")
    assert [each["key"] for each in rows] == ["one", "two"]


def test_a_key_is_for_customers_own_connections_only(ships: World) -> None:
    """Of a connection that the organization manages a customer has one part, so it has no key."""
    (problem,) = problems(ships, around(customer_connection(key="one")))
    assert "only connections of the type customer have keys" in problem


def test_two_of_one_identity_are_an_error() -> None:
    """The error names both with their IDs."""
    with World(Variants(customer_connection_keys="free")) as world:
        publish(world)
        own = {"type": "customer", "inputs": None}
        text = several(connection(**own), customer("ftl", "FTL"), customer_connection(inputs={"user": "1"}))
        world.apply(text)
        made = theirs(world)
        world.seed.customer_variable(made["scopedConfigVariable"], customer=made["customer"])
        (problem,) = problems(world, text)
        assert "2 live objects match this manifest" in problem


def test_references_to_what_no_manifest_declares(ships: World) -> None:
    """A stable key and an external ID are looked up; unknown ones are errors with the nearest."""
    ships.apply(around())
    spec = {"connection": {"stableKey": "depot"}, "customer": {"externalId": "ftl"}}
    text = document("CustomerConnection", "it", {**spec, "inputs": {"url": URL}})
    assert {result.status for result in ships.apply(text)} == {"applied"}
    assert ships.plan(text).empty
    (problem,) = problems(ships, document("CustomerConnection", "it", {**spec, "connection": {"stableKey": "depo"}}))
    assert "no connection has the stable key 'depo'; did you mean 'depot'?" in problem


def test_a_reference_to_an_unknown_manifest_says_how_to_write_another(ships: World) -> None:
    """The message suggests a handle, and the form for a connection in no manifest."""
    found = problems(ships, around(customer_connection(connection="depo")))
    assert "did you mean 'depot'?" in found[0]
    assert "write {stableKey: …}" in found[0]


def test_an_export_refers_to_the_connection_and_the_customer(ships: World, tmp_path: Path) -> None:
    """Both are named by their handles, the inputs are secrets, and a plan of the export is empty."""
    ships.apply(around(customer_connection(inputs={"url": URL})))
    assert export(ships, tmp_path).left_out == []
    text = (tmp_path / "customers" / "ftl" / "connections.yaml").read_text(encoding="utf-8")
    assert "connection: depot" in text
    assert "customer: ftl" in text
    assert "canary" not in text
    assert ships.plan(tmp_path).empty


def test_the_designers_test_connections_are_left_alone(ships: World) -> None:
    """A customer's connection that the designer tests with is none that a manifest can mean."""
    ships.apply(around(customer_connection(inputs=LIVE)))
    ships.sandbox.store.execute("UPDATE customer_config_variables SET isTest = 1", ())
    assert [change.actions for change in ships.plan(around(customer_connection(inputs=LIVE)))] == [("create",)]


def test_an_unauthorized_one_is_reported(ships: World) -> None:
    """A plan says that somebody has to authorize it, and the address where is read on request."""
    text = around(customer_connection(inputs={"url": URL}))
    ships.apply(text)
    with ships.session(text) as session:
        assert authorize_urls(session) == {}
    ships.sandbox.store.execute("UPDATE component_connections SET oauth2Type = 'AUTHORIZATION_CODE'", ())
    ships.sandbox.store.execute("UPDATE customer_config_variables SET status = 'PENDING'", ())
    plan = ships.plan(text)
    assert plan.empty
    assert any("nobody has authorized it yet" in each.message for each in plan.warnings)
    with ships.session(text) as session:
        ((address, urls),) = authorize_urls(session).items()
    assert (address, list(urls)) == ("CustomerConnection/depot-ftl", ["Depot"])


def test_a_pending_one_that_nobody_authorizes_lacks_inputs(ships: World) -> None:
    """Of a connection without OAuth 2.0 a plan asks for inputs, and not for somebody who signs in."""
    text = around(customer_connection(inputs={"url": URL}))
    ships.apply(text)
    ships.sandbox.store.execute("UPDATE customer_config_variables SET status = 'PENDING'", ())
    (warning,) = ships.plan(text).warnings
    assert warning.message == "it lacks inputs, so nothing that uses it works; declare them"


def test_what_the_api_does_not_allow_is_refused(ships: World) -> None:
    """A customer without the permission gets no connection, and the plan says which field denies it."""
    ships.apply(around())
    ships.seed.deny("Customer.allowAddCustomerConfigVariable")
    (problem,) = problems(ships, around(customer_connection(inputs=LIVE)))
    assert "Customer.allowAddCustomerConfigVariable" in problem


def test_any_input_of_a_new_connection_may_be_set(ships: World) -> None:
    """Which inputs a connection has is known once it exists; until then a manifest may name any."""
    some = connection(type="customer", inputs={"url": URL})
    text = several(some, customer("ftl", "FTL"), customer_connection(inputs={"user": USER}))
    assert {(result.status, *result.messages) for result in ships.apply(text)} == {("applied",)}
    assert ships.plan(text).empty


@pytest.mark.parametrize("missing", Variants.choices()["missing_connection"])
def test_no_instance_is_deployed_without_its_customers_connection(missing: str) -> None:
    """Where the connection cannot be created, the instance that takes it by itself waits for the next run."""
    with World(Variants(missing_connection=missing)) as world:
        publish(world)
        text = around(customer_connection(inputs=LIVE), instance("ships", "ftl"))
        world.sandbox.faults.add("error", field="createCustomerConfigVariable", times="always")
        results = {result.change.address: result.status for result in world.apply(text)}
        assert results["CustomerConnection/depot-ftl"] == "failed"
        assert results["Instance/ships"] == "skipped"
        assert "deployInstance" not in world.mutation_names()
        world.sandbox.faults.clear()
        assert {result.status for result in world.apply(text)} == {"applied"}
        assert world.plan(text).empty


@pytest.mark.parametrize("missing", Variants.choices()["missing_connection"])
def test_an_instance_without_its_customers_part_says_what_is_missing(missing: str) -> None:
    """Apply and the next plan say that the customer's part can be declared: nobody authorizes an API key."""
    with World(Variants(missing_connection=missing)) as world:
        publish(world)
        text = around(instance("ships", "ftl"))
        expected = "not deployed yet: declare the customer's part of 'Depot' (CustomerConnection), or"
        notes = [note for result in world.apply(text) for note in result.notes]
        warnings = [each.message for each in world.plan(text).warnings]
        if "deployInstance" not in world.mutation_names():
            assert [each[: len(expected)] for each in notes] == [expected]
            assert [each[: len(expected)] for each in warnings] == [expected]
