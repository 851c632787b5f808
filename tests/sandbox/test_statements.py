"""How many statements an answer takes, and whether an index serves each of them."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_named_type, is_leaf_type, is_required_argument
from sandbox import rich
from sandbox.client import Api
from sandbox.schema_lists import lists
from support.world import INTEGRATIONS

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.schema_lists import ListField

FIXED = {"components", "alertTriggers"}
"""Lists that are as long in every tenant."""
LISTS = [each for each in lists() if each.parent in {"RootQuery", "Organization"} and each.name not in FIXED]


def _depth(on: ListField) -> int:
    """Return how many objects below a row are looked into: where clients go deep, further."""
    return 2 if on.name in {"customers", "instances", "integrations"} else 1


def _tenant(copies: int) -> Iterator[Api]:
    with Sandbox(Settings(integrations=(INTEGRATIONS,), outcomes=rich.OUTCOMES)) as sandbox:
        api = Api(sandbox)
        rich.furnish(api, copies)
        yield api
        api.close()


@pytest.fixture(scope="module")
def small() -> Iterator[Api]:
    """A tenant with one or two of everything."""
    yield from _tenant(1)


@pytest.fixture(scope="module")
def large() -> Iterator[Api]:
    """The same three times."""
    yield from _tenant(3)


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """Collect the statements that are run, with their parameters filled in."""
    found: list[str] = []
    api.sandbox.store.watch(found.append)
    yield found
    api.sandbox.store.watch(None)


def _everything(kind: Any, depth: int) -> str:
    """Return a selection of all that can be asked of an object without arguments, lists with their counts included."""
    chosen = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(inner):
            chosen.append(name)
        elif depth and "pageInfo" in getattr(inner, "fields", {}):
            node = get_named_type(inner.fields["nodes"].type)
            chosen.append(
                f"{name} {{ totalCount pageInfo {{ hasNextPage }} nodes {{ {_everything(node, depth - 1)} }} }}"
            )
        elif depth and hasattr(inner, "fields"):
            chosen.append(f"{name} {{ {_everything(inner, depth - 1)} }}")
    return " ".join(chosen)


@pytest.mark.parametrize("on", LISTS, ids=str)
def test_more_rows_take_no_more_statements(small: Api, large: Api, on: ListField) -> None:
    """Three times the rows of a list take the same number of statements, with any fields and nested lists."""
    every = {"allVersions": True} if "allVersions" in on.arguments else {}
    select = f"totalCount nodes {{ {_everything(on.node, _depth(on))} }}"
    rows, run = [], []
    for api in (small, large):
        with statements(api) as found:
            rows.append(len(on.ask(api, select, **every, first=100)["nodes"]))
        run.append(Counter(re.sub(r"'[^']*'", "?", statement) for statement in found))
    assert rows[1] > rows[0]
    assert run[1] == run[0]


_INSTANCE_PAGE = """{ instances(first: 100, isSystem: false, sortBy: [{field: CREATED_AT, direction: ASC}]) {
  totalCount pageInfo { hasNextPage endCursor } nodes {
    id name description enabled needsDeploy labels lastDeployedAt configState
    customer { id name externalId } integration { id versionNumber versionSequenceId }
    configVariables(first: 100) { pageInfo { hasNextPage } nodes {
      id value scheduleType timeZone status requiredConfigVariable { key dataType collectionType defaultValue }
      inputs(first: 100) { pageInfo { hasNextPage } nodes { name type value hasValue } } } } } } }"""


@pytest.mark.parametrize("count", [1, 100])
def test_a_page_of_instances_takes_seven_statements(count: int) -> None:
    """Instances with customers, versions, states, config variables and inputs: one statement for each of these."""
    with Sandbox(Settings(integrations=(INTEGRATIONS,))) as sandbox:
        api, seed = Api(sandbox), sandbox.seed
        version = seed.version("Acme Inventory")["id"]
        for number in range(count):
            customer = seed.customer(f"Customer {number}")["id"]
            seed.instance("Acme Inventory", customer=customer, integration=version)
        with statements(api) as found:
            nodes = api(_INSTANCE_PAGE)["instances"]["nodes"]
        api.close()
    assert len(nodes) == count
    assert len(nodes[0]["configVariables"]["nodes"]) >= 10
    # Instances, their number, states, customers, versions, variables, and what these are declared as.
    assert len(found) == 7


def _scans(api: Api, statement: str) -> list[str]:
    """Return the tables that SQLite reads from end to end for a statement."""
    plan = api.sandbox.store.rows(f"EXPLAIN QUERY PLAN {statement}")
    steps = [row["detail"].split() for row in plan]
    return [step[1] for step in steps if step[0] == "SCAN" and step[1] != "json_each" and "(" not in step[1]]


_LOOKED_UP = {
    'customers(externalId: "n-1")': 1,
    'customers(name: "North")': 1,
    'customers(name: "North", isSystem: false, sortBy: [{field: CREATED_AT, direction: ASC}])': 1,
    'users(email: "kim@north.example")': 1,
    'users(customer: "%(north)s")': 2,
    'instances(id_In: ["%(depot)s"])': 1,
    'instances(name: "Paused")': 1,
    'instances(customer: "%(north)s", name: "Depot")': 1,
    'instances(customer_ExternalId: "n-1", name: "Depot")': 1,
    'instances(integration: "%(version)s", isSystem: false)': 5,
    'integrations(name: "Crates", allVersions: true)': 3,
    'integrations(versionSequenceId: "%(sequence)s", allVersions: true, versionIsAvailable: true)': 2,
    'executionResults(instance: "%(depot)s")': 8,
    'logs(instance: "%(depot)s")': 20,
    'stepResults(instance: "%(depot)s")': 16,
}


@pytest.mark.parametrize("field", _LOOKED_UP)
def test_looking_something_up_reads_no_table_from_end_to_end(small: Api, field: str) -> None:
    """An index serves each filter by which clients look things up, in a tenant of any size."""
    store = small.sandbox.store
    (north,) = store.where("customers", name="North")
    (depot,) = store.where("instances", customer=north["id"], name="Depot")
    version = store.get("integrations", depot["integration"])
    asked = field % {
        "north": north["id"],
        "depot": depot["id"],
        "version": version["id"],
        "sequence": version["versionSequenceId"],
    }
    with statements(small) as found:
        (answer,) = small(f"{{ {asked} {{ totalCount nodes {{ id }} }} }}").values()
    assert answer["totalCount"] == len(answer["nodes"]) == _LOOKED_UP[field]
    assert [_scans(small, statement) for statement in found] == [[], []]


@pytest.mark.parametrize("on", [each for each in LISTS if each.parent == "RootQuery"], ids=str)
def test_what_is_below_the_rows_of_a_list_reads_no_table_from_end_to_end(small: Api, on: ListField) -> None:
    """An index serves each statement that finds what belongs to the rows of a page."""
    with statements(small) as found:
        on.ask(small, f"nodes {{ {_everything(on.node, _depth(on))} }}", first=100)
    below = [statement for statement in found if "json_each(" in statement]
    assert {statement: scans for statement in below if (scans := _scans(small, statement))} == {}


def test_an_index_serves_every_reference(small: Api) -> None:
    """Deleting a row finds what goes with it by an index: each column that refers to a table is the first of one."""
    store = small.sandbox.store
    tables = [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    bare = []
    for table in tables:
        indexes = [row["name"] for row in store.rows(f"PRAGMA index_list({table})")]
        first = {store.rows(f"PRAGMA index_info({index})")[0]["name"] for index in indexes}
        referring = {row["from"] for row in store.rows(f"PRAGMA foreign_key_list({table})")}
        bare += [f"{table}.{column}" for column in sorted(referring - first)]
    assert len(tables) > 10
    assert bare == []


def test_a_shared_connection_finds_its_instances_by_indexes(small: Api) -> None:
    """What a new connection of a customer changes takes no longer in a tenant with many instances."""
    seed = small.sandbox.seed
    scoped = seed.add("connections", stableKey="shared-depot-2")["id"]
    owner = seed.customer("Shared")["id"]
    with statements(small) as found:
        data = {"scopedConfigVariable": scoped, "customer": owner}
        small.done("createCustomerConfigVariable", "customerConfigVariable { id }", **data)
    about = [statement for statement in found if "shared_uses" in statement or "found_uses" in statement]
    assert about
    assert {statement: scans for statement in about if (scans := _scans(small, statement))} == {}
