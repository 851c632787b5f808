"""Reading lists to their end, on every level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import SCHEMA, FakeTenant, with_api
from support.typed_operations import plain, typed_operations

from reconciler.errors import Rejected, ServerFault
from reconciler.model.tenant import Collection, Read
from reconciler.prismatic.fetch.paging import Reader
from reconciler.prismatic.graphql.page_queries import singular

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.errors import ApiError
    from reconciler.prismatic.client import Api

OPERATIONS = typed_operations(
    """
query customers($first: Int, $after: String, $name: String) {
  customers(isSystem: false, first: $first, after: $after, name: $name) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name }
  }
}
query instances($first: Int, $after: String, $name: String, $status: String) {
  instances(first: $first, after: $after, name: $name) {
    totalCount pageInfo { hasNextPage endCursor } nodes { ...InstanceFields }
  }
}
query plain($id: ID!) { instance(id: $id) { id variables(first: 1) { nodes { id } } origin { id } } }
query roles { customerRoles { id name } }
fragment InstanceFields on Instance {
  id
  name
  origin {
    id
    required(first: 100) {
      nodes { id key inputs(first: 100) { nodes { id name } pageInfo { hasNextPage endCursor } } }
      pageInfo { hasNextPage endCursor }
    }
  }
  settings: variables(first: 2, status: $status) {
    totalCount
    nodes { id value inputs { ...InputFields } }
    pageInfo { hasNextPage endCursor }
  }
}
fragment InputFields on InputConnection { nodes { id name value } pageInfo { hasNextPage endCursor } }
""",
    SCHEMA,
)
SINGLE = typed_operations(
    """
query instance($id: ID!) {
  instance(id: $id) {
    id
    flows { nodes { id name } pageInfo { hasNextPage endCursor } }
    variables(first: 100) {
      nodes { id inputs { nodes { id } pageInfo { hasNextPage endCursor } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
    SCHEMA,
)["instance"]


def read_of(operation: Any, **arguments: Any) -> Read:
    return Read(Collection(operation, lambda node: [node.id]), "key", tuple(arguments.items()))


def nodes_of(tenant: FakeTenant, read: Read, **options: Any) -> list[dict[str, Any]]:
    async def use(api: Api) -> list[dict[str, Any]]:
        return plain(await Reader(api).read(read))

    return list(with_api(tenant, use, **options))


def customers(count: int) -> list[dict[str, Any]]:
    return [{"id": f"c{number}", "name": f"n{number}", "users": []} for number in range(count)]


def inputs(prefix: str, count: int) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}-i{number}", "name": f"n{number}", "value": "v"} for number in range(count)]


def instance(name: str, variables: int, values: int, required: int = 3) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "origin": {
            "id": f"int-{name}",
            "required": [
                {"id": f"{name}-r{number}", "key": "k", "inputs": inputs(f"{name}-r{number}", values)}
                for number in range(required)
            ],
        },
        "variables": [
            {"id": f"{name}-v{number}", "value": "x", "inputs": inputs(f"{name}-v{number}", values)}
            for number in range(variables)
        ],
        "flows": [{"id": f"{name}-f{number}", "name": "f"} for number in range(5)],
    }


def whole(value: dict[str, Any]) -> dict[str, Any]:
    """Return the instance as a reader gets it: with whole lists, and without page info."""

    def several(children: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**child, "inputs": {"nodes": child["inputs"]}} for child in children]

    found = several(value["origin"]["required"])
    for each in found:
        each["inputs"] = {"nodes": [{"id": one["id"], "name": one["name"]} for one in each["inputs"]["nodes"]]}
    return {
        "id": value["id"],
        "name": value["name"],
        "origin": {"id": value["origin"]["id"], "required": {"nodes": found}},
        "settings": {"totalCount": len(value["variables"]), "nodes": several(value["variables"])},
    }


@pytest.mark.parametrize(("count", "page", "requests"), [(0, 3, 1), (1, 3, 1), (3, 3, 1), (7, 3, 3), (250, 100, 3)])
def test_a_list_is_read_to_its_end(count: int, page: int, requests: int) -> None:
    """Every node is read, once and in order, with one request for each page."""
    tenant = FakeTenant(customers=customers(count), page=page)
    nodes = nodes_of(tenant, read_of(OPERATIONS["customers"]))
    assert [node["id"] for node in nodes] == [f"c{number}" for number in range(count)]
    assert len(tenant.sent) == requests
    assert tenant.sent[0].variables == {"op0_first": 100}


def test_every_page_has_the_arguments_of_the_read() -> None:
    """The arguments of a read are sent with each page."""
    tenant = FakeTenant(customers=[{"id": f"c{number}", "name": "same", "users": []} for number in range(5)], page=2)
    assert len(nodes_of(tenant, read_of(OPERATIONS["customers"], name="same"))) == 5
    assert [sent.variables["op0_name"] for sent in tenant.sent] == ["same"] * 3


def test_nested_lists_are_read_to_their_end() -> None:
    """Lists in nodes, in objects of nodes and in nodes of nodes are whole with every page size."""
    live = [instance("one", 5, 4), instance("two", 2, 7), instance("three", 0, 1, required=0)]
    nodes = nodes_of(FakeTenant(instances=live, page=2), read_of(OPERATIONS["instances"], status="x"))
    assert nodes == [whole(each) for each in live]


def test_nested_lists_of_a_single_object_are_read_to_their_end() -> None:
    """A query for one object returns its lists whole."""
    live = instance("one", 5, 4)
    (node,) = nodes_of(FakeTenant(instances=[live], page=2), read_of(SINGLE, id="one"))
    assert [each["id"] for each in node["flows"]["nodes"]] == [each["id"] for each in live["flows"]]
    assert [len(each["inputs"]["nodes"]) for each in node["variables"]["nodes"]] == [4] * 5
    assert "pageInfo" not in repr(node)


def test_pages_of_many_lists_share_requests() -> None:
    """Further pages are read together: twenty incomplete lists take one more request, not twenty."""
    tenant = FakeTenant(instances=[instance(f"i{number}", 25, 1) for number in range(20)])
    nodes = nodes_of(tenant, read_of(OPERATIONS["instances"]))
    assert [len(node["settings"]["nodes"]) for node in nodes] == [25] * 20
    assert len(tenant.sent) == 2


def test_a_list_without_page_info_is_not_paged() -> None:
    """A nested list without page info stays as it comes."""
    tenant = FakeTenant(instances=[instance("one", 3, 0)])
    assert nodes_of(tenant, read_of(OPERATIONS["plain"], id="one")) == [
        {"id": "one", "variables": {"nodes": [{"id": "one-v0"}]}, "origin": {"id": "int-one"}}
    ]


def test_a_missing_object_gives_no_node() -> None:
    """A single object gives one node or none."""
    assert nodes_of(FakeTenant(), read_of(SINGLE, id="nobody")) == []


def test_a_plain_list_is_its_nodes() -> None:
    """A root field that is a plain list gives its items."""
    assert [node["name"] for node in nodes_of(FakeTenant(), read_of(OPERATIONS["roles"]))] == ["Admin", "Member"]


def test_an_object_that_is_null_has_no_lists() -> None:
    """An object that is null has no lists to complete."""
    one = instance("one", 3, 3) | {"origin": None}
    (node,) = nodes_of(FakeTenant(instances=[one], page=2), read_of(OPERATIONS["instances"]))
    assert node["origin"] is None
    assert len(node["settings"]["nodes"]) == 3


def remove_first(tenant: FakeTenant) -> None:
    tenant.customers.pop(0)


def add_first(tenant: FakeTenant) -> None:
    tenant.customers.insert(0, {"id": f"new{len(tenant.customers)}", "name": "new", "users": []})


@pytest.mark.parametrize("move", [remove_first, add_first])
def test_rows_that_move_between_pages_are_read_again(move: Callable[[FakeTenant], None]) -> None:
    """When a row vanishes or appears while a list is read, the list is read again: no row is missed or doubled."""
    tenant = FakeTenant(customers=customers(7), page=3)
    tenant.moves.append(move)
    nodes = nodes_of(tenant, read_of(OPERATIONS["customers"]))
    assert [node["id"] for node in nodes] == [each["id"] for each in tenant.customers]


def test_a_list_that_keeps_changing_is_an_error() -> None:
    """A list that changes each time it is read is an error that says so."""
    tenant = FakeTenant(customers=customers(7), page=3)
    tenant.moves.extend([add_first] * 40)
    with pytest.raises(ServerFault) as caught:
        nodes_of(tenant, read_of(OPERATIONS["customers"]))
    assert str(caught.value) == (
        "customers: the list changed each time it was read (3 times); run again when nobody else changes the tenant"
    )


def vanish(tenant: FakeTenant) -> None:
    tenant.instances.clear()


def reorder(tenant: FakeTenant) -> None:
    tenant.instances[0]["variables"].reverse()


@pytest.mark.parametrize(("move", "left"), [(vanish, 0), (reorder, 1)])
def test_parents_that_move_between_pages_are_read_again(move: Callable[[FakeTenant], None], left: int) -> None:
    """When the object around a nested list vanishes or moves, everything is read again."""
    tenant = FakeTenant(instances=[instance("one", 2, 5, required=0)], page=2)
    tenant.moves.append(move)
    nodes = nodes_of(tenant, read_of(OPERATIONS["instances"]))
    assert nodes == [whole(each) for each in tenant.instances]
    assert len(nodes) == left


def page(nodes: list[Any], cursor: Any, total: int = 9) -> httpx.Response:
    info = {"hasNextPage": True, "endCursor": cursor}
    return httpx.Response(200, json={"data": {"op0": {"totalCount": total, "pageInfo": info, "nodes": nodes}}})


NODE = {"id": "c1", "name": "n"}
NOWHERE = "customers: the API announces a next page without a cursor for it"
MOVING = "customers: the list changed each time it was read (3 times); run again when nobody else changes the tenant"


@pytest.mark.parametrize(
    ("answers", "kind", "message"),
    [
        ([page([NODE], None)], ServerFault, NOWHERE),
        ([page([NODE], "")], ServerFault, NOWHERE),
        ([page([NODE], 7)], Rejected, "customers: unexpected answer: customers.pageInfo.endCursor is not text"),
        ([page([], "x")], ServerFault, NOWHERE),
        ([page([NODE], "x") for _ in range(6)], ServerFault, MOVING),
        ([page([NODE], "x"), page([], "y")], ServerFault, NOWHERE),
        (
            [httpx.Response(200, json={"data": {"op0": None}, "errors": [{"message": "No", "path": ["op0"]}]})],
            Rejected,
            "customers: No",
        ),
    ],
)
def test_pages_that_lead_nowhere_are_an_error(
    answers: list[httpx.Response], kind: type[ApiError], message: str
) -> None:
    """A server that repeats pages, or gives no cursor, is not followed forever."""
    tenant = FakeTenant()
    tenant.script.extend(answers)
    with pytest.raises(kind) as caught:
        nodes_of(tenant, read_of(OPERATIONS["customers"]))
    assert str(caught.value) == message
    assert len(tenant.sent) == len(answers)


def test_an_error_of_a_request_reaches_every_read_in_it() -> None:
    """When a request fails, every read in it fails with the same error."""
    tenant = FakeTenant()
    tenant.script.append(httpx.Response(403))
    with pytest.raises(Rejected, match="HTTP 403"):
        nodes_of(tenant, read_of(OPERATIONS["customers"]))


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("customers", "customer"),
        ("instances", "instance"),
        ("alertWebhooks", "alertWebhook"),
        ("activities", "activity"),
    ],
)
def test_the_root_field_of_one_object_is_singular(plural: str, expected: str) -> None:
    """The root field for one object is the singular of the field that lists them."""
    assert singular(plural) == expected
