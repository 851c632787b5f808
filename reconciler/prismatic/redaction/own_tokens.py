"""Removing the run's own tokens from the data that a server sends.

Names and IDs of objects are shown without redaction. A server that put the token of a request into one of them would
have it printed, and kept in reports.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reconciler.secrets.secret import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.secrets.known import KnownSecrets

SHORTEST = 8
"""Characters; a shorter token, as sandboxes have, may be a word in a name."""
_KEPT = frozenset({"value", "meta", "apiKeys", "testHeaders", "testPayload"})
"""Fields with customers' own values. They are compared and sent back, so they must not be changed; a connection to
Prismatic may even hold the same token."""
_ESCAPED = re.compile(rb"\\u00[2-7]")


class OwnTokens:
    """The tokens of the run. They, and customers' values that contain one, are added to the ``known`` secrets."""

    def __init__(self, known: KnownSecrets) -> None:
        self._known = known
        self._tokens: dict[str, None] = {}

    def add(self, tokens: Iterable[str | None]) -> None:
        self._tokens |= dict.fromkeys(token for token in tokens if token and len(token) >= SHORTEST)
        self._known.add(tokens)

    def removed_from(self, body: bytes) -> bytes:
        """Return a JSON text without tokens. Raises ``ValueError`` for text that is not JSON.

        A customer's value that contains a token stays, and becomes a known secret as a whole. Only a body that
        contains a token, or escapes that may hide one, is searched value by value.
        """
        if not self._may_occur_in(body):
            return body
        wrapped = [json.loads(body)]
        self._remove_tokens(wrapped)
        return json.dumps(wrapped[0], ensure_ascii=False).encode()

    def _may_occur_in(self, body: bytes) -> bool:
        if not self._tokens:
            return False
        # json.loads reads UTF-16 and UTF-32 too, in which ASCII text has zero bytes.
        if b"\0" in body or b"\\/" in body or (b"\\u00" in body and _ESCAPED.search(body)):
            return True
        return any(form.encode() in body for token in self._tokens for form in {token, json.dumps(token)[1:-1]})

    def _remove_tokens(self, data: Any) -> None:
        """Remove the tokens in place. No recursion: the server decides how deep the data is."""
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
