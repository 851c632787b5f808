"""Every document that the product sends, and every query that it derives, against Prismatic's schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from graphql import build_schema, print_ast, validate
from prismatic.product_operations import product_operations

from reconciler.prismatic.graphql.batching import Call, Merger
from reconciler.prismatic.graphql.page_queries import outline_of, page_operation, row_operation, total_operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphql import GraphQLSchema

    from reconciler.model.operation import Operation
    from reconciler.prismatic.graphql.page_queries import Nested, Outline

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "prismatic-api.graphql"
OPERATIONS = product_operations()


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    if not SCHEMA.exists():
        pytest.skip("Prismatic's schema is not beside the repository")
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


def chains(connections: Sequence[Nested]) -> Iterator[tuple[Nested, ...]]:
    for each in connections:
        yield (each,)
        yield from ((each, *below) for below in chains(each.inner))


def derived(operation: Operation) -> list[Operation]:
    """Return the queries for further pages, totals and rows of the operation."""
    if operation.mutation:
        return []
    outline: Outline = outline_of(operation)
    totals = [total_operation(operation), row_operation(operation)] if outline.paged else []
    return totals + [page_operation(operation, outline, chain) for chain in chains(outline.inner)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.name for each in OPERATIONS])
def test_a_document_is_valid(operation: Operation, schema: GraphQLSchema) -> None:
    """An operation is valid alone and several times in one request, and so are the queries derived from it."""
    for each in (operation, *derived(operation)):
        for calls in ([Call(each, {})], [Call(each, {})] * 3):
            document = Merger().merge(calls).node
            assert validate(schema, document) == [], print_ast(document)


def test_all_queries_fit_in_one_request(schema: GraphQLSchema) -> None:
    """All queries of all kinds can share a request, with their fragments."""
    queries = [each for one in OPERATIONS for each in (one, *derived(one)) if not each.mutation]
    assert validate(schema, Merger().merge([Call(each, {}) for each in queries]).node) == []


def test_the_configuration_of_an_instance_is_read_to_its_end() -> None:
    """Config variables, their inputs and flow configs are read page by page."""
    (instances,) = (each for each in OPERATIONS if each.name == "instances")
    keys = {tuple(key for nested in chain for key in nested.keys) for chain in chains(outline_of(instances).inner)}
    assert keys >= {("configVariables",), ("configVariables", "inputs"), ("flowConfigs",)}
