"""Makes text from outside harmless: a name may hold any characters, and none may act on a terminal or a CI."""

from __future__ import annotations

import re

from reconciler.text.printable import RUNNER_COMMAND, visible

# What the runner of a CI takes for a command when a line of the log begins with it, spaces aside.
_WORKFLOW_COMMAND = re.compile(r"^(\s*):(?=:)")


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
