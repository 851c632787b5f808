"""Text that came from outside, made fit for a message: one line, short, and without a secret in it."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LONGEST = 300
_LOOKED_AT = 20_000
"""Characters of a message that are looked at: of those beyond nothing can come to be shown."""
_WINDOW = 12
LONG = _WINDOW
"""From this length on a secret is no word that may stand in a message by chance."""
_SHORTEST = 3
_ENCODED_FROM = 6
"""From this length on a secret is looked for in encodings, too; of a shorter one they are words themselves."""
_HIDDEN = "(sensitive)"
COMMON_WORDS = frozenset({"true", "false", "null", "none", "yes", "no", "on", "off"})
"""Words that messages are made of: hidden elsewhere than in quotes they would make them unreadable, and tell more."""

# What a GraphQL server says of a variable it cannot take quotes the value, possibly shortened.
_QUOTED_VALUE = (
    (re.compile(r"got invalid value .*; "), "got an invalid value; "),
    (re.compile(r"got invalid value .*"), "got an invalid value"),
    (re.compile(r"(cannot represent [^:]{0,80}value):? .*"), r"\1"),
)


class Redactor:
    """Hides known secrets, and pieces of long ones, in text that a server sent."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._given = tuple(secrets)
        self._forms: list[str] | None = None

    @property
    def _secrets(self) -> list[str]:
        """The forms to look for, the longest first: made only once there is something to look at."""
        if self._forms is None:
            forms = {form for secret in self._given for form in _forms(secret)}
            self._forms = sorted((form for form in forms if form), key=len, reverse=True)
        return self._forms

    def __call__(self, text: str) -> str:
        """Return the text on one line of printable ASCII, without a secret and without a quoted value."""
        text = " ".join(text[:_LOOKED_AT].split())
        for pattern, replacement in _QUOTED_VALUE:
            text = pattern.sub(replacement, text)
        return one_line(self.hide(text))

    def hide(self, text: str, *, shortest: int = 1) -> str:
        """Return the text, however long, with every secret of at least ``shortest`` characters replaced."""
        sought = [secret for secret in self._secrets if len(secret) >= shortest]
        text = _hide_pieces(text, [secret for secret in sought if len(secret) > _WINDOW])
        for secret in sought:
            text = _hide(text, secret) if len(secret) <= _WINDOW else text
        return text


def one_line(text: str) -> str:
    """Return at most a few hundred characters of the text, its control characters escaped."""
    shown = "".join(each if each.isprintable() else " " if each.isspace() else ascii(each)[1:-1] for each in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _forms(secret: str) -> Iterator[str]:
    """Yield the ways in which a secret may be quoted: as it is, escaped, and the texts inside it if it is JSON."""
    for text in (secret, *_leaves(secret)):
        yield from (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1])
        # A message is put on one line before anything is looked for in it.
        yield " ".join(text.split())
        if len(text) >= _ENCODED_FROM:
            yield from _encoded(text)


def _encoded(text: str) -> Iterator[str]:
    """Yield the encodings in which a text may be quoted: of addresses, of HTML, JSON in JSON, base64, hex."""
    raw = text.encode(errors="surrogatepass")
    yield from (quote(raw, safe=""), quote(raw), quote_plus(raw), html.escape(text), html.escape(text, quote=False))
    yield from (json.dumps(json.dumps(text)[1:-1])[1:-1], raw.hex(), raw.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        # Within a longer text the ends depend on what stands beside; the middle does not.
        yield from (encode(b"\0" * shift + raw).decode().rstrip("=")[4:-2] for shift in (1, 2))


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
    if secret.lower() in COMMON_WORDS:
        return re.sub(rf"""(?<=["'`]){re.escape(secret)}(?=["'`])""", _HIDDEN, text)
    if len(secret) <= _SHORTEST:
        return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _HIDDEN, text)
    return text.replace(secret, _HIDDEN)


def _hide_pieces(text: str, secrets: Sequence[str]) -> str:
    """Return the text without any piece of a long secret; pieces of several that overlap are hidden as one."""
    windows = range(len(text) - _WINDOW + 1)
    shared = [start for start in windows if any(text[start : start + _WINDOW] in secret for secret in secrets)]
    parts: list[str] = []
    position = 0
    for start in shared:
        if start > position or not parts:
            parts += [text[position:start], _HIDDEN]
        position = max(position, start + _WINDOW)
    return "".join(parts) + text[position:]
