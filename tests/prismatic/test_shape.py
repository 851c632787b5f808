"""The shape of an answer: a quick check, and a message for what does not fit."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from graphql import FieldNode
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.operation import parse_operations
from reconciler.prismatic.graphql.shape import shape_of

OPERATION = parse_operations("""
query things {
  things {
    totalCount
    nodes { id name owner { id } tags { nodes { id } pageInfo { hasNextPage } } ... on Odd { rare { id } } }
    pageInfo { hasNextPage }
  }
}
""")["things"]
RIGHT = {
    "totalCount": 1,
    "nodes": [
        {
            "id": "a",
            "name": None,
            "owner": {"id": "o"},
            "tags": {"nodes": [{"id": "t"}], "pageInfo": {"hasNextPage": False}},
        }
    ],
    "pageInfo": {"hasNextPage": False},
}
PLACES: list[tuple[str | int, ...]] = [
    (),
    ("totalCount",),
    ("nodes",),
    ("nodes", 0),
    ("nodes", 0, "id"),
    ("nodes", 0, "name"),
    ("nodes", 0, "owner"),
    ("nodes", 0, "owner", "id"),
    ("nodes", 0, "tags"),
    ("nodes", 0, "tags", "nodes"),
    ("nodes", 0, "tags", "nodes", 0),
    ("nodes", 0, "tags", "pageInfo"),
    ("nodes", 0, "rare"),
    ("pageInfo",),
]
ODD = st.sampled_from([None, [], {}, "text", 1, True, [None], [{"id": "x"}], {"id": "x"}, {"nodes": []}])


def put(value: Any, place: tuple[str | int, ...], odd: Any) -> Any:
    """Return the value with an odd value at the place."""
    if not place:
        return odd
    value[place[0]] = put(value[place[0]] if place[0] in value or isinstance(value, list) else None, place[1:], odd)
    return value


@given(place=st.sampled_from(PLACES), odd=ODD)
def test_the_quick_check_agrees_with_the_full_one(place: tuple[str | int, ...], odd: Any) -> None:
    """The quick check accepts an object exactly when the full check finds no problem."""
    (root,) = OPERATION.node.selection_set.selections
    assert isinstance(root, FieldNode)
    shape = shape_of(root, OPERATION.fragments)
    value = put(copy.deepcopy(RIGHT), place, odd)
    if shape and isinstance(value, dict):
        assert shape.fits(value) == (shape.problem(value, "things") is None)


@pytest.mark.parametrize("odd", [1, ["x"], {"a": "b"}, True])
def test_a_wrong_type_is_reported_with_its_place(odd: object) -> None:
    """A field that the schema types as text is text or null; any other value is reported with its place."""
    (root,) = OPERATION.node.selection_set.selections
    assert isinstance(root, FieldNode)
    shape = shape_of(root, OPERATION.fragments)
    assert shape
    found = put(copy.deepcopy(RIGHT), ("nodes", 0, "name"), odd)
    assert shape.problem(found, "things") == "things.nodes[0].name is not text"
