"""Control and invisible characters, and JSON in which all of them are escaped."""

from __future__ import annotations

import json
import re
from typing import Any

# They print, and nothing is to be seen of them: fillers, joiners, and selectors other than those of emoji.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")
RUNNER_COMMAND = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))")
"""Begins what older runners of CIs take for a command, wherever in a line it stands."""


def visible(character: str) -> bool:
    """Return whether a character is visible and has no other effect."""
    return character.isprintable() and not _UNSEEN.match(character)


def json_text(document: Any) -> str:
    """Return the document as indented JSON in which control, direction and invisible characters are escaped.

    They occur in strings only, so the data stays the same. A lone surrogate, which UTF-8 does not have, is one of them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return RUNNER_COMMAND.sub(r"\\u0023", _BEYOND_ASCII.sub(_spelt, text)) + "\n"


def _spelt(found: re.Match[str]) -> str:
    return found[0] if visible(found[0]) else json.dumps(found[0])[1:-1]
