"""Plain attributes: text as it is, unset and empty being the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import row_id

from reconciler.kinds.shared.attributes import Attribute, compare_attributes, text, written
from reconciler.model.diff import FieldChange, Fields

ATTRIBUTES = (Attribute("name"), Attribute("description", default=""))


def compared(spec: dict[str, Any], node: dict[str, Any] | None) -> Fields:
    """Return the attributes that a spec declares, compared in full."""
    found = Fields(include_unchanged=True)
    compare_attributes(ATTRIBUTES, spec, node, found)
    return found


@pytest.mark.parametrize(
    ("spec", "node", "changes"),
    [
        ({}, {"name": "A", "description": "d"}, []),
        ({}, None, []),
        ({"name": "A"}, {"name": "A"}, []),
        ({"description": ""}, {"description": None}, []),
        ({"description": None}, {"description": ""}, []),
        ({"description": None}, {}, []),
        ({"description": None}, None, []),
        ({"description": ""}, None, []),
        ({"name": "A"}, None, [FieldChange(("name",), None, "A")]),
        ({"name": "a"}, {"name": "A"}, [FieldChange(("name",), "A", "a")]),
        ({"name": "A "}, {"name": "A"}, [FieldChange(("name",), "A", "A ")]),
        ({"description": None}, {"description": "d"}, [FieldChange(("description",), "d", "")]),
        (
            {"description": "e", "name": "B", "labels": ["x"]},
            {"name": "A", "description": "d"},
            [FieldChange(("name",), "A", "B"), FieldChange(("description",), "d", "e")],
        ),
    ],
    ids=row_id,
)
def test_declared_attributes_that_differ_are_changes(
    spec: dict[str, Any], node: dict[str, Any] | None, changes: list[FieldChange]
) -> None:
    """What a manifest does not name is not compared, and only other text is a difference."""
    assert compared(spec, node).changed == changes


def test_each_declared_attribute_either_differs_or_is_the_same() -> None:
    """With ``include_unchanged`` a field that is the same is kept as well, with both its sides."""
    found = compared({"name": "A", "description": None}, {"name": "B", "labels": ["x"]})
    assert found.changed == [FieldChange(("name",), "B", "A")]
    assert found.same == [FieldChange(("description",), "", "")]


def test_only_changed_attributes_are_written() -> None:
    """The input of a write has the attributes among the changes, and an empty text clears one."""
    spec = {"name": "A", "description": None}
    fields = [FieldChange(("description",), "d", ""), FieldChange(("labels",), [], ["x"])]
    assert written(ATTRIBUTES, fields, spec) == {"description": ""}
    assert written(ATTRIBUTES, [], spec) == {}


@pytest.mark.parametrize(("value", "shown"), [(None, ""), ("", ""), ("a", "a"), (5, "5")], ids=row_id)
def test_an_unset_text_is_empty(value: Any, shown: str) -> None:
    """Null reads as the empty text."""
    assert text(value) == shown


texts = st.none() | st.text(max_size=3)


@given(
    spec=st.fixed_dictionaries({}, optional={"name": texts, "description": texts}),
    node=st.none() | st.fixed_dictionaries({"name": texts, "description": texts}),
)
def test_one_write_settles_the_attributes(spec: dict[str, Any], node: dict[str, Any] | None) -> None:
    """Once the differing attributes are written nothing is left, and what is not declared is as it was."""
    values = written(ATTRIBUTES, compared(spec, node).changed, spec)
    after = {**(node or {}), **values}
    assert compared(spec, after).changed == []
    assert {key: item for key, item in after.items() if key not in spec} == {
        key: item for key, item in (node or {}).items() if key not in spec
    }
