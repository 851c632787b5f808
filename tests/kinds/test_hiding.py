"""What is hidden by its name, what a run's secrets look like when they are read again, and who shares a number."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.masking import Mask
from reconciler.secrets.hidden import hidden, hidden_by_names
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import LIVE, WRITTEN, Secret, Unresolved, kin_of, reveal

NAMED = [
    ({"password": "x"}, {"password": "(sensitive #1)"}),
    ({"db": [{"apiToken": {"a": 1}}]}, {"db": [{"apiToken": "(sensitive #1)"}]}),
    ([{"key": "client_secret", "value": "x"}], [{"key": "client_secret", "value": "(sensitive #1)"}]),
    ({"password": True, "secret": None, "token": ""}, {"password": True, "secret": None, "token": ""}),
    ({"key": "deal", "value": "x"}, {"key": "deal", "value": "x"}),
    ({"object": {"key": "deal"}}, {"object": {"key": "deal"}}),
    ("text", "text"),
]


@pytest.mark.parametrize(("value", "shown"), NAMED)
def test_parts_with_a_secrets_name_are_hidden(value: Any, shown: Any) -> None:
    """Only what is kept under such a name is hidden, on either side; nothing and switches are no secrets."""
    before, after = hidden_by_names(value, None, "Settings")
    assert (Mask().hide(before), after) == (shown, None)
    before, after = hidden_by_names(None, value, "Settings")
    assert (before, Mask().hide(after)) == (None, shown)
    assert hidden_by_names(value, None, "Field Mapping") == (value, None)


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_hiding_loses_nothing(value: Any) -> None:
    """What is hidden can be sent: as it was, or as its JSON text; what is hidden already stays as it is."""
    found = hidden(value, LIVE)
    assert (found.reveal() if isinstance(value, str) else json.loads(found.reveal())) == value
    assert hidden(found, WRITTEN) is found
    before, _ = hidden_by_names({"password": value, "plain": value}, None, "Settings")
    assert reveal(before)["plain"] == reveal(hidden_by_names(value, None, "x")[0])


HELD = [
    ("0043140815.0", ["43140815", 43140815, 43140815.0, "43140815.00"]),
    ("canary-text", ["canary-text", " canary-text ", ["x", "canary-text"], {"a": {"b": "canary-text"}}]),
    ('{"a": "canary", "b": [1]}', [{"b": [1], "a": "canary"}, ["canary"], '{"b":[1],"a":"canary"}']),
    ('[{"key": "a", "value": "b"}]', [{"a": "b"}, [{"key": "a", "value": "b"}]]),
]


@pytest.mark.parametrize(("secret", "values"), HELD)
def test_a_secret_is_found_in_every_form(secret: str, values: list[Any]) -> None:
    """The API gives values back in forms of its own: each is known, also of a secret that is met later."""
    known = KnownSecrets()
    assert not any(map(known.hides, values))
    known.add([secret])
    assert all(map(known.hides, values))
    assert all(known.hides(value, own=True) for value in values)
    assert all(map(KnownSecrets({"PLACE": secret}).hides, values))


@pytest.mark.parametrize(
    "value", ["", "a", "1", 1, True, None, "true", "null", [], {}, "another text", 42, Unresolved()]
)
def test_a_short_equal_text_is_not_hidden(value: Any) -> None:
    """Switches, nothing, and what is shorter than four characters are nobody's secrets."""
    known = KnownSecrets({"A": "true", "B": "1", "C": "null"})
    known.add(["a", "1", "true", "[]"])
    assert not known.hides(value)


def test_a_value_too_deep_to_search_is_hidden() -> None:
    """What nobody can look through is hidden."""
    deep: Any = "x"
    for _ in range(50_000):
        deep = [deep]
    assert KnownSecrets().hides(deep)


OUTSIDE, FILE = Secret("guess"), Secret("guess", "file /a")
DECLARED = ["guess", OUTSIDE, FILE, Secret("guess", "file /b"), [OUTSIDE], [FILE], ["guess", OUTSIDE]]


def test_equal_texts_of_other_origins_share_no_number() -> None:
    """What a manifest has, whole or in part, and what comes from elsewhere each have numbers of their own."""
    mask = Mask()
    text = "guess"
    shown = [mask.hide(Secret(text, kin_of(value))) for value in DECLARED] + [mask.hide(Secret(text, LIVE))]
    assert len(set(shown)) == len(shown)
    again = [mask.hide(Secret(text, kin_of(value))) for value in DECLARED]
    assert again == shown[: len(DECLARED)]


@given(st.lists(st.sampled_from(["guess", "other"]), min_size=2, max_size=4), st.text(min_size=1))
def test_a_number_never_depends_on_whether_a_guess_is_right(guesses: list[str], secret: str) -> None:
    """Whatever the secret is, values that stand in manifests have the same numbers beside it."""

    def numbers(text: str) -> list[Any]:
        mask = Mask()
        values: list[Any] = [
            Secret(text),
            *guesses,
            [*guesses, Secret(text)],
            *([each, Secret(text)] for each in guesses),
        ]
        return [mask.hide(Secret(json.dumps(reveal(value)), kin_of(value))) for value in values]

    assert numbers(secret) == numbers("guess")
    assert all(one != other for one, other in pairwise(dict.fromkeys(numbers("guess"))))
