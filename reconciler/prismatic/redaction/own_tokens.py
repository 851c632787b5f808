"""The tokens of the run, taken out of all that a server sends as data.

What stands in an object's name or ID is shown as it is, and compared with nothing. So a server that puts the token that
it was sent into one of them would have it printed, and kept in reports.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.secrets.known import KnownSecrets

SHORTEST = 8
"""Characters; a shorter token, such as a sandbox takes, may be a word that names have."""
HIDDEN = "(sensitive)"
_KEPT = frozenset({"value", "meta", "apiKeys", "testHeaders", "testPayload"})
"""Where customers' own values stand, which are compared and sent back. A connection to Prismatic may have the token."""
_ESCAPED = re.compile(rb"\\u00[2-7]")


class OwnTokens:
    """The tokens that the run has had, and those ``known`` secrets that hide what has one of them in it."""

    def __init__(self, known: KnownSecrets) -> None:
        self._known = known
        self._tokens: dict[str, None] = {}

    def add(self, tokens: Iterable[str | None]) -> None:
        self._tokens |= dict.fromkeys(token for token in tokens if token and len(token) >= SHORTEST)
        self._known.add(tokens)

    def decoded(self, body: bytes) -> Any:
        """Return JSON as data in which no token stands; raises ``ValueError`` for what is no JSON.

        A value of a customer's stays, and becomes a secret as a whole. Usually no more is done than to look for the
        tokens in the body: only one that has them, or is written so that they may be in it, is walked through.
        """
        data = json.loads(body)
        if not self._may_stand_in(body):
            return data
        around = [data]
        self._take_out(around)
        return around[0]

    def _may_stand_in(self, body: bytes) -> bool:
        if not self._tokens:
            return False
        # Python reads JSON in UTF-16 and UTF-32 as well, in which every second byte is zero.
        if b"\0" in body or b"\\/" in body or (b"\\u00" in body and _ESCAPED.search(body)):
            return True
        return any(form.encode() in body for token in self._tokens for form in {token, json.dumps(token)[1:-1]})

    def _take_out(self, data: Any) -> None:
        """Take them out in place; no recursion, since a server decides how deep the data is."""
        left: list[tuple[Any, bool]] = [(data, False)]
        while left:
            container, kept = left.pop()
            if isinstance(container, dict):
                self._clean_keys(container)
            for key, item in list(container.items() if isinstance(container, dict) else enumerate(container)):
                kept_here = kept or key in _KEPT
                if isinstance(item, (dict, list)):
                    left.append((item, kept_here))
                elif isinstance(item, str) and any(token in item for token in self._tokens):
                    if kept_here:
                        self._known.add([item])
                    else:
                        container[key] = self._without(item)

    def _clean_keys(self, container: dict[str, Any]) -> None:
        if any(token in key for key in container for token in self._tokens):
            items = list(container.items())
            container.clear()
            container.update((self._without(key), item) for key, item in items)

    def _without(self, text: str) -> str:
        for token in sorted(self._tokens, key=len, reverse=True):
            text = text.replace(token, HIDDEN)
        return text
