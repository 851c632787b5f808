"""What an integration's version declares of its config variables."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from graphql import EnumTypeDefinitionNode, parse
from kinds.support import COLLECTIONS, SCALAR_TYPES, declare, row_id

from reconciler.kinds.variables.codec import CONNECTION, Declaration, declaration
from reconciler.kinds.variables.values import SCALARS, KeyValueList, ValueList

FULL: dict[str, Any] = {
    "key": "Sync Schedule",
    "dataType": "SCHEDULE",
    "collectionType": None,
    "defaultValue": "5 * * * *",
    "pickList": None,
    "scheduleType": "HOUR",
    "timeZone": "UTC",
    "meta": "{}",
    "userLevelConfigured": False,
    "scopedConfigVariable": None,
    "inputs": {"nodes": []},
}


def enum_values(name: str) -> set[str]:
    """Return the values of an enum of the API's schema."""
    document = parse(files("reconciler.sandbox").joinpath("schema.graphql").read_text(encoding="utf-8"))
    for node in document.definitions:
        if isinstance(node, EnumTypeDefinitionNode) and node.name.value == name:
            return {value.name.value for value in node.values or ()}
    raise AssertionError(name)


def test_every_type_of_the_api_has_a_codec() -> None:
    """No data type or collection type of the API's schema is left out, and these tests know them all."""
    assert enum_values("RequiredConfigVariableDataType") == {*SCALAR_TYPES, CONNECTION}
    assert enum_values("RequiredConfigVariableCollectionType") == set(COLLECTIONS)
    assert set(SCALARS) == set(SCALAR_TYPES)


def test_a_node_becomes_a_declaration() -> None:
    """Everything the comparison needs is taken from the API's node."""
    assert declaration(FULL) == Declaration(
        "Sync Schedule", "SCHEDULE", default="5 * * * *", schedule_type="HOUR", time_zone="UTC", inputs={}
    )


def test_optional_parts_of_a_node_may_be_missing() -> None:
    """A node with a key and a type alone is a declaration."""
    assert declaration({"key": "A", "dataType": "STRING"}) == Declaration("A", "STRING", inputs={})


def test_inputs_of_a_connection_are_its_defaults() -> None:
    """Inputs are kept by name with the text a new connection starts with; unset is empty."""
    nodes = [{"name": "host", "value": "db"}, {"name": "password", "value": None}, {"name": "port"}]
    found = declaration({**FULL, "dataType": "CONNECTION", "inputs": {"nodes": nodes}})
    assert found.inputs == {"host": "db", "password": "", "port": ""}


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
        ({"sensitive": True}, True),
        ({"secret": True}, True),
    ],
    ids=row_id,
)
def test_meta_tells_whether_a_variable_is_a_secret(meta: Any, sensitive: bool) -> None:
    """A variable is a secret when its ``meta``, as text or as an object, says so in one of three ways."""
    assert declaration({**FULL, "meta": meta}).sensitive is sensitive


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"scopedConfigVariable": {"id": "1", "key": "k"}}, "scoped"),
        ({"userLevelConfigured": True}, "user_level"),
    ],
    ids=row_id,
)
def test_variables_of_the_organization_are_marked(more: dict[str, Any], field: str) -> None:
    """Variables that are configured elsewhere are known as such."""
    assert not getattr(declaration(FULL), field)
    assert getattr(declaration({**FULL, **more}), field)


def test_a_pick_list_is_kept() -> None:
    """The options are those of the API, in its order."""
    assert declaration({**FULL, "pickList": ["b", "a"]}).pick_list == ("b", "a")


@pytest.mark.parametrize("data_type", SCALAR_TYPES)
def test_the_collection_type_decides_the_codec(data_type: str) -> None:
    """A list takes each item by the codec of its type."""
    item = SCALARS[data_type]
    assert declare(data_type).codec is item
    assert declare(f"{data_type} VALUELIST").codec == ValueList(item)
    assert declare(f"{data_type} KEYVALUELIST").codec == KeyValueList(item)
