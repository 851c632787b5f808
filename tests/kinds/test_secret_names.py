"""Names that sound like those of secrets, and names that only look like them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.effort import cpu_seconds

from reconciler.secrets.suspicious import sounds_secret

NAMES = yaml.safe_load(Path(__file__).with_name("secret_names.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES["secret"])
def test_a_secret_name_is_recognized(name: str) -> None:
    """In several languages and every way of writing names, a secret's name is recognised."""
    assert sounds_secret(name)


@pytest.mark.parametrize("name", NAMES["ordinary"])
def test_an_ordinary_name_is_not_taken_for_a_secret_name(name: str) -> None:
    """A part of another word, a key of data, or what a name says about a secret makes it no secret's name."""
    assert not sounds_secret(name)


@pytest.mark.parametrize("name", ["apiKey", "client_secret", "Passwort"])
@given(words=st.lists(st.sampled_from(["acme", "inventory", "erp", "eu", "customer", "main", "2"]), max_size=4))
def test_a_name_is_secret_by_its_last_words(name: str, words: list[str]) -> None:
    """Whatever a name begins with, it is the name of a secret by how it ends."""
    assert sounds_secret(" ".join([*words, name]))
    assert sounds_secret("_".join([*words, name]))


@given(name=st.text(max_size=60))
def test_any_text_may_be_a_name(name: str) -> None:
    """Any text at all has an answer."""
    assert sounds_secret(name) in {True, False}


def test_recognition_time_is_linear_in_the_name() -> None:
    """A name of a megabyte is answered at once, by its end."""
    name = "x_" * 500_000 + "token"
    assert sounds_secret(name)
    assert cpu_seconds(lambda: sounds_secret(name)) < 1
