"""What is written as a variable is filled in, reported, or the text that was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.placeholders import ESCAPABLE, escaped, look_alikes
from reconciler.manifests.variables import Variables

if TYPE_CHECKING:
    from reconciler.model.diagnostic import Diagnostic

PARTS = ["$", "$$", "{", "}", "{{", "var", "VAR", "vars", "env", ".", "x", " ", "\u00a0", "\u200b", "`", "[", "é", "\n"]
TEXTS = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


def filled(text: str) -> tuple[object, list[Diagnostic]]:
    complaints: list[Diagnostic] = []
    return Variables({"x": "value"}).fill(text, complaints), complaints


@given(TEXTS)
def test_any_text_can_be_escaped(text: str) -> None:
    """An escaped text comes out unchanged, and is no problem."""
    assert filled(escaped(text)) == (text, [])
    assert not look_alikes({"spec": {"description": escaped(text)}}, {"x"})[0]


@given(TEXTS)
def test_an_unfilled_variable_is_reported(text: str) -> None:
    """Text that begins like a variable is filled in or reported, unless it is escaped."""
    sent, complaints = filled(text)
    if not complaints and not look_alikes({"spec": {"configVariables": {"A": text}}}, {"x"})[0]:
        escapes = len(re.findall(rf"\${ESCAPABLE}", text))
        assert len(re.findall(ESCAPABLE, str(sent))) <= escapes
