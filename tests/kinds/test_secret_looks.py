"""Values that look like secrets, and values that do not, whatever they are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.effort import cpu_seconds

from reconciler.secrets.suspicious import looks_secret

VALUES = yaml.safe_load(Path(__file__).with_name("secret_values.yaml").read_text(encoding="utf-8"))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.parametrize("case", VALUES["secret"], ids=str)
def test_a_secret_is_recognized_by_its_look(case: dict[str, Any]) -> None:
    """Tokens, private keys, passwords in URLs and settings, and what stands under a secret's name."""
    assert looks_secret(case["value"], case.get("name", ""))


@pytest.mark.parametrize("case", VALUES["ordinary"], ids=str)
def test_an_ordinary_value_is_not_taken_for_a_secret(case: dict[str, Any]) -> None:
    """Words, addresses, numbers, IDs, sentences and programs are no secrets."""
    assert not looks_secret(case["value"], case.get("name", ""))


@given(value=JSON, token=st.sampled_from(["9f86d081884c7d659a2feaa0c55ad015", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"]))
def test_a_token_is_found_wherever_it_is(value: Any, token: str) -> None:
    """Any value has an answer, and a token beside it, in it, or in JSON text of it is found."""
    assert looks_secret(value) in {True, False}
    for around in ([value, token], {"a": [value, {"b": token}]}):
        assert looks_secret(around)
        assert looks_secret(json.dumps(around))


@pytest.mark.parametrize(
    "unit", ["a", "a:", "://", "a=", "data:", "eyJ", "-eyJ", "x@", "[", '{"a":', "aB1", " ", "-", "="]
)
def test_a_large_value_is_read_in_one_pass(unit: str) -> None:
    """Two hundred kilobytes take no more than seconds, however it is made."""
    text = unit * (200_000 // len(unit))
    assert cpu_seconds(lambda: looks_secret(text)) < 5
