"""Text that came from outside, made fit for a message: one line, short, and without a secret in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.kinds.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST = 300
_WINDOW = 12
LONG = _WINDOW
"""From this length on a secret is no word that may stand in a message by chance."""
_SHORTEST = 3
_HIDDEN = "(sensitive)"

# What a GraphQL server says of a variable it cannot take quotes the value, possibly shortened.
_QUOTED_VALUE = (
    (re.compile(r"got invalid value .*; "), "got an invalid value; "),
    (re.compile(r"got invalid value .*"), "got an invalid value"),
    (re.compile(r"(cannot represent [^:]{0,80}value):? .*"), r"\1"),
)


class Redactor:
    """Hides known secrets, and pieces of long ones, in text that a server sent."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        self._secrets = sorted((form for form in forms if form), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text on one line of printable ASCII, without a secret and without a quoted value."""
        text = " ".join(text.split())
        for pattern, replacement in _QUOTED_VALUE:
            text = pattern.sub(replacement, text)
        return one_line(self.hide(text))

    def hide(self, text: str, *, shortest: int = 1) -> str:
        """Return the text, however long, with every secret of at least ``shortest`` characters replaced."""
        for secret in self._secrets:
            if len(secret) >= shortest:
                text = _hide(text, secret)
        return text


def one_line(text: str) -> str:
    """Return at most a few hundred characters of the text, its control characters escaped."""
    shown = "".join(each if each.isprintable() else " " if each.isspace() else ascii(each)[1:-1] for each in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the text of every :class:`Secret` in a request's variables."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_in(item)


def _forms(secret: str) -> Iterator[str]:
    """Yield the ways in which a secret may be quoted: as it is, escaped, and the texts inside it if it is JSON."""
    for text in (secret, *_leaves(secret)):
        yield from (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1])


def _leaves(text: str) -> Iterator[str]:
    if not text.lstrip().startswith(("{", "[")):
        return
    try:
        pending: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and len(value) >= _SHORTEST:
            yield value


def _hide(text: str, secret: str) -> str:
    if len(secret) <= _SHORTEST:
        return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _HIDDEN, text)
    if len(secret) <= _WINDOW:
        return text.replace(secret, _HIDDEN)
    shared = [start for start in range(len(text) - _WINDOW + 1) if text[start : start + _WINDOW] in secret]
    parts: list[str] = []
    position = 0
    for start in shared:
        if start > position or not parts:
            parts += [text[position:start], _HIDDEN]
        position = max(position, start + _WINDOW)
    return "".join(parts) + text[position:]
