"""Schemas of variables for editors: they accept what a plan accepts, and little else."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.values import SCALARS as GENERATED
from support.values import json_values

from reconciler.kinds.integration.known_versions import DescribedInput, DescribedVariable
from reconciler.kinds.integration.variable_schema import shared_definitions, variable_schema
from reconciler.kinds.variables.codec import CONNECTION, Declaration, Mismatch, compare
from reconciler.kinds.variables.connections import compare_connection
from reconciler.kinds.variables.values import SCALARS
from reconciler.manifests.schema.made_schemas import made_schema

COLLECTIONS = (None, "VALUELIST", "KEYVALUELIST")
TYPES = [*SCALARS, "UNHEARD_OF"]
ODD: list[Any] = [
    "", " ", "text", "true", " TRUE ", "False", "yes", "1", "-1.50", " 7 ", ".5", "5.", "1e3", "1_000", "١٢", "0x10",
    "NaN", "inf", "1e999",
    "2026-01-31", " 2026-01-31 ", "2026-W05-6", "20260131", "20260131T0", "2026-02-30", "31.01.2026", "tomorrow",
    "2026-01-31T08:30:00Z", "2026-01-31 08:30", "20260131T083000+0530", "2026-W05-6T08",
    "5 */1 * * *", "* * *", "every day", "0 0 31 2 *", "a b c d e",
    True, False, 0, 15, -2, 0.5, 10**20, None,
    [], ["a"], [1, 2], [True], [None], [["a"]],
    [{"key": "a", "value": "b"}], [{"key": "a"}], [{"key": 1, "value": "b"}], [{"key": "a", "value": "b", "more": 1}],
    [{"object": {"key": "lead"}}], [{"object": {}}], [{"object": {"key": "x"}, "fields": [{}]}],
    {}, {"a": "b"}, {"a": 1}, {"a": True}, {"a": None}, {"a": ["b"]}, {"fields": []}, {"fields": {}}, {"fields": [1]},
    {"schedule": {"cron": "5 */1 * * *"}}, {"schedule": "5 */1 * * *"}, {"schedule": {"cron": 5}},
    {"schedule": {"cron": "5 * * * *", "type": "CUSTOM", "timeZone": "UTC"}}, {"schedule": {"type": "none"}},
    {"schedule": {"cron": "x"}}, {"schedule": {"corn": "5 * * * *"}}, {"schedule": {"cron": "5 * * * *"}, "more": 1},
    {"schedule": {"cron": "5 * * * *", "type": "yearly"}},
    {"inputs": {}}, {"inputs": {"username": "x", "port": 5, "on": True, "none": None}}, {"inputs": {"unknown": "x"}},
    {"inputs": {"username": ["x"]}}, {"inputs": None}, {"inputs": []}, {"other": 1},
    {"customerConfigVariableId": "x"}, {"onPremiseResourceId": "x", "inputs": {"username": "x"}},
    {"customerConfigVariableId": 5},
]  # fmt: skip
INPUTS = ("username", "port", "on", "none")


def variable(data_type: str, collection: str | None, options: tuple[str, ...] = ()) -> DescribedVariable:
    names = INPUTS if data_type == CONNECTION else ()
    declared = Declaration(
        "Key", data_type, collection, pick_list=options, inputs=dict.fromkeys(names, "") if names else None
    )
    return DescribedVariable(declared, inputs=tuple(map(DescribedInput, names)))


@cache
def validator(data_type: str, collection: str | None, options: tuple[str, ...] = ()) -> Draft202012Validator:
    made = {name: made_schema("manifest")["$defs"][name] for name in ("Instance", "InstanceSet")}
    schema = variable_schema(variable(data_type, collection, options))
    return Draft202012Validator({**schema, "$defs": {**made, **shared_definitions()}})


def taken(data_type: str, collection: str | None, options: tuple[str, ...], value: Any) -> bool:
    """Return whether a plan accepts the value."""
    declared = variable(data_type, collection, options).declaration
    try:
        if data_type == CONNECTION:
            compare_connection(declared, value, None)
        else:
            compare(declared, value, None)
    except Mismatch:
        return False
    return True


@pytest.mark.parametrize("options", [(), ("north", "1")], ids=["", "options"])
@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("data_type", [*TYPES, CONNECTION])
def test_values_that_a_plan_accepts_are_valid(data_type: str, collection: str | None, options: tuple[str, ...]) -> None:
    """The schema accepts every value that the codec reads, and rejects at least four in five of the others."""
    if options and data_type != "PICKLIST":
        return
    valid = validator(data_type, collection, options).is_valid
    values = [*ODD, "north", ["north", "1"], {"a": "north"}]
    assert [value for value in values if taken(data_type, collection, options, value) and not valid(value)] == []
    refused = [value for value in values if not taken(data_type, collection, options, value)]
    missed = [value for value in refused if valid(value)]
    assert len(missed) <= len(refused) / 5, missed


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("data_type", TYPES)
@settings(max_examples=15)
@given(data=st.data())
def test_generated_values_that_a_plan_accepts_are_valid(
    data_type: str, collection: str | None, data: st.DataObject
) -> None:
    """Generated values of every type, right and wrong ones, are valid wherever the codec reads them."""
    scalar = st.one_of(GENERATED.get(data_type, json_values), *GENERATED.values(), json_values)
    lists = st.lists(scalar, max_size=2)
    mappings = st.dictionaries(st.text(max_size=3), scalar, max_size=2)
    value = data.draw(st.one_of(scalar, lists, mappings))
    if taken(data_type, collection, (), value):
        assert validator(data_type, collection).is_valid(value)


OUTSIDE = {"valueFrom": {"env": "SECRET"}}


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("data_type", TYPES)
def test_value_from_is_valid_for_every_variable(data_type: str, collection: str | None) -> None:
    """``valueFrom`` is valid for every value, and for the items of lists and mappings of scalars."""
    valid = validator(data_type, collection).is_valid
    assert valid(OUTSIDE)
    assert not valid({"valueFrom": {"evn": "SECRET"}})
    if data_type in {"STRING", "NUMBER", "BOOLEAN", "PICKLIST"}:
        assert collection != "VALUELIST" or valid([OUTSIDE])
        assert collection != "KEYVALUELIST" or (valid({"a": OUTSIDE}) and valid([{"key": "a", "value": OUTSIDE}]))


@pytest.mark.parametrize("data_type", ["STRING", "NUMBER", "BOOLEAN", "DATE", "TIMESTAMP", "PICKLIST", "SCHEDULE"])
def test_a_project_variable_is_valid_for_every_variable(data_type: str) -> None:
    """``${var.NAME}`` is valid for every type that a variable can have."""
    options = ("north",) if data_type == "PICKLIST" else ()
    assert validator(data_type, None, options).is_valid("${var.NAME}")
    assert validator(data_type, "VALUELIST", options).is_valid(["${var.NAME}"])
    assert validator(data_type, "KEYVALUELIST", options).is_valid({"a": "${var.NAME}"})


def schema_of(**said: Any) -> dict[str, Any]:
    more = {name: said.pop(name) for name in ("text", "org_only") if name in said}
    return variable_schema(DescribedVariable(Declaration("Key", **{"data_type": "STRING", **said}), **more))


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ({"user_level": True}, [], ["text", None, {}]),
        ({"data_type": CONNECTION, "scoped": True}, [{"customerConfigVariableId": "x"}], [{"inputs": {}}, {}, None]),
        ({"data_type": CONNECTION}, [{"inputs": {"whatever": "x"}}], [{"inputs": {"whatever": []}}, None]),
    ],
)
def test_variables_configured_elsewhere_are_left_out(said: dict[str, Any], right: list[Any], wrong: list[Any]) -> None:
    """User-level variables are invalid, scoped ones are valid by ID only, and unknown inputs may be any."""
    made = {name: made_schema("manifest")["$defs"][name] for name in ("Instance", "InstanceSet")}
    schema = {
        **schema_of(**said),
        "$defs": {**made, **shared_definitions()},
    }
    valid = Draft202012Validator(schema).is_valid
    assert [value for value in right if not valid(value)] == []
    assert [value for value in wrong if valid(value)] == []


@pytest.mark.parametrize(
    ("said", "default", "told"),
    [
        ({"data_type": "NUMBER", "default": "5"}, 5, "The default: 5."),
        ({"data_type": "NUMBER", "default": "many"}, None, "The default: many."),
        ({"data_type": "CREDENTIAL", "default": "canary"}, None, "A secret: take it from outside."),
        ({"default": "x" * 100, "text": "Long"}, "x" * 100, "Long\n\nText."),
        ({"text": "y" * 700}, None, "yyy…\n\nText. It has no default"),
        ({"org_only": True, "default": ""}, None, "Only the organization can set it."),
        ({"data_type": "JSONFORM", "default": '{"$ref": "x"}'}, None, "The default"),
    ],
)
def test_defaults_are_filled_in_and_told_where_they_may_be(said: dict[str, Any], default: Any, told: str) -> None:
    """A default is offered as a manifest writes it, described if short, and left out for a secret."""
    schema = schema_of(**said)
    assert schema.get("default") == default
    assert told in schema["description"]
    assert "canary" not in str(schema)
