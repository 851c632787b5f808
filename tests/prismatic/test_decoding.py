"""Decoding answers into the types of their operations: what fits, what does not, and where."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest
from graphql import build_schema
from hypothesis import given
from hypothesis import strategies as st
from support.typed_operations import plain, typed_operations

from reconciler.prismatic.graphql.decoding import decode, decode_rows

SCHEMA = build_schema("""
    type Query { things(first: Int): ThingConnection!  thing(id: ID!): Thing  names: [Thing]! }
    type ThingConnection { totalCount: Int!, nodes: [Thing]!, pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean!, endCursor: String }
    type Thing { id: ID!, name: String, size: Size!, owner: Owner!, labels: [String!], tags: TagConnection }
    type Owner { id: ID!, title: String! }
    type TagConnection { nodes: [Tag]! }
    type Tag { id: ID!, key: String! }
    enum Size { BIG SMALL }
""")
OPERATIONS = typed_operations(
    """
    query things { things { totalCount nodes { ...Fields } pageInfo { hasNextPage endCursor } } }
    query thing { thing(id: "a") { ...Fields } }
    query names { names { id name } }
    fragment Fields on Thing { id name size owner { id title } labels tags { nodes { id key } } }
    """,
    SCHEMA,
)
THING: dict[str, Any] = {
    "id": "a",
    "name": None,
    "size": "BIG",
    "owner": {"id": "o", "title": "t"},
    "labels": ["l"],
    "tags": {"nodes": [{"id": "t", "key": "k"}]},
}
RIGHT = {"totalCount": 1, "nodes": [THING], "pageInfo": {"hasNextPage": False, "endCursor": None}}
THINGS = OPERATIONS["things"]


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def put(value: Any, place: tuple[str | int, ...], odd: Any) -> Any:
    """Return a copy of the value with an odd value at the place."""
    if not place:
        return odd
    changed = copy.deepcopy(value)
    changed[place[0]] = put(changed[place[0]], place[1:], odd)
    return changed


def test_an_answer_becomes_objects_with_the_fields_of_its_query() -> None:
    """A sound answer is decoded as it is; fields that were not asked for are left out."""
    decoded = decode(THINGS, raw({**RIGHT, "unasked": 1}))
    assert (decoded.problem, decoded.absent) == ("", False)
    assert decoded.value.nodes[0].owner.title == "t"
    assert plain(decoded.value) == {key: value for key, value in RIGHT.items() if key != "pageInfo"}


@pytest.mark.parametrize("missing", [None, raw(None)], ids=["missing", "null"])
def test_no_object_is_no_problem(missing: msgspec.Raw | None) -> None:
    """An answer that is null or missing has neither a value nor a problem."""
    assert decode(OPERATIONS["thing"], missing).absent


def test_a_value_that_the_schema_does_not_list_is_accepted() -> None:
    """An API that is newer than the schema may have further values of an enumeration."""
    assert decode(OPERATIONS["thing"], raw(THING | {"size": "HUGE"})).value.size == "HUGE"


WRONG: list[tuple[tuple[str | int, ...], Any, str]] = [
    ((), [], "things is a list, not an object"),
    ((), "x", "things is not an object"),
    ((), {}, "things lacks totalCount"),
    (("totalCount",), "1", "things.totalCount is not a number"),
    (("totalCount",), True, "things.totalCount is not a number"),
    (("nodes",), None, "things.nodes is null"),
    (("nodes",), {}, "things.nodes is not a list"),
    (("nodes", 0), None, "things.nodes[0] is null"),
    (("nodes", 0), [], "things.nodes[0] is a list, not an object"),
    (("nodes", 0, "id"), 7, "things.nodes[0].id is not text"),
    (("nodes", 0, "name"), ["x"], "things.nodes[0].name is not text"),
    (("nodes", 0, "size"), None, "things.nodes[0].size is null"),
    (("nodes", 0, "owner"), None, "things.nodes[0].owner is null"),
    (("nodes", 0, "owner", "title"), 1.5, "things.nodes[0].owner.title is not text"),
    (("nodes", 0, "labels"), "l", "things.nodes[0].labels is not a list"),
    (("nodes", 0, "labels", 0), None, "things.nodes[0].labels[0] is null"),
    (("nodes", 0, "tags", "nodes", 0), {"id": "t"}, "things.nodes[0].tags.nodes[0] lacks key"),
    (("pageInfo",), [], "things.pageInfo is a list, not an object"),
    (("pageInfo", "hasNextPage"), "no", "things.pageInfo.hasNextPage is not true or false"),
]


@pytest.mark.parametrize(("place", "odd", "problem"), WRONG, ids=[each[2] for each in WRONG])
def test_an_answer_of_another_shape_is_a_problem_with_its_place(
    place: tuple[str | int, ...], odd: Any, problem: str
) -> None:
    """A missing field, a null or another type is reported with its path."""
    decoded = decode(THINGS, raw(put(RIGHT, place, odd)))
    assert (decoded.value, decoded.problem) == (None, problem)


ODD = st.sampled_from([None, [], {}, "text", 1, 1.5, True, [None], [{"id": "x"}], {"id": "x"}, {"nodes": []}, THING])
PLACES = st.sampled_from([*{each[0] for each in WRONG}, ("nodes", 0, "tags"), ("nodes", 0, "tags", "nodes")])


def is_thing(value: Any) -> bool:
    """Return whether a value is a thing by the schema, written by hand."""
    return (
        isinstance(value, dict)
        and {"id", "name", "size", "owner", "labels", "tags"} <= value.keys()
        and isinstance(value["id"], str)
        and isinstance(value["name"], (str, type(None)))
        and isinstance(value["size"], str)
        and isinstance(value["owner"], dict)
        and all(isinstance(value["owner"].get(key), str) for key in ("id", "title"))
        and (value["labels"] is None or _all(value["labels"], lambda each: isinstance(each, str)))
        and (value["tags"] is None or (isinstance(value["tags"], dict) and _all(value["tags"].get("nodes"), is_tag)))
    )


def is_tag(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("id", "key"))


def is_page(value: Any) -> bool:
    info = value.get("pageInfo") if isinstance(value, dict) else None
    return (
        isinstance(info, dict)
        and type(value.get("totalCount")) is int
        and isinstance(info.get("hasNextPage"), bool)
        and isinstance(info.get("endCursor", 0), (str, type(None)))
        and _all(value.get("nodes"), is_thing)
    )


def _all(value: Any, fits: Any) -> bool:
    return isinstance(value, list) and all(map(fits, value))


@given(PLACES, ODD)
def test_an_answer_is_accepted_exactly_when_it_fits_the_schema(place: tuple[str | int, ...], odd: Any) -> None:
    """Decoding accepts what a check by hand accepts, and the problem of anything else begins with the field's name."""
    value = put(RIGHT, place, odd)
    decoded = decode(THINGS, raw(value))
    if value is None:
        assert decoded.absent
    elif is_page(value):
        assert decoded.problem == ""
    else:
        assert decoded.problem.startswith("things")


def test_sound_rows_of_a_broken_page_are_read() -> None:
    """A broken row has its problem and its ID, if it has one; the others are decoded."""
    rows = [THING, {"id": "b"}, None, {"id": 7}, THING | {"id": "c"}]
    found = decode_rows(THINGS, raw(RIGHT | {"nodes": rows}))
    assert found
    assert [each.id for each in found.nodes] == ["a", "b", "", "", "c"]
    assert found.broken == {
        1: "things.nodes[1] lacks name",
        2: "things.nodes[2] is null",
        3: "things.nodes[3].id is not text",
    }
    assert found.value.total_count == 1


def test_sound_rows_of_a_broken_list_are_read() -> None:
    """A list without pages is read row by row, too."""
    found = decode_rows(OPERATIONS["names"], raw([{"id": "a", "name": "n"}, {"id": "b"}]))
    assert found
    assert (found.broken, [each.id for each in found.nodes]) == ({1: "names[1] lacks name"}, ["a", "b"])


@pytest.mark.parametrize("broken", [RIGHT | {"totalCount": None}, [], "x", RIGHT | {"nodes": 1}])
def test_a_page_that_is_broken_elsewhere_has_no_sound_rows(broken: Any) -> None:
    """Where more than single rows is wrong, no row is used."""
    assert decode_rows(THINGS, raw(broken)) is None


def test_one_object_has_no_rows() -> None:
    """An answer that is no list has no rows."""
    assert decode_rows(OPERATIONS["thing"], raw({})) is None


def test_an_answer_that_is_nested_too_deeply_is_a_problem() -> None:
    """Brackets without an end are a problem, and no error of Python."""
    deep = msgspec.Raw(b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert decode(OPERATIONS["thing"], deep).problem
