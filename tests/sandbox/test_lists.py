"""Pages, filters and orders."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.sandbox.resolvers.paging import Items, cursor, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

_PAGE = """query ($first: Int, $last: Int, $after: String, $before: String, $offset: Int) {
  customers(isSystem: false, first: $first, last: $last, after: $after, before: $before, offset: $offset) {
    totalCount edges { cursor node { name } } nodes { name }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def _names(api: Api, **arguments: Any) -> list[str]:
    return [node["name"] for node in api(_PAGE, **arguments)["customers"]["nodes"]]


def _customers(api: Api, count: int) -> None:
    for number in range(count):
        api.sandbox.seed.customer(f"C{number}")


def _walk(api: Api, query: str, *path: str, **variables: Any) -> list[dict[str, Any]]:
    """Return every node of a connection, page by page."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        node = api(query, after=after, **variables)
        for step in path:
            node = node[step]
        assert len(node["nodes"]) <= 100
        found += node["nodes"]
        if not node["pageInfo"]["hasNextPage"]:
            assert len(found) == node["totalCount"]
            return found
        after = node["pageInfo"]["endCursor"]


def test_cursors_are_positions(api: Api) -> None:
    """A cursor is the base64 of ``arrayconnection:`` and the row's position in the whole list."""
    _customers(api, 3)
    answer = api(_PAGE, first=2)["customers"]
    decoded = [base64.b64decode(edge["cursor"]).decode() for edge in answer["edges"]]
    assert decoded == ["arrayconnection:0", "arrayconnection:1"]
    assert answer["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": answer["edges"][0]["cursor"],
        "endCursor": answer["edges"][1]["cursor"],
    }
    assert answer["totalCount"] == 3


def test_who_pages_while_rows_go_loses_rows(api: Api) -> None:
    """Since cursors are positions, a row that is deleted from an earlier page makes the next one skip another."""
    _customers(api, 6)
    first = api("{ customers(isSystem: false, first: 3) { nodes { id name } pageInfo { endCursor } } }")["customers"]
    api.done("deleteCustomer", "customer { id }", id=first["nodes"][0]["id"])
    rest = _names(api, first=3, after=first["pageInfo"]["endCursor"])
    assert [node["name"] for node in first["nodes"]] + rest == ["C0", "C1", "C2", "C4", "C5"]


def test_who_pages_while_rows_come_reads_rows_twice(api: Api) -> None:
    """A row that is added in front of what was read moves the last one of it to the next page."""
    _customers(api, 4)
    query = """query ($after: String) { customers(isSystem: false, first: 2, after: $after,
      sortBy: [{field: NAME, direction: ASC}]) { nodes { name } pageInfo { endCursor } } }"""
    first = api(query)["customers"]
    api.sandbox.seed.customer("Before C0")
    second = api(query, after=first["pageInfo"]["endCursor"])["customers"]
    assert [node["name"] for page in (first, second) for node in page["nodes"]] == ["C0", "C1", "C1", "C2"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"first": 0}, []),
        ({"first": 2}, [0, 1]),
        ({"after": ""}, [0, 1, 2, 3, 4]),
        ({"after": "nonsense"}, [0, 1, 2, 3, 4]),
        ({"after": base64.b64encode(b"arrayconnection:x").decode()}, [0, 1, 2, 3, 4]),
        ({"after": cursor(2)}, [3, 4]),
        ({"after": cursor(99)}, []),
        ({"first": 1, "after": cursor(0)}, [1]),
        ({"offset": 3}, [3, 4]),
        ({"offset": 1, "after": cursor(0)}, [2, 3, 4]),
        ({"last": 2}, [3, 4]),
        ({"last": 2, "before": cursor(3)}, [1, 2]),
        ({"before": cursor(2)}, [0, 1]),
        ({"first": 1, "before": cursor(2)}, [0]),
        ({"after": cursor(0), "before": cursor(3)}, [1, 2]),
        ({"first": 3, "last": 1}, [2]),
    ],
)
def test_a_page_holds_the_rows_its_arguments_ask_for(api: Api, arguments: dict[str, Any], expected: list[int]) -> None:
    """first, last, after, before and offset select as Relay's positions do."""
    _customers(api, 5)
    assert _names(api, **arguments) == [f"C{number}" for number in expected]


@pytest.mark.parametrize("argument", ["first", "last"])
def test_a_negative_size_is_an_error(api: Api, argument: str) -> None:
    """A page cannot have a negative size."""
    (error,) = api.raw(_PAGE, **{argument: -1})["errors"]
    assert error["message"] == f"Argument '{argument}' must be a non-negative integer."


@given(
    size=st.integers(0, 30),
    cap=st.integers(1, 10),
    first=st.none() | st.integers(0, 12),
    last=st.none() | st.integers(0, 12),
    after=st.none() | st.integers(-1, 35),
    before=st.none() | st.integers(0, 35),
    offset=st.none() | st.integers(0, 5),
)
def test_every_page_is_a_run_of_the_list_within_the_cap(size: int, cap: int, **positions: int | None) -> None:
    """Whatever is asked for, a page is a gapless part of the list, in order and no longer than the cap."""
    arguments: dict[str, Any] = dict(positions)
    for name in ("after", "before"):
        arguments[name] = None if positions[name] is None else cursor(positions[name] or 0)
    got = page(Items(list(range(size))), arguments, cap)
    rows = list(got.rows())
    assert rows == list(range(got.start, got.start + len(rows)))
    assert len(rows) <= cap
    if positions["after"] is not None and rows:
        assert rows[0] > positions["after"]
    if positions["before"] is not None and rows:
        assert rows[-1] < positions["before"]


def test_more_than_a_hundred_of_everything_is_cut_and_walked_through(api: Api) -> None:
    """Customers, users, instances and their nested lists come a hundred at a time, none lost or doubled."""
    seed = api.sandbox.seed
    _customers(api, 129)
    home = seed.customer("Home")["id"]
    version = seed.version("CRM Contacts")["id"]
    for number in range(130):
        seed.user(f"user{number}@example.org", customer=home)
        seed.instance(f"I{number}", customer=home, integration=version)
    page_info = "totalCount pageInfo { hasNextPage endCursor } nodes { id }"
    lists = [
        ("query ($after: String) { customers(isSystem: false, after: $after) { %s } }", ["customers"], 130),
        ("query ($after: String) { users(after: $after) { %s } }", ["users"], 131),
        ("query ($after: String) { instances(isSystem: false, after: $after) { %s } }", ["instances"], 130),
    ]
    for query, path, count in lists:
        found = _walk(api, query % page_info, *path)
        assert len({node["id"] for node in found}) == count
    for field in ("users", "instances"):
        query = (
            f"query ($id: ID!, $after: String) {{ customer(id: $id) {{ {field}(after: $after) {{ {page_info} }} }} }}"
        )
        found = _walk(api, query, "customer", field, id=home)
        assert len({node["id"] for node in found}) == 130


def test_a_hundred_and_thirty_config_variables_need_their_own_pages(api: Api) -> None:
    """Variables, their declarations and the inputs of a connection are cut at a hundred as well."""
    variables = "".join(f"  - {{key: V{n}, dataType: string, defaultValue: d}}\n" for n in range(129))
    wide = "".join(f"      i{n:03}: {{type: value, value: ''}}\n" for n in range(130))
    api.sandbox.seed.integration(
        f"name: Wide\nrequiredConfigVars:\n{variables}  - key: Wide Connection\n    dataType: connection\n"
        f"    connection: {{key: basic, component: {{key: c}}}}\n    inputs:\n{wide}"
    )
    customer = api.sandbox.seed.customer("C")["id"]
    version = api.sandbox.seed.version("Wide")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version)["id"]
    page_info = "totalCount pageInfo { hasNextPage endCursor }"
    nodes = "nodes { id value requiredConfigVariable { key } }"
    query = (
        "query ($id: ID!, $after: String)"
        f" {{ instance(id: $id) {{ configVariables(after: $after) {{ {page_info} {nodes} }} }} }}"
    )
    found = _walk(api, query, "instance", "configVariables", id=made)
    assert [node["requiredConfigVariable"]["key"] for node in found] == [f"V{n}" for n in range(129)] + [
        "Wide Connection"
    ]
    declared = (
        "query ($id: ID!, $after: String)"
        f" {{ integration(id: $id) {{ requiredConfigVariables(after: $after) {{ {page_info} nodes {{ key }} }} }} }}"
    )
    assert len(_walk(api, declared, "integration", "requiredConfigVariables", id=version)) == 130
    inputs = f"""query ($id: ID!, $after: String) {{ instance(id: $id) {{ configVariables(last: 1) {{
      nodes {{ inputs(after: $after) {{ {page_info} nodes {{ id name }} }} }} }} }} }}"""
    first = api(inputs, id=made)["instance"]["configVariables"]["nodes"][0]["inputs"]
    rest = api(inputs, id=made, after=first["pageInfo"]["endCursor"])["instance"]["configVariables"]["nodes"][0]
    names = [item["name"] for item in (*first["nodes"], *rest["inputs"]["nodes"])]
    assert (len(first["nodes"]), first["totalCount"]) == (100, 130)
    assert names == [f"i{n:03}" for n in range(130)]


_FILTERS = [
    ("customers", {"name": "Beta"}, ["Beta"]),
    ("customers", {"name": "beta"}, []),
    ("customers", {"name": ""}, ["Alpha", "Beta", "Ärger"]),
    ("customers", {"name": None}, ["Alpha", "Beta", "Ärger"]),
    ("customers", {"name_Icontains": "ETA"}, ["Beta"]),
    ("customers", {"name_Icontains": "ÄR"}, ["Ärger"]),
    ("customers", {"name_Icontains": "%"}, []),
    ("customers", {"name_Istartswith": "al"}, ["Alpha"]),
    ("customers", {"externalId": "b"}, ["Beta"]),
    ("customers", {"externalId_Isnull": True}, ["Alpha"]),
    ("customers", {"externalId_Isnull": False}, ["Beta", "Ärger"]),
    ("customers", {"labels_Contains": "gold"}, ["Beta", "Ärger"]),
    ("customers", {"labels_Contains": "gol"}, []),
    ("customers", {"labels_Icontains": "GOL"}, ["Beta", "Ärger"]),
    ("customers", {"description_Icontains": "second"}, ["Beta"]),
    ("customers", {"createdAt_Gte": "2999-01-01T00:00:00Z"}, []),
    ("customers", {"createdAt_Lte": "2999-01-01"}, ["Alpha", "Beta", "Ärger"]),
    ("customers", {"isSystem": True}, ["Designer Test Customer"]),
    ("instances", {"customer_ExternalId": "b", "needsDeploy": True}, ["Two", "Theirs", "Flowing"]),
    ("instances", {"name": "One"}, ["One"]),
    ("instances", {"enabled": False}, ["Two"]),
    ("instances", {"needsDeploy": False}, ["One"]),
    ("instances", {"labels_Contains": "gitops:x"}, ["Two"]),
    ("instances", {"designedBy": "CUSTOMER"}, ["Theirs"]),
    ("instances", {"instanceType": "WORKFLOW"}, ["Flowing"]),
    ("instances", {"id_In": []}, ["One", "Two", "Theirs", "Flowing"]),
    ("users", {"customer_Isnull": True}, ["admin@example.com"]),
    ("users", {"email_Icontains": "KIM"}, ["kim@beta.example"]),
    ("users", {"email": "KIM@beta.example"}, ["kim@beta.example"]),
    ("integrations", {}, ["Acme Inventory", "CRM Contacts", "Every Data Type"]),
    ("integrations", {"hasInstances": True}, ["CRM Contacts"]),
    ("integrations", {"hasInstances": False}, ["Acme Inventory", "Every Data Type"]),
    ("integrations", {"versionNumber": 2, "allVersions": True}, ["Acme Inventory", "CRM Contacts", "Every Data Type"]),
    ("integrations", {"allVersions": True, "versionIsAvailable": True, "name": "CRM Contacts"}, ["CRM Contacts"]),
    ("integrations", {"customer_Isnull": True, "labels_Contains": "crm"}, ["CRM Contacts"]),
]


@pytest.fixture
def filled(api: Api) -> Api:
    """A sandbox with something for every filter to find."""
    seed = api.sandbox.seed
    seed.customer("Alpha")
    beta = seed.customer("Beta", externalId="b", labels=["Gold"], description="The second")["id"]
    seed.customer("Ärger", externalId="", labels=["gold", "old"])
    seed.user("kim@beta.example", customer=beta)
    version = seed.version("CRM Contacts")["id"]
    one = seed.instance(
        "One", customer=beta, integration=version, configVariables=[{"key": "Contact Owner", "value": "x"}]
    )["id"]
    seed.authorize(one, "CRM Connection")
    api.done("deployInstance", "instance { id }", id=one)
    two = seed.instance("Two", customer=beta, integration=version, labels=["GitOps:x"])["id"]
    api.done("updateInstance", "instance { id }", id=two, enabled=False)
    seed.instance("Theirs", customer=beta, integration=version, designed_by="CUSTOMER")
    seed.instance("Flowing", customer=beta, integration=version, workflow=True)
    return api


@pytest.mark.parametrize(("field", "arguments", "expected"), _FILTERS)
def test_filters_select(filled: Api, field: str, arguments: dict[str, Any], expected: list[str]) -> None:
    """Each filter lets through what its name says, and blank ones let everything through."""
    declared = {
        "instanceType": "InstanceType",
        "designedBy": "InstanceDesignedBy",
        "versionNumber": "Int",
        "id_In": "[ID]",
    }
    if field in {"customers", "instances"}:
        arguments = {"isSystem": False, **arguments}
    kinds = {
        name: declared.get(name)
        or ("DateTime" if name.startswith("createdAt") else "Boolean" if isinstance(value, bool) else "String")
        for name, value in arguments.items()
    }
    header = ", ".join(f"${name}: {kind}" for name, kind in kinds.items())
    passed = ", ".join(f"{name}: ${name}" for name in arguments)
    label = "email" if field == "users" else "name"
    variables, passing = (f"({header})", f"({passed})") if arguments else ("", "")
    query = f"query{variables} {{ {field}{passing} {{ nodes {{ {label} }} }} }}"
    assert [node[label] for node in filled(query, **arguments)[field]["nodes"]] == expected


def test_instances_of_an_integration_are_those_of_every_version(filled: Api) -> None:
    """Any version's ID finds the integration's instances, the draft's included."""
    nodes = filled('{ integrations(allVersions: true, name: "CRM Contacts") { nodes { id } } }')["integrations"]
    query = "query ($id: ID) { instances(integration: $id, isSystem: false) { totalCount } }"
    counts = [filled(query, id=node["id"])["instances"]["totalCount"] for node in nodes["nodes"]]
    assert counts == [4, 4]


def test_pseudo_enumerations_are_lower_case_in_arguments(filled: Api) -> None:
    """A status filter takes ``pending`` and does not know ``PENDING``."""
    query = """query ($status: String) { instances(name: "Two") { nodes {
      configVariables(status: $status) { nodes { status requiredConfigVariable { key } } } } } }"""

    def found(status: str) -> list[Any]:
        nodes: list[Any] = filled(query, status=status)["instances"]["nodes"][0]["configVariables"]["nodes"]
        return nodes

    assert found("pending") == [{"status": "PENDING", "requiredConfigVariable": {"key": "CRM Connection"}}]
    assert found("PENDING") == []


def test_orders_are_stable_and_lists_are_coerced(api: Api) -> None:
    """Several orders apply one after the other, equals stay in order of creation, one needs no brackets."""
    for name, text in [("b", "x"), ("a", "y"), ("C", "x")]:
        api.sandbox.seed.customer(name, description=text)
    query = "{{ customers(isSystem: false, sortBy: {}) {{ nodes {{ name }} }} }}"

    def ordered(text: str) -> str:
        return "".join(node["name"] for node in api(query.format(text))["customers"]["nodes"])

    assert ordered("{field: NAME, direction: DESC}") == "Cba"
    assert ordered("[{field: DESCRIPTION, direction: ASC}, {field: NAME, direction: DESC}]") == "Cba"
    assert ordered("[{field: DESCRIPTION, direction: DESC}]") == "abC"
    assert ordered("[{field: CREATED_AT, direction: DESC}, null]") == "Cab"
    assert ordered("[]") == "baC"


def test_labels_in_use_are_listed(api: Api, instance: str) -> None:
    """``customerLabels`` and ``instanceLabels`` list each label once."""
    for name in ("one", "two"):
        api.sandbox.seed.customer(name, labels=["b", "a"])
    api.done("updateInstance", "instance { id }", id=instance, labels=["z"])
    answer = api("{ customerLabels { name } instanceLabels { id name } integrationLabels { name } }")
    assert [label["name"] for label in answer["customerLabels"]] == ["a", "b"]
    assert [label["name"] for label in answer["instanceLabels"]] == ["z"]
    assert [label["name"] for label in answer["integrationLabels"]] == ["crm", "inventory"]


def test_permissions_of_a_role_are_filtered_and_sorted(api: Api) -> None:
    """A role's permissions are a list like any other."""
    query = """query ($name: String, $order: [PermissionOrder]) { organizationRoles { name
      permissions(name: $name, sortBy: $order) { totalCount nodes { name objType { id name } } } } }"""
    guest = next(role for role in api(query)["organizationRoles"] if role["name"] == "Guest")
    names = [node["name"] for node in guest["permissions"]["nodes"]]
    assert names == sorted(names)
    order = [{"field": "NAME", "direction": "DESC"}]
    guest = next(role for role in api(query, order=order)["organizationRoles"] if role["name"] == "Guest")
    assert [node["name"] for node in guest["permissions"]["nodes"]] == names[::-1]
    guest = next(role for role in api(query, name=names[0])["organizationRoles"] if role["name"] == "Guest")
    assert guest["permissions"]["totalCount"] == 1


def test_a_page_over_the_cap_is_cut_or_refused(start: Callable[..., Api]) -> None:
    """``first: 101`` means a hundred, or an error where the variant says so."""
    query = "{ customers(first: 101) { nodes { id } pageInfo { hasNextPage } } }"
    api = start(page_cap=100)
    _customers(api, 100)
    answer = api(query)["customers"]
    assert (len(answer["nodes"]), answer["pageInfo"]["hasNextPage"]) == (100, True)
    (error,) = start(variants=["page_over_cap=refused"]).raw(query)["errors"]
    assert "exceeds the 'first' limit of 100" in error["message"]
