"""Messages about violations of a schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.example_kinds import widgets
from manifests.reading import text_problems

from reconciler.manifests.schema.check import Checker
from reconciler.manifests.schema.expectations import described, quoted


def said(schema: dict[str, Any], value: Any) -> list[str]:
    """Return the problems of a field ``it`` of a kind with its own schema."""
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"it": value},
    }
    checker = Checker(widgets({"type": "object", "properties": {"it": schema}}))
    return [complaint.message for complaint in checker.problems(document)]


KEYWORDS = yaml.safe_load((Path(__file__).parent / "keywords.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", KEYWORDS, ids=lambda case: case["said"])
def test_every_schema_keyword_has_a_message(case: dict[str, Any]) -> None:
    """Every keyword of a third party's schema has a message of one sentence."""
    assert said(case["schema"], case["value"]) == [case["said"]]


def test_a_misspelt_required_key_is_one_problem() -> None:
    """A misspelt required key is one problem; another missing key is a second one."""
    schema = {"type": "object", "properties": {"size": {}, "depth": {}}, "required": ["size", "depth"]}
    assert said({**schema, "additionalProperties": False}, {"sizee": 1}) == [
        "unknown key 'sizee'; did you mean 'size'? allowed here: 'depth', 'size'",
        "'depth' is missing in 'it'; add it",
    ]


def test_a_value_that_fails_twice_is_reported_once() -> None:
    """Of several failures of one value the most important one is reported."""
    assert said({"pattern": "^a", "minLength": 3, "enum": ["xyz"]}, "b") == [
        "'it' must be one of xyz, not the text \"b\""
    ]


def test_a_manifest_of_a_wrong_type_is_reported(tmp_path: Path) -> None:
    """A third party's schema may ask for something of the whole document."""
    kinds = widgets(maxProperties=3)
    text = "apiVersion: reconciler/v1\nkind: Widget\nmetadata: {name: w}\nspec: {}\n"
    assert text_problems(tmp_path, text, kinds=kinds) == ["<stdin>:1:1: the manifest must have at most 3 keys"]


@pytest.mark.parametrize(
    ("value", "hidden", "text"),
    [
        ("x", True, "text"),
        (1, True, "a number"),
        (1.5, True, "a number"),
        (True, True, "true or false"),
        (False, False, "false"),
        (None, True, "nothing (null)"),
        ("", False, "empty text"),
        ("a\x1b[31m\u202eb", False, 'the text "a\\u001b[31m\\u202eb"'),
    ],
)
def test_values_are_described(value: Any, hidden: bool, text: str) -> None:
    """A value is described by its type, and quoted only where it may be shown."""
    assert described(value, hidden=hidden) == text


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_quotes_are_short_and_printable(value: Any) -> None:
    """A quoted value is short and on one line, without control characters."""
    assert len(quoted(value)) <= 61
    assert quoted(value).isprintable()
