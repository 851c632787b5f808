"""The wrapper of secrets: it hides, reveals for the wire, and is found however deep it lies."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import CANARY, row_id, shows

from reconciler.secrets.secret import JsonText, Secret, Unresolved, reveal, secrets_in

HELD = Secret(CANARY)


@pytest.mark.parametrize(
    "thing",
    [
        HELD,
        [HELD],
        (HELD,),
        {"a": HELD},
        {HELD: 1},
        JsonText([{"value": HELD}]),
        ValueError("refused", HELD),
        KeyError(HELD),
    ],
    ids=row_id,
)
def test_a_secret_is_hidden_inside_containers(thing: Any) -> None:
    """Printing, formatting or raising something that holds a secret does not show it."""
    assert not shows(thing)


def test_a_secret_cannot_be_written_as_json_by_accident() -> None:
    """A report that forgot to hide a secret fails instead of telling it."""
    with pytest.raises(TypeError) as caught:
        json.dumps({"password": HELD})
    assert not shows(caught.value)


def test_a_secret_shows_as_sensitive() -> None:
    """What a person sees in a secret's place is one fixed word, whether it was resolved or not."""
    assert f"{HELD}" == str(Unresolved()) == "(sensitive)"
    assert repr(HELD) == "Secret()"


def test_equal_secrets_are_equal() -> None:
    """Secrets can be compared and counted without being seen."""
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_a_secret_cannot_be_changed() -> None:
    """A secret that was compared is the secret that is sent."""
    with pytest.raises(AttributeError):
        HELD._value = "other"  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("value", "revealed"),
    [
        (HELD, CANARY),
        ({"a": [HELD, 1, None]}, {"a": [CANARY, 1, None]}),
        ((HELD, "x"), [CANARY, "x"]),
        (JsonText([{"value": HELD}]), f'[{{"value": "{CANARY}"}}]'),
        ({"values": JsonText({"é": Secret("ü")})}, {"values": '{"é": "ü"}'}),
        ("plain", "plain"),
    ],
    ids=row_id,
)
def test_reveal_returns_the_text(value: Any, revealed: Any) -> None:
    """Every secret becomes its text, and data that travels as JSON becomes that JSON."""
    assert reveal(value) == revealed


def test_an_unresolved_secret_reveals_nothing() -> None:
    """A placeholder stays a placeholder."""
    assert reveal([Unresolved()]) == [Unresolved()]


nested = st.recursive(
    st.one_of(st.integers(), st.text(max_size=5), st.none(), st.text(max_size=5).map(Secret)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=4),
        st.dictionaries(st.text(max_size=3), inner, max_size=4).map(MappingProxyType),
        inner.map(JsonText),
    ),
    max_leaves=12,
)


def count(value: Any) -> int:
    """Return how many secrets stand in a value, by its printed form, which hides them."""
    return repr(value).count("Secret()")


@given(nested.filter(lambda value: "Secret()" not in str(list(_texts(value)))))
def test_every_secret_is_found(value: Any) -> None:
    """However deep, in lists, tuples, mappings and JSON text: as many secrets are found as stand there."""
    assert len(list(secrets_in(value))) == count(value)


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, JsonText):
        yield from _texts(value.data)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, (dict, MappingProxyType)):
        for key, item in value.items():
            yield key
            yield from _texts(item)
