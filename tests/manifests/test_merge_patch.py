"""Overlays: JSON Merge Patch (RFC 7386) and its laws."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.overlays import merge

RFC_7386 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
LEAVES = st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@pytest.mark.parametrize(("target", "patch", "expected"), RFC_7386)
def test_the_examples_of_rfc_7386_hold(target: Any, patch: Any, expected: Any) -> None:
    """Every example of RFC 7386, appendix A, gives the result of the RFC."""
    assert merge(target, patch) == expected


@given(VALUES)
def test_an_empty_patch_changes_no_map(target: Any) -> None:
    """An empty patch leaves a map as it is, and makes anything else an empty map."""
    assert merge(target, {}) == (target if isinstance(target, dict) else {})


@given(VALUES, VALUES)
def test_merging_twice_is_merging_once(target: Any, patch: Any) -> None:
    """A patch that was merged changes nothing when it is merged again."""
    once = merge(target, patch)
    assert merge(once, patch) == once


@given(VALUES, VALUES)
def test_merging_changes_neither_side(target: Any, patch: Any) -> None:
    """Target and patch are left as they are."""
    before = deepcopy((target, patch))
    merge(target, patch)
    assert (target, patch) == before


@given(MAPS, MAPS)
def test_keys_come_from_one_side_or_the_other(target: dict[str, Any], patch: dict[str, Any]) -> None:
    """A merge keeps unnamed keys, removes keys with null, and sets the others."""
    merged = merge(target, patch)
    assert merged.keys() == (target.keys() | patch.keys()) - {key for key in patch if patch[key] is None}
    assert all(merged[key] == target[key] for key in target.keys() - patch.keys())
    assert all(merged[key] == value for key, value in patch.items() if not isinstance(value, dict | None))


@given(MAPS, MAPS)
def test_a_patch_without_nulls_can_lead_anywhere(target: dict[str, Any], wanted: dict[str, Any]) -> None:
    """The difference of two maps, as a patch, leads from one to the other, nulls in the result apart."""
    assert merge(target, difference(target, without_nulls(wanted))) == without_nulls(wanted)


def without_nulls(value: Any) -> Any:
    """Return maps without their nulls, as a merge patch can make them."""
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(item) for key, item in value.items() if item is not None}


def difference(target: Any, wanted: Any) -> Any:
    """Return the merge patch from one value to another."""
    if not isinstance(target, dict) or not isinstance(wanted, dict):
        return wanted
    removed: dict[str, Any] = dict.fromkeys(target.keys() - wanted.keys())
    return removed | {key: difference(target.get(key), item) for key, item in wanted.items()}
