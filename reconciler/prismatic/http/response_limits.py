"""Limits on the size of an answer.

A server may be wrong, broken or hostile. It can send an answer without an end, a few kilobytes that unpack to
gigabytes, or JSON of brackets alone, each of which becomes an object in memory. httpx reads and unpacks all of it, so
this response hook puts a limit in between. Renewals of tokens pass through the same client, and so through the hook::

    httpx.AsyncClient(headers=ACCEPT, event_hooks={"response": [limit_body]})
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_BYTES: Final = 8 * 1024 * 1024
"""Bytes of one answer, unpacked. A page of 100 instances with 100 variables each has about five million."""
MAX_RUN_BYTES: Final = 512 * 1024 * 1024
"""Bytes of all answers to queries in one run, unpacked: some 100,000 instances with ten variables each."""
MAX_ELEMENTS: Final = 1_000_000
"""Objects, lists and values of one answer. Each takes up to 230 bytes in memory, however short its JSON is."""
ACCEPT: Final = {"Accept-Encoding": "gzip"}
"""The only encoding that requests accept: :class:`_Body` can unpack it piece by piece."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_BODY: Final = "reconciler.body"


class TooLarge(httpx.DecodingError):
    """An answer is larger than its limit. Nothing of it is kept."""


async def limit_body(response: httpx.Response) -> None:
    """Limit the body of a response that is about to be read: a response hook of an asynchronous client."""
    response.stream = response.extensions[_BODY] = _Body(response)


def received(response: httpx.Response) -> int:
    """Return how many bytes of a body came over the network, before they were unpacked."""
    body = response.extensions.get(_BODY)
    return body.received if isinstance(body, _Body) else response.num_bytes_downloaded


def check_elements(body: bytes) -> None:
    """Raise :class:`TooLarge` for JSON of too many objects, lists and values.

    Commas and brackets inside strings count too, so the limit can be reached too early, but never too late.
    """
    if len(body) <= MAX_ELEMENTS:  # as nearly all answers are: each element takes a byte at least
        return
    if body.count(b",") + body.count(b"{") + body.count(b"[") > MAX_ELEMENTS:
        raise TooLarge(f"more than {MAX_ELEMENTS:,} values")


class _Body(httpx.AsyncByteStream):
    """The pieces of a body, unpacked and counted."""

    def __init__(self, response: httpx.Response) -> None:
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("limit_body() is for asynchronous clients")
        self._inner = response.stream
        # Without the header, httpx does not unpack the body a second time.
        encoding = response.headers.pop("content-encoding", "identity").strip().lower()
        self._unpack = zlib.decompressobj(_GZIP) if encoding in {"gzip", "x-gzip"} else None
        self._known = self._unpack is not None or encoding in {"", "identity"}
        self._unpacked = 0
        self.received = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            yield self._unpacked_piece(piece)
        if self._unpack and self.received and not self._unpack.eof:
            raise httpx.DecodingError("gzip that was cut off")

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _unpacked_piece(self, piece: bytes) -> bytes:
        if not self._known:
            raise httpx.DecodingError("an encoding that the request does not accept")
        self.received += len(piece)
        if self._unpack:
            try:
                # One byte more than the limit allows shows that the answer goes on.
                piece = self._unpack.decompress(piece, MAX_BYTES - self._unpacked + 1)
            except zlib.error:
                raise httpx.DecodingError("damaged gzip") from None
        self._unpacked += len(piece)
        if max(self._unpacked, self.received) > MAX_BYTES:
            raise TooLarge(f"more than {MAX_BYTES // 1024**2} MiB")
        return piece
