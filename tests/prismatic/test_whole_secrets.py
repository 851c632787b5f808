"""What hides an input of a plan finds a secret wherever a redactor hides it in a message."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.spellings import CASES, CHARACTER_WISE, ONE_WAY, SECRETS, TOGETHER, spell, spelled

from reconciler.prismatic.redaction.folding import fold
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.prismatic.redaction.short_secrets import is_common
from reconciler.prismatic.redaction.whole_secrets import WholeSecrets
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

LOOSELY: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "plus signs": lambda text: text.replace(" ", "+"),
    "lines": lambda text: text.replace(" ", "\n"),
    "one line": lambda text: " ".join(text.split()),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "compatible": lambda text: unicodedata.normalize("NFKC", text),
    "full width": lambda text: "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text),
    "invisible": "\u200b".join,
}
AROUND = ("{}", "https://h.example/in?q={}&x=1", "xx {} xx", '{{"a": "{}"}}')
SHORT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "M", "Z"]), min_size=1, max_size=7)
PHRASES = st.lists(st.sampled_from(["Größe", "horse", "battery", "pass", "ΛΟΓΟΣ", "9"]), min_size=2).map(" ".join)


def redacted(secret: str, text: str) -> str:
    known = KnownSecrets()
    known.add([secret])
    (hidden,) = Redactor(known).hide([text])
    return hidden


@given(
    st.one_of(SECRETS, PHRASES, SHORT),
    st.sampled_from([*LOOSELY]),
    st.sampled_from([*CASES]),
    st.lists(ONE_WAY, max_size=2),
    st.sampled_from(AROUND),
)
def test_both_find_the_same_secrets(secret: str, loosely: str, case: str, ways: list[str], around: str) -> None:
    """A secret that a redactor hides as a whole hides the text, in whatever spelling; and the reverse."""
    assume(not is_common(fold(secret)) and bool(fold(secret).strip()))
    found = spelled(CASES[case](LOOSELY[loosely](secret)))
    for way in ways:
        found = spell(found, way)
    text = around.format(found.text)
    hidden = redacted(secret, text)
    if WholeSecrets([], given=[secret]).within(text):
        assert hidden != text
    else:
        assert hidden != around.format(HIDDEN)


@pytest.mark.parametrize("way", [*CHARACTER_WISE, *TOGETHER])
@pytest.mark.parametrize("loosely", LOOSELY)
def test_each_spelling_is_found(way: str, loosely: str) -> None:
    """A phrase is found in each spelling on top of each loose one, exactly where a redactor hides it."""
    secret = "correct Hörse battery"
    text = f"https://h.example/in?q={spell(spelled(LOOSELY[loosely](secret)), way).text}"
    assert WholeSecrets([secret]).within(text)
    assert redacted(secret, text) != text


@pytest.mark.parametrize("text", ["https://api.acme.example/v2", "true", "x7", "", "a true story", "horse battery"])
def test_a_piece_or_a_switch_hides_nothing(text: str) -> None:
    """Neither a piece of a secret, nor a switch, nor a short text that the run was not given, hides a text."""
    secrets = ["https://www.acme.example/v2", "true", "x7", "a horse battery!"]
    assert not WholeSecrets(secrets, given=["true", " "]).within(text)


def test_what_cannot_be_read_hides_itself() -> None:
    """A text with too many decodings is taken for one with a secret."""
    text = "%2525252541\\\\\\\\x41&amp;amp;amp;#65;" * 99
    assert WholeSecrets(["correct horse battery"]).within(text)
