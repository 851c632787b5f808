"""Plain attributes: text as it is, unset and empty being the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import row_id

from reconciler.kinds.shared.attributes import compare_attributes, declared, text, written
from reconciler.model.answers import Node, python_name
from reconciler.model.capabilities.differ import FieldChange, Fields

ATTRIBUTES = ("name", "externalId")


class Thing(Node, frozen=True, gc=False):
    """An object of the API."""

    name: str = ""
    external_id: str | None = None


def thing(**fields: str | None) -> Thing:
    return Thing("t-1", **{python_name(name): value for name, value in fields.items()})


def compared(spec: dict[str, Any], node: Thing | None) -> Fields:
    """Return the attributes that a spec declares, compared in full."""
    found = Fields(include_unchanged=True)
    compare_attributes(ATTRIBUTES, spec, node, found)
    return found


@pytest.mark.parametrize(
    ("spec", "node", "changes"),
    [
        ({}, thing(name="A", externalId="d"), []),
        ({}, None, []),
        ({"name": "A"}, thing(name="A"), []),
        ({"externalId": ""}, thing(externalId=None), []),
        ({"externalId": None}, thing(externalId=""), []),
        ({"externalId": None}, None, []),
        ({"externalId": ""}, None, []),
        ({"name": "A"}, None, [FieldChange(("name",), None, "A")]),
        ({"name": "a"}, thing(name="A"), [FieldChange(("name",), "A", "a")]),
        ({"name": "A "}, thing(name="A"), [FieldChange(("name",), "A", "A ")]),
        ({"externalId": None}, thing(externalId="d"), [FieldChange(("externalId",), "d", "")]),
        (
            {"externalId": "e", "name": "B", "labels": ["x"]},
            thing(name="A", externalId="d"),
            [FieldChange(("name",), "A", "B"), FieldChange(("externalId",), "d", "e")],
        ),
    ],
    ids=row_id,
)
def test_declared_attributes_that_differ_are_changes(
    spec: dict[str, Any], node: Thing | None, changes: list[FieldChange]
) -> None:
    """What a manifest does not name is not compared, and only other text is a difference."""
    assert compared(spec, node).changed == changes


def test_each_declared_attribute_either_differs_or_is_the_same() -> None:
    """With ``include_unchanged`` a field that is the same is kept as well, with both its sides."""
    found = compared({"name": "A", "externalId": None}, thing(name="B"))
    assert found.changed == [FieldChange(("name",), "B", "A")]
    assert found.same == [FieldChange(("externalId",), "", "")]


def test_only_changed_attributes_are_written() -> None:
    """The input of a write has the attributes among the changes, and an empty text clears one."""
    spec = {"name": "A", "externalId": None}
    fields = [FieldChange(("externalId",), "d", ""), FieldChange(("labels",), [], ["x"])]
    assert written(ATTRIBUTES, fields, spec) == {"externalId": ""}
    assert written(ATTRIBUTES, [], spec) == {}


@pytest.mark.parametrize(("value", "shown"), [(None, ""), ("", ""), ("a", "a")], ids=row_id)
def test_an_unset_text_is_empty(value: str | None, shown: str) -> None:
    """Null reads as the empty text."""
    assert text(value) == shown


def test_a_manifest_declares_attributes_that_are_set() -> None:
    """Unset attributes are left out of a live object's manifest, unless all are asked for."""
    assert declared(ATTRIBUTES, thing(name="A"), full=False) == {"name": "A"}
    assert declared(ATTRIBUTES, thing(name="A"), full=True) == {"name": "A", "externalId": ""}


texts = st.none() | st.text(max_size=3)


@given(
    spec=st.fixed_dictionaries({}, optional={"name": texts, "externalId": texts}),
    live=st.none() | st.fixed_dictionaries({"name": texts, "externalId": texts}),
)
def test_one_write_settles_the_attributes(spec: dict[str, Any], live: dict[str, str | None] | None) -> None:
    """Once the differing attributes are written nothing is left, and what is not declared is as it was."""
    values = written(ATTRIBUTES, compared(spec, None if live is None else thing(**live)).changed, spec)
    after = {**(live or {}), **values}
    assert compared(spec, thing(**after)).changed == []
    assert {key: item for key, item in after.items() if key not in spec} == {
        key: item for key, item in (live or {}).items() if key not in spec
    }
