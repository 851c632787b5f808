"""Every filter, every order and every page of every list that the schema declares, against an oracle.

The oracle reads all rows with the fields that a filter's name spells (``customer_ExternalId``: the customer's external
ID), and chooses among them in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLEnumType, get_named_type, is_leaf_type
from sandbox import rich
from sandbox.client import Api
from sandbox.schema_lists import lists
from support.world import INTEGRATIONS

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.executions import SEVERITIES
from reconciler.sandbox.data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sandbox.schema_lists import ListField

LISTS = list(lists())
Node = dict[str, Any]

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "": lambda found, asked: bool(found == asked),
    "Gte": lambda found, asked: found is not None and found >= asked,
    "Lte": lambda found, asked: found is not None and found <= asked,
    "In": lambda found, asked: found in asked,
    "Isnull": lambda found, asked: (found is None) == asked,
    "Icontains": lambda found, asked: found is not None and asked.casefold() in found.casefold(),
    "Istartswith": lambda found, asked: found is not None and found.casefold().startswith(asked.casefold()),
}
FOREIGN: Mapping[str, Sequence[Any]] = {
    "Boolean": (True, False),
    "DateTime": ("1999-01-01T00:00:00+00:00", "2998-01-01T00:00:00+00:00"),
    "ID": ("bm90aGluZw==",),
    "Int": (4711, -1),
    "String": ("nothing like it",),
    "UUID": ("00000000-0000-4000-8000-000000000000",),
}
"""Values that no row needs to have for a filter to be asked for them."""

MANY = 3
"""How many of the values that rows have are asked for."""

TABLES = {
    "Activity": "activities",
    "Customer": "customers",
    "CustomerConfigVariable": "customer_config_variables",
    "InstanceConfigVariable": "config_variables",
    "InstanceFlowConfig": "flow_configs",
    "ScopedConfigVariable": "scoped_config_variables",
}
SORTED_BY = {
    "CUSTOMER": "customer.name",
    "CATEGORY": "integration.category",
    "FLOW": "flow.name",
    "FLOW_CONFIG": "flow.name",
    "INSTANCE": "instance.name",
    "INTEGRATION": "integration.name",
    "PUBLISHED_AT": "versionCreatedAt",
    "PUBLISHED_BY": "versionCreatedBy.id",
    "ROLE": "role.level",
    "VERSION": "integration.versionNumber",
}
SORTED_OF_MONITORS = {
    "CUSTOMER": "instance.customer.name",
    "FLOW_CONFIG": "flowConfig.flow.name",
    "FLOW_CONFIG__FLOW": "flowConfig.flow.name",
    "INSTANCE": "instance.name",
    "INTEGRATION": "instance.integration.name",
}
FOLDED = {
    "CUSTOMER",
    "CATEGORY",
    "COMPONENT_LABEL",
    "DESCRIPTION",
    "DETAILS",
    "EMAIL",
    "FLOW",
    "FLOW_CONFIG",
    "FLOW_CONFIG__FLOW",
    "INSTANCE",
    "INTEGRATION",
    "KEY",
    "LABEL",
    "MONITOR",
    "NAME",
    "URL",
}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """A tenant with something for every filter to find; nothing is written to it."""
    with Sandbox(Settings(integrations=(INTEGRATIONS,), outcomes=rich.OUTCOMES)) as sandbox:
        api = Api(sandbox)
        rich.furnish(api)
        yield api
        api.close()


@dataclass(frozen=True, slots=True)
class Filter:
    """One argument of one list."""

    on: ListField
    name: str

    def __str__(self) -> str:
        return f"{self.on}:{self.name}"

    @property
    def kind(self) -> Any:
        return get_named_type(self.on.arguments[self.name].type)

    @property
    def operator(self) -> str:
        last = self.name.rpartition("_")[2]
        return last if last in OPERATORS or last == "Contains" else ""

    @property
    def path(self) -> list[str]:
        """Return the path from a node to the compared value."""
        spelled = self.name.removesuffix(f"_{self.operator}") if self.operator else self.name
        steps = [step[0].lower() + step[1:] for step in spelled.split("_")]
        if steps[0] == "connection" and self.on.node.name == "CustomerConfigVariable":
            steps.insert(0, "scopedConfigVariable")
        return ["integration", "versionSequenceId"] if self.of_every_version else steps

    @property
    def of_every_version(self) -> bool:
        """Say whether this takes the ID of one version and finds instances of all."""
        return self.on.node.name == "Instance" and self.name == "integration"

    def values(self, seen: Iterable[Any]) -> list[Any]:
        """Return values to ask for: those that rows have, parts of them, and some that none has."""
        kind, seen = self.kind, [value for value in dict.fromkeys(map(_hashable, seen)) if value is not None][:MANY]
        if isinstance(kind, GraphQLEnumType):
            return list(kind.values)
        if self.operator == "Isnull" or kind.name == "Boolean":
            return [True, False]
        if self.operator in {"Icontains", "Istartswith"}:
            cut = slice(0, 3) if self.operator == "Istartswith" else slice(1, None)
            return [part for value in seen if (part := value[cut].upper())] + list(FOREIGN["String"])
        if self.operator == "In":
            return [[value] for value in seen] + [seen[:2], [FOREIGN[kind.name][0]]]
        return [value for value in seen if value != ""] + list(FOREIGN[kind.name])


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _selection(kind: Any, paths: Iterable[Sequence[str]]) -> str:
    """Return what to select of a node for what stands at these paths."""
    below: dict[str, list[Sequence[str]]] = {}
    for step, *rest in paths:
        below.setdefault(step, []).append(rest)
    chosen = []
    for name, rests in below.items():
        inner = get_named_type(kind.fields[name].type)
        ways = [rest for rest in rests if rest] or ([] if is_leaf_type(inner) else [["id"]])
        chosen.append(f"{name} {{ {_selection(inner, ways)} }}" if ways else name)
    return " ".join(chosen)


def _at(node: Any, path: Sequence[str]) -> Any:
    for step in path:
        node = None if node is None else node[step]
    return node["id"] if isinstance(node, dict) and set(node) == {"id"} else node


def _known(path: Sequence[str], kind: Any) -> bool:
    """Return whether nodes of this type have a value at a path."""
    for step in path:
        if step not in getattr(kind, "fields", {}):
            return False
        kind = get_named_type(kind.fields[step].type)
    return True


def _all(api: Api, on: ListField, paths: Iterable[Sequence[str]], **arguments: Any) -> list[Node]:
    known = [path for path in paths if _known(path, on.node)]
    every = {"allVersions": True} if "allVersions" in on.arguments else {}
    select = f"totalCount nodes {{ id {_selection(on.node, known)} }}"
    answer = on.ask(api, select, **{**every, **arguments})
    assert answer["totalCount"] == len(answer["nodes"]) < 100
    nodes: list[Node] = answer["nodes"]
    return nodes


def _stored(api: Api, on: ListField, node: Node, column: str) -> Any:
    return api.sandbox.store.get(TABLES[on.node.name], node["id"])[column]


FILTERS = [Filter(on, name) for on in LISTS for name in on.filters if name != "allVersions"]
SPECIAL = {
    "connection_Component_In",
    "filterQuery",
    "hasConnections",
    "hasInstances",
    "hasOauth2Connections",
    "hasSimpleConnections",
    "includeComponentsForCodeNativeIntegrations",
    "includeCustomer",
    "triggers",
    "triggers_IsGlobal",
    "triggers_Name_Icontains",
    "visibleToCustomerDeployer",
    "visibleToOrgDeployer",
}
OUT_OF_SCOPE = {
    "Integration.versionSequence:customer",
    "Organization.users:customer",
    "ScopedConfigVariable.integrations:customer",
}
"""The team has no customer's users in it, and the integrations that are looked at belong to no customer."""


@pytest.mark.parametrize("part", [0, pytest.param(1, marks=pytest.mark.full), pytest.param(2, marks=pytest.mark.full)])
@pytest.mark.parametrize("on", LISTS, ids=str)
def test_every_filter_of_a_list_chooses_as_its_name_says(api: Api, on: ListField, part: int) -> None:
    """Whatever is asked for, exactly those rows come, in order, whose field fits the filter's operator and value."""
    for each in [each for each in FILTERS if each.on == on and each.name not in SPECIAL][part::3]:
        nodes = _all(api, on, [each.path])
        value_of = _value_of(api, each)
        tried = []
        for asked in each.values(_seen(api, each, nodes, value_of)):
            meant = _sequence_of(api, asked) if each.of_every_version else asked
            expected = [node["id"] for node in nodes if _fits(each, value_of(node), meant)]
            found = [node["id"] for node in _all(api, on, [], **{each.name: asked})]
            assert found == expected, (str(each), asked)
            tried.append(len(expected))
        assert any(count < len(nodes) for count in tried), f"{each} keeps nothing out"
        assert any(tried) or str(each) in OUT_OF_SCOPE, f"{each} lets nothing through"


def _sequence_of(api: Api, version: str) -> str | None:
    found = api.sandbox.store.find("integrations", version)
    return found["versionSequenceId"] if found else None


def _value_of(api: Api, each: Filter) -> Callable[[Node], Any]:
    def value(node: Node) -> Any:
        if not _known(each.path, each.on.node):
            return bool(_stored(api, each.on, node, each.name))
        found = _at(node, each.path)
        if each.name == "severity":
            return SEVERITIES.index(found)
        # What is an enumeration in answers is a string in lower case in arguments.
        lower = each.kind.name == "String" and _is_enumeration(each)
        return found.lower() if lower and found is not None else found

    return value


def _is_enumeration(each: Filter) -> bool:
    kind: Any = each.on.node
    for step in each.path:
        kind = get_named_type(kind.fields[step].type)
    return isinstance(kind, GraphQLEnumType)


def _seen(api: Api, each: Filter, nodes: Sequence[Node], value_of: Callable[[Node], Any]) -> list[Any]:
    if "labels" in each.path:
        return [label for node in nodes for label in node["labels"]]
    if each.of_every_version:
        return [row["id"] for row in api.sandbox.store.rows("SELECT id FROM integrations WHERE name = 'Crates'")]
    return [value_of(node) for node in nodes]


def _fits(each: Filter, found: Any, asked: Any) -> bool:
    if "labels" in each.path:
        return any(label == asked if each.operator == "Contains" else asked.casefold() in label for label in found)
    return OPERATORS[each.operator](found, asked)


def test_no_filter_is_forgotten() -> None:
    """Nodes have the value of each filter, except for one in the store and a few with tests of their own."""
    assert len(FILTERS) > 400
    strange = {str(each) for each in FILTERS if each.name not in SPECIAL and not _known(each.path, each.on.node)}
    assert strange == {"RootQuery.customers:isSystem", "Organization.customers:isSystem"}


def test_monitors_are_filtered_and_ordered_by_their_triggers(api: Api) -> None:
    """By the IDs of triggers, of which one is enough, by a part of a name, by whether one is global, and by name."""
    query = "{ alertMonitors { nodes { id triggers { nodes { id name isGlobal } } } } }"
    everything = api(query)["alertMonitors"]["nodes"]
    names = {node["id"]: [each["name"] for each in node["triggers"]["nodes"]] for node in everything}
    ids = {each["name"]: each["id"] for node in everything for each in node["triggers"]["nodes"]}

    def found(arguments: str) -> list[str]:
        answer = api(f"{{ alertMonitors({arguments}) {{ nodes {{ id }} }} }}")
        return [node["id"] for node in answer["alertMonitors"]["nodes"]]

    asked = ("Execution Failed", "Instance Disabled")
    one, both = (", ".join(f'"{ids[name]}"' for name in each) for each in (asked[:1], asked))
    assert found(f"triggers: [{one}]") == [each for each, own in names.items() if asked[0] in own]
    assert found(f"triggers: [{both}]") == [each for each, own in names.items() if {*asked} & {*own}]
    assert found('triggers_Name_Icontains: "DISABLED"') == [each for each, own in names.items() if asked[1] in own]
    assert found("triggers_IsGlobal: true") == [each for each, own in names.items() if asked[0] in own]
    ordered = found("orderBy: {field: TRIGGERS, direction: ASC}")
    assert [min(names[each]) for each in ordered] == sorted(min(own) for own in names.values())


@pytest.mark.parametrize("name", ["visibleToCustomerDeployer", "visibleToOrgDeployer"])
def test_inputs_are_filtered_by_who_sees_them(api: Api, name: str) -> None:
    """A connection's inputs are those that customers, or the organization, see when they deploy."""
    query = """query ($asked: Boolean) { instances(name: "Depot", first: 1) { nodes { configVariables { nodes {
      inputs(%s: $asked) { nodes { name } }
      requiredConfigVariable { key inputs(%s: $asked) { nodes { name } } } } } } } }"""
    seen = {"visibleToCustomerDeployer": ("host", "port"), "visibleToOrgDeployer": ("port", "host")}[name]
    for asked, expected in ((True, seen[:1]), (False, seen[1:]), (None, ("host", "port"))):
        (instance,) = api(query % (name, name), asked=asked)["instances"]["nodes"]
        variables = {node["requiredConfigVariable"]["key"]: node for node in instance["configVariables"]["nodes"]}
        crate = variables["Crate Connection"]
        for inputs in (crate["inputs"], crate["requiredConfigVariable"]["inputs"]):
            assert [node["name"] for node in inputs["nodes"]] == list(expected)


@pytest.mark.parametrize("on", [each for each in LISTS if each.orders], ids=str)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_every_order_of_a_list_sorts_as_its_name_says(api: Api, on: ListField, direction: str) -> None:
    """Rows come in the order that was asked for, unset ones first when it rises, and equals as they were created."""
    unsorted = [node["id"] for node in _all(api, on, [])]
    for order in (each for each in on.orders if each != "TRIGGERS"):
        path = _path_of_order(on, order)
        arguments = [name for name in ("orderBy", "sortBy") if name in on.arguments]
        for argument in arguments:
            asked: Any = {"field": order, "direction": direction}
            nodes = _all(api, on, [path], **{argument: asked if argument == "orderBy" else [asked]})
            keys = {node["id"]: _sort_key(api, on, node, order, path) for node in nodes}
            expected = sorted(unsorted, key=cmp_to_key(lambda a, b, keys=keys: _compared(keys[a], keys[b], direction)))
            assert [node["id"] for node in nodes] == expected, (str(on), order)


def _path_of_order(on: ListField, order: str) -> list[str]:
    words = order.lower().split("_")
    plain = words[0] + "".join(word.title() for word in words[1:])
    path = SORTED_BY.get(order, plain).split(".")
    if order == "COMPONENT_LABEL":
        path = ["connection", "component", "label"]
        path = ["scopedConfigVariable", *path] if on.node.name == "CustomerConfigVariable" else path
    if order == "CATEGORY" and "category" in on.node.fields:
        path = ["category"]
    if on.node.name in {"AlertMonitor", "AlertEvent"} and order in SORTED_OF_MONITORS:
        path = SORTED_OF_MONITORS[order].split(".")
        path = ["monitor", *path] if on.node.name == "AlertEvent" else path
    if order == "MONITOR":
        path = ["monitor", "name"]
    if on.node.name == "Version":
        path = {"PUBLISHED_AT": ["publishedAt"], "PUBLISHED_BY": ["publishedBy", "id"]}.get(order, path)
    return path


def _sort_key(api: Api, on: ListField, node: Node, order: str, path: Sequence[str]) -> Any:
    if order == "SORT_ORDER" and on.node.name == "InstanceFlowConfig":
        return api.sandbox.store.get("flows", _stored(api, on, node, "flow"))["sortOrder"]
    found = _at(node, path) if _known(path, on.node) else _stored(api, on, node, path[-1])
    if order == "SEVERITY":
        return SEVERITIES.index(found)
    return found.casefold() if order in FOLDED and found is not None else found


def _compared(first: Any, second: Any, direction: str) -> int:
    if first == second:
        return 0
    rising = first is None or (second is not None and first < second)
    return -1 if rising == (direction == "ASC") else 1


@pytest.mark.parametrize("on", LISTS, ids=str)
def test_every_list_comes_in_pages(api: Api, on: ListField) -> None:
    """Pages of two, by cursor or by offset, forwards or backwards, are the whole list, which each of them counts."""
    every = {"allVersions": True} if "allVersions" in on.arguments else {}
    select = "totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor startCursor }"
    if "totalCount" not in on.ask(api, select, **every):
        pytest.fail("a list without a count")
    whole = on.ask(api, select, **every)
    ids = [node["id"] for node in whole["nodes"]]
    assert whole["totalCount"] == len(ids) > 1
    assert len(set(ids)) == len(ids)

    forwards: list[str] = []
    cursor = ""
    for _ in range(len(ids)):
        answer = on.ask(api, select, **every, first=2, after=cursor)
        assert answer["totalCount"] == len(ids)
        assert [edge["node"] for edge in answer["edges"]] == answer["nodes"]
        assert answer["edges"][-1]["cursor"] == answer["pageInfo"]["endCursor"]
        forwards += [node["id"] for node in answer["nodes"]]
        cursor = answer["pageInfo"]["endCursor"]
        if not answer["pageInfo"]["hasNextPage"]:
            break
    assert forwards == ids

    if "offset" in on.arguments:
        slices = [on.ask(api, select, **every, first=2, offset=start) for start in range(0, len(ids), 2)]
        assert [node["id"] for answer in slices for node in answer["nodes"]] == ids
    if "last" in on.arguments:
        last = on.ask(api, select, **every, last=1)
        assert [node["id"] for node in last["nodes"]] == ids[-1:]
        before = on.ask(api, select, **every, last=1, before=last["pageInfo"]["startCursor"])
        assert [node["id"] for node in before["nodes"]] == ids[-2:-1]
