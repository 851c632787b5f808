"""Makes text from outside harmless: a name may hold any characters, and none may act on a terminal or a CI."""

from __future__ import annotations

import json
import re
from typing import Any

# They print, and nothing is to be seen of them: fillers, joiners, and selectors other than those of emoji.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")
RUNNER_COMMAND = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))")
"""Begins what older runners of CIs take for a command, wherever in a line it stands."""
# What the runner of a CI takes for a command when a line of the log begins with it, spaces aside.
_WORKFLOW_COMMAND = re.compile(r"^(\s*):(?=:)")


def visible(character: str) -> bool:
    """Return whether a character is visible and has no other effect."""
    return character.isprintable() and not _UNSEEN.match(character)


def json_text(document: Any) -> str:
    """Return the document as indented JSON in which control, direction and invisible characters are escaped.

    They occur in strings only, so the data stays the same. A lone surrogate, which UTF-8 does not have, is one of them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    text = _BEYOND_ASCII.sub(lambda found: found[0] if visible(found[0]) else json.dumps(found[0])[1:-1], text)
    return RUNNER_COMMAND.sub(r"\\u0023", text) + "\n"


def json_line(document: Any) -> str:
    """Return the document as JSON on one line, in ASCII alone; control characters are escaped."""
    return RUNNER_COMMAND.sub(r"\\u0023", json.dumps(document)) + "\n"


def safe(text: str) -> str:
    r"""Return the text with every character escaped that a terminal could act on, or hide.

    Control characters, escape sequences, line breaks, direction marks and other invisible characters become
    ``\\n``, ``\\x1b``, ``\\u202e``; everything that prints stays as it is. Of a text that a CI would run as a
    command in its log (``::error::`` at the beginning, ``##[error]`` anywhere) the first character is escaped.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(each if visible(each) else each.encode("unicode_escape").decode("ascii") for each in text)
    if "::" in text or "##" in text:
        text = RUNNER_COMMAND.sub(r"\\x23", _WORKFLOW_COMMAND.sub(r"\1\\x3a", text))
    return text


def safe_lines(value: Any) -> Any:
    r"""Return plain data with every text in it made safe; its line ends stay.

    >>> safe_lines({"script": "one\ntwo\x07"})
    {'script': 'one\ntwo\\x07'}
    """
    if isinstance(value, str):
        return "\n".join(map(safe, value.split("\n")))
    if isinstance(value, list):
        return [safe_lines(item) for item in value]
    if isinstance(value, dict):
        return {safe(str(key)): safe_lines(item) for key, item in value.items()}
    return value
