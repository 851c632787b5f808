"""GraphQL documents: one root field an operation, parsed once."""

from __future__ import annotations

from importlib import resources

import pytest
from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse

from reconciler.model.operation import load_operations, parse_operations

TEXT = """
query things($name: String) { things(name: $name) { nodes { ...Fields } } }
mutation createThing($input: Input!) { createThing(input: $input) { thing { ...Fields } } }
fragment Fields on Thing { id }
"""


def test_operations_are_found_by_name() -> None:
    """Each operation knows its root field, whether it writes, and the fragments beside it."""
    found = parse_operations(TEXT)
    assert list(found) == ["things", "createThing"]
    assert [(each.field, each.mutation, list(each.fragments)) for each in found.values()] == [
        ("things", False, ["Fields"]),
        ("createThing", True, ["Fields"]),
    ]


def test_operations_of_one_name_are_the_same() -> None:
    """An operation is its name, for sets and comparisons."""
    one, other = parse_operations(TEXT), parse_operations(TEXT)
    assert one["things"] == other["things"]
    assert one["things"] != other["createThing"]
    assert one["things"] != "things"
    assert len({one["things"], other["things"], one["createThing"]}) == 2


def test_an_operation_of_several_root_fields_is_refused() -> None:
    """Only operations with one root field can travel as aliases together."""
    with pytest.raises(ValueError, match="too many values"):
        _ = parse_operations("query both { a b }")["both"].node


def test_invalid_graphql_is_refused() -> None:
    """A mistake in a document ends as soon as one of its operations is used."""
    with pytest.raises(GraphQLSyntaxError):
        _ = parse_operations("query one { a")["one"].node


@pytest.mark.parametrize("folder", ["customer", "user", "instance", "integration"])
def test_shipped_documents_are_parsed_once(folder: str) -> None:
    """The same file is the same operations for the whole process, and each operation is named as it is listed."""
    package, file = f"reconciler.kinds.{folder}", "operations.graphql"
    found = load_operations(package, file)
    assert found is load_operations(package, file)
    assert all(operation.name == name for name, operation in found.items())
    assert all(operation.node.name.value == name for name, operation in found.items() if operation.node.name)
    assert len(found) == sum(
        isinstance(each, OperationDefinitionNode)
        for each in parse(resources.files(package).joinpath(file).read_text(encoding="utf-8")).definitions
    )
