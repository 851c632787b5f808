"""Answering reads in as few requests as possible."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import ENDPOINT, SCHEMA, URL, FakeTenant, with_api
from support.typed_operations import plain, typed_operations

from reconciler.errors import NotAuthenticated, Rejected, Unreachable
from reconciler.model.tenant import Collection, Identity, Read, Tenant
from reconciler.prismatic.client import Api
from reconciler.prismatic.connection import Connection, identify
from reconciler.prismatic.fetch.answer_reads import answer_reads
from reconciler.prismatic.http.retry import RetryPolicy

if TYPE_CHECKING:
    from reconciler.errors import ApiError

OPERATIONS = typed_operations(
    """
query customers($first: Int, $after: String, $name: String) {
  customers(isSystem: false, first: $first, after: $after, name: $name) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name }
  }
}
query customer($id: ID!) { customer(id: $id) { id name } }
query roles { customerRoles { id name } }
""",
    SCHEMA,
)
CUSTOMERS = Collection(OPERATIONS["customers"], lambda node: [("name", node.name)])
FILTERED = Collection(OPERATIONS["customers"], lambda node: [("name", node.name)], listable=False)
CUSTOMER = Collection(OPERATIONS["customer"], lambda node: [("id", node.id)], single=True)
ROLES = Collection(OPERATIONS["roles"], lambda node: [("name", node.name)])
IDENTITY = Identity(URL, "org", "Rockets", "me")


def by_name(name: str, collection: Collection = CUSTOMERS) -> Read:
    return Read(collection, ("name", name), (("name", name),))


def by_id(identifier: str) -> Read:
    return Read(CUSTOMER, ("id", identifier), (("id", identifier),))


def live(count: int) -> FakeTenant:
    return FakeTenant(customers=[{"id": f"c{n}", "name": f"n{n}", "users": []} for n in range(count)])


def filled(server: FakeTenant, *rounds: list[Read], **options: Any) -> Tenant:
    tenant = Tenant(IDENTITY)

    async def use(api: Api) -> None:
        for reads in rounds:
            await answer_reads(api, tenant, reads)

    with_api(server, use, **options)
    return tenant


def test_look_ups_travel_together() -> None:
    """Look-ups of several collections are answered in one request, also those that find nothing."""
    server = live(3)
    reads = [by_name("n1"), by_name("nobody"), by_id("c2"), by_id("nobody"), Read(ROLES)]
    tenant = filled(server, reads)
    assert plain(tenant.find(CUSTOMERS, ("name", "n1"))) == [{"id": "c1", "name": "n1"}]
    assert tenant.find(CUSTOMERS, ("name", "nobody")) == []
    assert plain(tenant.find(CUSTOMER, ("id", "c2"))) == [{"id": "c2", "name": "n2"}]
    assert [node.name for node in tenant.all(ROLES)] == ["Admin", "Member"]
    assert all(tenant.answered(read) for read in reads)
    assert len(server.sent) == 1


def test_nothing_is_asked_twice() -> None:
    """Reads that are answered already, and repeated reads, are not sent."""
    server = live(3)
    filled(server, [by_name("n1"), by_name("n1")], [by_name("n1")], [Read(CUSTOMERS)], [by_name("n2")], [])
    assert [len(sent.variables) for sent in server.sent] == [2, 1]


@pytest.mark.parametrize(
    ("count", "look_ups", "requests", "listed"),
    [
        (5, 25, 1, False),
        (5, 26, 2, True),
        (100, 50, 2, True),
        (101, 50, 3, False),
        (250, 76, 4, True),
        (450, 100, 5, False),
        (0, 26, 2, True),
    ],
)
def test_a_collection_is_listed_when_that_is_cheaper(
    count: int, look_ups: int, requests: int, listed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A collection is listed when that takes fewer requests than its look-ups, and the log gives the numbers."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.fetch.answer_reads")
    server = live(count)
    tenant = filled(server, [by_name(f"n{n}") for n in range(look_ups)])
    assert len(server.sent) == requests
    assert tenant.answered(Read(CUSTOMERS)) is listed
    assert all(tenant.answered(by_name(f"n{n}")) for n in range(look_ups))
    assert len(tenant.find(CUSTOMERS, ("name", "n3"))) == (count > 3)
    if look_ups > 25:
        (said,) = caplog.messages
        asked = -(-look_ups // 25)
        pages = max(1, -(-count // 100))
        chosen = "listing" if listed else "looking up"
        assert said == (
            f"customers: {look_ups} look-ups take {asked} requests, listing all {count} takes {pages}; {chosen}"
        )


def test_the_totals_of_all_collections_share_a_request() -> None:
    """The objects are counted with the document's own filters, once for all collections."""
    server = live(5)
    other = Collection(
        typed_operations(
            """
        query others($first: Int) {
          customers(first: $first) { totalCount pageInfo { hasNextPage endCursor } nodes { id name } }
        }
        """,
            SCHEMA,
        )["others"],
        lambda node: [("name", node.name)],
    )
    filled(server, [by_name(f"n{n}") for n in range(30)] + [Read(other, f"n{n}") for n in range(30)])
    assert "op0: customers(isSystem: false, first: 1)" in server.sent[0].query
    assert "op1: customers(first: 1)" in server.sent[0].query
    assert len(server.sent) == 2


@pytest.mark.parametrize("collection", [FILTERED, CUSTOMER])
def test_a_collection_that_cannot_be_listed_is_looked_up(collection: Collection) -> None:
    """A collection that must not be listed is looked up however many look-ups there are."""
    server = live(1)
    reads = [by_id(f"c{n}") if collection.single else by_name(f"n{n}", collection) for n in range(55)]
    filled(server, reads)
    assert len(server.sent) == 3


def test_a_wanted_list_answers_the_look_ups() -> None:
    """When the whole collection is asked for, its look-ups are not sent."""
    server = live(5)
    tenant = filled(server, [by_name("n1"), Read(CUSTOMERS), *(by_name(f"x{n}") for n in range(50))])
    assert len(tenant.all(CUSTOMERS)) == 5
    assert len(server.sent) == 1


def test_the_tenant_is_unchanged_after_an_error() -> None:
    """One read that fails makes all fail, and leaves the tenant unchanged."""
    server = live(3)
    broken = {"data": {"op0": None, "op1": {"id": "c1", "name": "n1"}}, "errors": [{"message": "No", "path": ["op0"]}]}
    server.script.append(httpx.Response(200, json=broken))
    tenant = Tenant(IDENTITY)

    async def use(api: Api) -> None:
        await answer_reads(api, tenant, [by_name("n1"), by_id("c1")])

    with pytest.raises(Rejected, match="customers: No"):
        with_api(server, use)
    assert not tenant.answered(by_id("c1"))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"data": {"op0": None}, "errors": [{"message": "No", "path": ["op0"]}]}, "customers: No"),
        ({"data": {"op0": {}}}, "customers: unexpected answer: customers lacks totalCount"),
    ],
)
def test_a_missing_total_is_an_error(answer: Any, message: str) -> None:
    """A collection whose total is missing cannot be compared with its look-ups; the API's error is raised."""
    server = live(3)
    server.script.append(httpx.Response(200, json=answer))
    with pytest.raises(Rejected) as caught:
        filled(server, [by_name(f"n{n}") for n in range(30)])
    assert str(caught.value) == message


def test_a_connection_knows_its_identity() -> None:
    """Entering a connection asks once for the identity, and reading through it fills the tenant."""
    server = live(3)
    with Connection(Api(ENDPOINT, transport=server.transport, rate=10_000)) as connection:
        assert connection.identity == IDENTITY
        tenant = Tenant(connection.identity)
        connection.read(tenant, [by_name("n1")])
        assert connection.run(connection.api.call([])) == []
        assert (connection.stats.requests, connection.stats.operations) == (2, 3)
        assert connection.stats.bytes_received > 0
        assert connection.stats.seconds > 0
    assert tenant.find(CUSTOMERS, ("name", "n1"))


@pytest.mark.parametrize(
    ("organization", "script", "kind", "message"),
    [
        (
            None,
            [],
            NotAuthenticated,
            (
                f"{URL}: the token from PRISM_ACCESS_TOKEN belongs to no organization (a customer's user, perhaps); "
                "use the token of one of the organization's team members"
            ),
        ),
        (
            {"id": "org", "name": None},
            [],
            Rejected,
            f"{URL}: Cannot return null for non-nullable field Organization.name.",
        ),
        ({}, [httpx.ConnectError("x")] * 2, Unreachable, f"cannot reach {URL}: no connection (2 tries)"),
    ],
)
def test_a_failed_connection_gives_its_reason(
    organization: Any, script: list[Any], kind: type[ApiError], message: str
) -> None:
    """A useless token and an unreachable API are errors on entering, and nothing stays open."""
    server = FakeTenant(organization=organization)
    server.script.extend(script)
    policy = RetryPolicy(tries=2, first_pause=0.001)
    with pytest.raises(kind) as caught, Connection(Api(ENDPOINT, transport=server.transport, retry=policy)):
        pass
    assert str(caught.value) == message


def test_identify_asks_once() -> None:
    """The identity takes one request."""
    server = FakeTenant()
    assert with_api(server, identify) == IDENTITY
    assert len(server.sent) == 1


def test_an_api_must_be_entered() -> None:
    """Using an API outside its context is a programmer's error."""
    import asyncio

    api = Api(ENDPOINT, transport=FakeTenant().transport)
    with pytest.raises(RuntimeError, match="async context manager"):
        asyncio.run(identify(api))
