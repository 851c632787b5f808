"""The generator of the typed operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from graphql import build_schema, parse, print_ast

from codegen.__main__ import ROOT, SCHEMA, documents, generated, main
from codegen.module import module_of, source_of
from codegen.schema_part import part_of, text_of

if TYPE_CHECKING:
    from pathlib import Path

REAL = ROOT.parent / "shared" / "prismatic-api.graphql"
API = build_schema("""
    type Query { things(first: Int): ThingConnection!  thing(id: ID!): Thing }
    type Mutation { change(input: ChangeInput!): ChangePayload }
    input ChangeInput { id: ID!, size: Size }
    input Unused { id: ID! }
    type ChangePayload { thing: Thing, errors: [ErrorType!]! }
    type ErrorType { field: String!, messages: [String!]! }
    type ThingConnection { nodes: [Thing]!, pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean!, endCursor: String }
    type Thing { id: ID!, size: Size, parts: [Int!], maybe: [Int], owner: Owner!, other: Owner, unused: Unknown }
    type Owner { id: ID!, title: String! }
    type Unknown { id: ID! }
    enum Size { SMALL BIG }
""")


def source(text: str) -> str:
    return source_of(text, "x.graphql", API, {})


def test_every_module_is_what_its_file_says() -> None:
    """Each generated module of the product is fresh, and no operation is without one."""
    assert {path: path.read_text(encoding="utf-8") for path in generated()} == generated()
    assert len(documents()) >= 6


def test_nullability_lists_and_enumerations_are_those_of_the_schema() -> None:
    """A field that the schema lets be null may be null, and no other; so may the items of a list."""
    text = source("query thing { thing(id: 1) { id size parts maybe owner { id title } other { id title } } }")
    for line in (
        "size: Size | None",
        "parts: list[int] | None",
        "maybe: list[int | None] | None",
        "owner: Owner\n",
        "other: Owner | None",
        'Size = Literal["BIG", "SMALL"]',
    ):
        assert line in text.replace("'", '"')


def test_a_selection_of_an_id_alone_is_a_node() -> None:
    """Objects of which only the ID is asked for need no class of their own."""
    assert "owner: Node" in source("query thing { thing(id: 1) { id owner { id } } }")


def test_rows_of_a_connection_are_objects() -> None:
    """The schema lets a row be null, which comes with an error; the type of a row is the object."""
    text = source("query things { things { nodes { id size } pageInfo { hasNextPage endCursor } } }")
    assert "nodes: list[Thing]" in text
    assert "class ThingConnection(Page, " in text


def test_different_selections_of_one_type_have_classes_of_their_own() -> None:
    """A class is named like its type, or like its place where one document has several selections of the type."""
    text = source("query thing { thing(id: 1) { id owner { id title } other { title } } }")
    assert "owner: ThingOwner" in text
    assert "other: OwnerTitle | None" in text


def test_a_mutation_answers_with_a_payload() -> None:
    """The payload of a mutation has the object, which may be null, and its errors."""
    text = source(
        "mutation change($input: ChangeInput!) { change(input: $input) { thing { id } errors { field messages } } }"
    )
    assert "class ChangePayload(Payload" in text
    assert "thing: Node | None" in text
    assert "CHANGE = Operation" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query thing { thing(id: 1) { id colour } }", "Thing has no field colour"),
        ("query thing { thing(id: 1) { owner } }", "Thing.owner needs a selection"),
        ("query thing { thing(id: 1) { id @skip(if: true) } }", "a field that an answer may lack"),
        ("query thing { thing(id: 1) { ... on Thing { id } } }", "an inline fragment has no type"),
    ],
)
def test_a_query_that_has_no_type_is_an_error(text: str, message: str) -> None:
    """A field that the schema lacks, or that an answer may lack, cannot be generated."""
    with pytest.raises((ValueError, TypeError), match=message):
        source(text)


def test_fragments_of_another_file_keep_their_classes(tmp_path: Path) -> None:
    """A document imports the classes of the fragments that it takes from another file."""
    (tmp_path / "p" / "shared").mkdir(parents=True)
    (tmp_path / "p" / "shared" / "fragments.graphql").write_text("fragment Owned on Owner { id title }", "utf-8")
    operations = tmp_path / "p" / "operations.graphql"
    query = "query thing { thing(id: 1) { id owner { ...Owned } } }"
    operations.write_text(f'# import "shared/fragments.graphql"\n{query}', "utf-8")
    text = module_of(operations, tmp_path / "p", API)
    assert "from p.shared.fragments import DOCUMENT as SHARED_FRAGMENTS, Owned" in text
    assert 'DOCUMENT = OperationFile(__package__, "operations.graphql", SHARED_FRAGMENTS)' in text
    assert "class Owned" not in text


def test_the_shipped_schema_is_the_part_that_is_used() -> None:
    """Unused types and fields are left out; used fields keep their arguments and inputs."""
    mutation = "mutation change($input: ChangeInput!) { change(input: $input) { thing { id } } }"
    whole: Any = parse("\n".join(print_ast(each.ast_node) for each in API.type_map.values() if each.ast_node))
    part = print_ast(part_of(whole, [mutation, "query thing { thing(id: 1) { id } }"]))
    assert "input ChangeInput" in part
    assert "enum Size" in part
    for name in ("Unused", "Unknown", "Owner", "things", "errors"):
        assert name not in part


def test_the_shipped_schema_has_every_field_of_the_operations() -> None:
    """The product's own schema is whole: all documents are generated from it alone."""
    assert build_schema(SCHEMA.read_text(encoding="utf-8")).query_type


def test_a_stale_module_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The check names each module that is not fresh, and writes nothing; without the check they are written."""
    stale, fresh = tmp_path / "operations.py", tmp_path / "fresh.py"
    fresh.write_text("fresh", "utf-8")
    monkeypatch.setattr("codegen.__main__.ROOT", tmp_path)
    monkeypatch.setattr("codegen.__main__.generated", lambda: {stale: "new", fresh: "fresh"})
    assert main(check=True) == "not what their .graphql files or commands say: operations.py; run make generate"
    assert not stale.exists()
    assert main(check=False) == ""
    assert stale.read_text("utf-8") == "new"
    assert main(check=True) == ""


@pytest.mark.parametrize("alias", ["aURL", "class"])
def test_a_key_that_python_cannot_name_is_an_error(alias: str) -> None:
    """A field whose key would not be found again by the attribute's name is refused: every answer would lack it."""
    with pytest.raises(ValueError, match=f"{alias} has no name in Python"):
        source(f"query thing {{ thing(id: 1) {{ {alias}: size }} }}")


def test_the_shipped_schema_is_cut_from_the_real_one() -> None:
    """The product's part of the schema is what the generator cuts from Prismatic's own."""
    if not REAL.exists():
        pytest.skip("Prismatic's schema is not beside the repository")
    assert text_of(REAL) == SCHEMA.read_text(encoding="utf-8")
