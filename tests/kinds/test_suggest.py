"""Did-you-mean: the end of a message about a name that does not exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import row_id

from reconciler.text.suggest import MOST_LISTED, did_you_mean

MANY = [f"variable {letter}" for letter in "abcdefghijklmnop"]


@pytest.mark.parametrize(
    ("name", "known", "sentence"),
    [
        ("Endpont", ["Endpoint", "Batch Size"], "did you mean 'Endpoint'? known: 'Batch Size', 'Endpoint'"),
        ("endpoint", ["Endpoint"], "did you mean 'Endpoint'? known: 'Endpoint'"),
        ("zzz", ["Endpoint", "Batch Size"], "known: 'Batch Size', 'Endpoint'"),
        ("", ["b", "a", "b"], "known: 'a', 'b'"),
        ("?!", ["!?"], "known: '!?'"),
        ("zzz", [], "known: none"),
        ("variable q", MANY[:MOST_LISTED], None),
        ("Variable C", MANY, "did you mean 'variable c'?"),
        ("xyz", MANY, f"known: {', '.join(map(repr, MANY[:MOST_LISTED]))} and 4 more"),
    ],
    ids=row_id,
)
def test_a_wrong_name_gets_suggestions(name: str, known: list[str], sentence: str | None) -> None:
    """The nearest name where one is near, and the list where it is short enough to read."""
    found = did_you_mean(name, known)
    if sentence is None:
        assert found.endswith(f"known: {', '.join(map(repr, known))}")
    else:
        assert found == sentence


def test_the_caller_names_the_list() -> None:
    """Options are options, roles are roles."""
    assert did_you_mean("x", ["zzzz"], listed_as="options") == "options: 'zzzz'"


@given(st.text(max_size=10), st.lists(st.text(max_size=10), max_size=20))
def test_any_name_gets_a_message(name: str, known: list[str]) -> None:
    """Whatever is asked for, the sentence is never empty and names nothing that does not exist."""
    sentence = did_you_mean(name, known)
    assert sentence
    if not known:
        assert sentence == "known: none"
    if "did you mean" in sentence:
        ends = ("?", " or ", ", which looks the same (")
        assert any(sentence.startswith(f"did you mean {each!r}{end}") for each in known for end in ends)


def test_a_look_alike_is_pointed_out() -> None:
    """What cannot be seen is put into words: a suggestion that reads like what was written helps nobody."""
    sentence = did_you_mean("Batch\u00a0Size", ["Batch Size", "Batches"])
    assert sentence.startswith(
        "did you mean 'Batch Size', which looks the same (character 6 is U+0020 (SPACE) there and U+00A0 (NO-BREAK "
        "SPACE) here)?"
    )


def test_all_equally_near_names_are_suggested() -> None:
    """Where nothing decides between two names, none of them is put forward alone."""
    assert did_you_mean("acme-ex", ["acme-eu", "acme-es"], listed_as="known").startswith(
        "did you mean 'acme-es' or 'acme-eu'?"
    )
