"""GraphQL documents: one root field an operation, parsed once, and the modules that are generated from them."""

from __future__ import annotations

from importlib import import_module

import pytest
from graphql import GraphQLSyntaxError, OperationDefinitionNode, build_schema
from support.typed_operations import typed_operations

from codegen.__main__ import PACKAGE, documents, generated
from codegen.secret_marks import UnmarkedSecret
from reconciler.model.answers import Node, Payload
from reconciler.model.operation import Operation

SCHEMA = build_schema("""
type Query { things(name: String): [Thing!] thing(id: ID!): Thing webhook: WebhookEndpoint }
type Mutation { createThing(name: String): CreateThingPayload }
type Thing { id: ID! displayName: String size: Int! state: State secret: String }
type CreateThingPayload { thing: Thing errors: [ErrorType!]! }
type ErrorType { field: String! messages: [String!]! }
type WebhookEndpoint { secret: String }
enum State { ON OFF }
""")
TEXT = """
query things($name: String) { things(name: $name) { ...Fields } }
mutation createThing($name: String) { createThing(name: $name) { thing { ...Fields } errors { field messages } } }
fragment Fields on Thing {
  id
  displayName
  size
  state
  secret # secret
}
"""
MODULES = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in documents()]


def test_operations_are_found_by_name() -> None:
    """Each operation knows its root field, whether it writes, and the fragments beside it."""
    found = typed_operations(TEXT, SCHEMA)
    assert [(each.name, each.field, each.mutation, list(each.fragments)) for each in found.values()] == [
        ("things", "things", False, ["Fields"]),
        ("createThing", "createThing", True, ["Fields"]),
    ]


def test_an_answer_has_a_class_with_the_selected_fields() -> None:
    """Names are Python's, an object with an ID is a node, and the answer to a mutation is a payload."""
    payload = typed_operations(TEXT, SCHEMA)["createThing"].answer
    assert issubclass(payload, Payload)
    (thing,) = payload.__annotations__.values()
    assert thing == "Fields | None"
    fields = getattr(import_module(payload.__module__), "Fields")  # noqa: B009 - a module has no such attribute for mypy
    assert issubclass(fields, Node)
    assert fields.__annotations__ == {
        "display_name": "str | None",
        "size": "int",
        "state": "State | None",
        "secret": "SecretText[str | None]",
    }


def test_operations_of_one_name_are_the_same() -> None:
    """An operation is its name, for sets and comparisons."""
    one, other = typed_operations(TEXT, SCHEMA), typed_operations(TEXT, SCHEMA)
    assert one["things"] == other["things"]
    assert one["things"] != one["createThing"]
    assert one["things"] != "things"
    assert len({one["things"], other["things"], one["createThing"]}) == 2


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("query both { things { id } thing(id: 1) { id } }", ValueError),
        ("query things { thin { id } }", ValueError),
        ("query things { things }", TypeError),
        ("query things { things { size @skip(if: true) } }", ValueError),
        ("query webhook { webhook { secret } }", UnmarkedSecret),
        ("query things { a", GraphQLSyntaxError),
    ],
)
def test_an_operation_that_has_no_type_is_refused(text: str, error: type[Exception]) -> None:
    """No module is generated for two root fields, a field that is unknown or optional, or a secret without a mark."""
    with pytest.raises(error):
        typed_operations(text, SCHEMA)


def test_modules_are_generated_from_their_documents() -> None:
    """Each generated module is as ``make generate`` writes it."""
    assert [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text] == []


@pytest.mark.parametrize("name", MODULES)
def test_shipped_documents_are_parsed_once(name: str) -> None:
    """The operations of a module share its document, and each operation of the document has a constant."""
    module = import_module(name)
    document = module.DOCUMENT
    assert document.node is document.node
    found = [each for each in vars(module).values() if isinstance(each, Operation)]
    assert all(each.document is document for each in found)
    definitions = [each for each in document.node.definitions if isinstance(each, OperationDefinitionNode)]
    assert [each.node for each in found] == definitions
