"""What an integration's version declares of its config variables."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from graphql import EnumTypeDefinitionNode, parse
from kinds.support import COLLECTIONS, SCALAR_TYPES, declare, row_id
from support.nodes import node

from reconciler.kinds.variables.codec import CONNECTION, Declaration, declaration
from reconciler.kinds.variables.fragments import DeclaredFields, DeclaredInput
from reconciler.kinds.variables.values import SCALARS, KeyValueList, ValueList


def variable(**fields: Any) -> DeclaredFields:
    return node(DeclaredFields, **{"key": "A", "data_type": "STRING", **fields})


def enum_values(name: str) -> set[str]:
    """Return the values of an enum of the API's schema."""
    document = parse(files("reconciler.sandbox").joinpath("schema.graphql").read_text(encoding="utf-8"))
    for each in document.definitions:
        if isinstance(each, EnumTypeDefinitionNode) and each.name.value == name:
            return {value.name.value for value in each.values or ()}
    raise AssertionError(name)


def test_every_type_of_the_api_has_a_codec() -> None:
    """No data type or collection type of the API's schema is left out, and these tests know them all."""
    assert enum_values("RequiredConfigVariableDataType") == {*SCALAR_TYPES, CONNECTION}
    assert enum_values("RequiredConfigVariableCollectionType") == set(COLLECTIONS)
    assert set(SCALARS) == set(SCALAR_TYPES)


def test_an_answer_becomes_a_declaration() -> None:
    """Everything the comparison needs is taken from the API's answer."""
    schedule = variable(data_type="SCHEDULE", default_value="5 * * * *", schedule_type="HOUR", time_zone="UTC")
    assert declaration(schedule) == Declaration(
        "A", "SCHEDULE", default="5 * * * *", schedule_type="HOUR", time_zone="UTC", inputs={}
    )


def test_a_key_and_a_type_make_a_declaration() -> None:
    """Everything else may be null."""
    assert declaration(variable()) == Declaration("A", "STRING", inputs={})


def test_inputs_of_a_connection_are_its_defaults() -> None:
    """Inputs are kept by name with the text a new connection starts with; unset is empty."""
    inputs = [node(DeclaredInput, name="host", value="db"), node(DeclaredInput, name="password", has_value=True)]
    assert declaration(variable(data_type="CONNECTION"), inputs).inputs == {"host": "db", "password": ""}


@pytest.mark.parametrize(
    ("meta", "sensitive"),
    [
        (None, False),
        ("", False),
        ("{}", False),
        ("not json", False),
        ("[]", False),
        ('{"orgOnly": true}', False),
        ('{"writeOnly": false}', False),
        ('{"writeOnly": true}', True),
        ('{"sensitive": true}', True),
        ('{"secret": true}', True),
    ],
    ids=row_id,
)
def test_meta_marks_a_variable_as_a_secret(meta: str | None, sensitive: bool) -> None:
    """A variable is a secret if its ``meta`` marks it in one of three ways."""
    assert declaration(variable(meta=meta)).sensitive is sensitive


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"scoped_config_variable": {"id": "1"}}, "scoped"),
        ({"user_level_configured": True}, "user_level"),
    ],
    ids=row_id,
)
def test_variables_of_the_organization_are_marked(more: dict[str, Any], field: str) -> None:
    """Variables that are configured elsewhere are known as such."""
    assert not getattr(declaration(variable()), field)
    assert getattr(declaration(variable(**more)), field)


def test_a_pick_list_is_kept() -> None:
    """The options are those of the API, in its order."""
    assert declaration(variable(pick_list=["b", "a"])).pick_list == ("b", "a")


@pytest.mark.parametrize("data_type", SCALAR_TYPES)
def test_the_collection_type_decides_the_codec(data_type: str) -> None:
    """A list takes each item by the codec of its type."""
    item = SCALARS[data_type]
    assert declare(data_type).codec is item
    assert declare(f"{data_type} VALUELIST").codec == ValueList(item)
    assert declare(f"{data_type} KEYVALUELIST").codec == KeyValueList(item)
