"""A hostile server: raw bytes on a socket, as no framework would send them."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import threading
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MEBIBYTE = 1024 * 1024


def whole(body: bytes, head: bytes = OK) -> bytes:
    return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunk(piece: bytes) -> bytes:
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"


def answer(asked: bytes, **connections: Any) -> bytes:
    """Return the answer to a document of the product: who is asked, and the lists of the connections named."""
    document = json.loads(asked)["query"]
    data: dict[str, Any] = {}
    for alias, field in re.findall(r"(\w+): (\w+)", document.partition("{")[2]):
        if alias.startswith("op"):
            data[alias] = connections.get(field, _KNOWN.get(field, _EMPTY))
    return json.dumps({"data": data}).encode()


_EMPTY = {"nodes": [], "totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}}
_KNOWN: dict[str, Any] = {
    "organization": {"id": "T3Jn", "name": "Hostile"},
    "authenticatedUser": {"id": "VXNl", "email": "me@hostile.example", "org": {"id": "T3Jn", "name": "Hostile"}},
    "customerRoles": [],
    "organizationRoles": [],
}


def customers(first: int, count: int, total: int, *, more: bool, pad: str = "") -> dict[str, Any]:
    """Return a page of customers."""
    nodes = [
        {
            "id": f"c{number}", "name": f"Customer {number}{pad}", "externalId": f"e{number}", "description": "",
            "labels": ["gitops:hostile"], "updatedAt": "2026-01-01T00:00:00Z", "isSystem": False,
            "allowEmbeddedDesigner": False,
        }
        for number in range(first, first + count)
    ]  # fmt: skip
    return {"nodes": nodes, "totalCount": total, "pageInfo": {"hasNextPage": more, "endCursor": f"after{first}"}}


async def an_endless_body(_: bytes) -> AsyncIterator[bytes]:
    yield CHUNKED + chunk(b'{"data": {"x": "')
    while True:
        yield chunk(b"a" * MEBIBYTE)


async def an_endless_body_of_claimed_length(_: bytes) -> AsyncIterator[bytes]:
    yield OK + b"Content-Length: 1000000000000\r\n\r\n{" + b'"data": {"x": "'
    while True:
        yield b"a" * MEBIBYTE


@cache
def _bomb() -> bytes:
    """Return two megabytes that unpack to two gigabytes."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    piece = b"a" * MEBIBYTE
    return b"".join([*(packer.compress(piece) for _ in range(2048)), packer.flush()])


async def a_gzip_bomb(_: bytes) -> AsyncIterator[bytes]:
    yield whole(_bomb(), OK + b"Content-Encoding: gzip\r\n")


async def a_bomb_in_another_encoding(_: bytes) -> AsyncIterator[bytes]:
    yield whole(_bomb(), OK + b"Content-Encoding: deflate, br, gzip\r\n")


async def nothing_but_brackets(_: bytes) -> AsyncIterator[bytes]:
    yield whole(b'{"data": [' + b"[]," * (7 * MEBIBYTE // 3) + b"[]]}")


async def nothing_but_small_objects(_: bytes) -> AsyncIterator[bytes]:
    yield whole(b'{"data": [' + b'{"":0},' * MEBIBYTE + b"{}]}")


async def deep_nesting(_: bytes) -> AsyncIterator[bytes]:
    yield whole(b"[" * (7 * MEBIBYTE))


async def a_byte_a_second(_: bytes) -> AsyncIterator[bytes]:
    yield CHUNKED
    while True:
        yield chunk(b" ")
        await asyncio.sleep(0.2)


async def a_header_a_second(_: bytes) -> AsyncIterator[bytes]:
    yield OK
    for number in itertools.count():
        yield f"X-{number}: x\r\n".encode()
        await asyncio.sleep(0.2)


async def endless_headers(_: bytes) -> AsyncIterator[bytes]:
    yield OK
    while True:
        yield b"X-A: " + b"a" * 60_000 + b"\r\n"


async def endless_promises(_: bytes) -> AsyncIterator[bytes]:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        await asyncio.sleep(0.001)


async def silence(_: bytes) -> AsyncIterator[bytes]:
    await asyncio.sleep(3600)
    yield b""


async def a_trillion_rows(asked: bytes) -> AsyncIterator[bytes]:
    yield whole(answer(asked, customers=customers(0, 100, 10**12, more=True)))


async def nearly_a_million_rows(asked: bytes) -> AsyncIterator[bytes]:
    yield whole(answer(asked, customers=customers(0, 100, 999_999, more=True)))


async def pages_without_an_end(asked: bytes) -> AsyncIterator[bytes]:
    start = next(_COUNTER) * 100
    yield whole(answer(asked, customers=customers(start, 100, 10**6, more=True)))


async def fat_pages_without_an_end(asked: bytes) -> AsyncIterator[bytes]:
    start = next(_COUNTER) * 100
    yield whole(answer(asked, customers=customers(start, 100, 10**6, more=True, pad="x" * 70_000)))


_COUNTER = itertools.count()


async def a_million_errors(_: bytes) -> AsyncIterator[bytes]:
    yield whole(json.dumps({"data": None, "errors": [{"message": f"wrong {n}"} for n in range(200_000)]}).encode())


async def a_long_error(_: bytes) -> AsyncIterator[bytes]:
    yield whole(json.dumps({"data": None, "errors": [{"message": "wrong " * MEBIBYTE}]}).encode())


async def many_long_errors(_: bytes) -> AsyncIterator[bytes]:
    errors = [{"message": ("ab" * 10_000) + str(n)} for n in range(300)]
    yield whole(json.dumps({"data": None, "errors": errors}).encode())


async def a_failure_with_an_endless_body(_: bytes) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield chunk(b"a" * MEBIBYTE)


async def a_pause_of_years(_: bytes) -> AsyncIterator[bytes]:
    yield whole(b"{}", b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 999999999\r\n")


ATTACKS: dict[str, Any] = {
    attack.__name__: attack
    for attack in (
        an_endless_body, an_endless_body_of_claimed_length, a_gzip_bomb, a_bomb_in_another_encoding,
        nothing_but_brackets, nothing_but_small_objects, deep_nesting, a_byte_a_second, a_header_a_second,
        endless_headers, endless_promises, silence, a_trillion_rows, nearly_a_million_rows, pages_without_an_end,
        fat_pages_without_an_end, a_million_errors, a_long_error, many_long_errors, a_failure_with_an_endless_body,
        a_pause_of_years,
    )
}  # fmt: skip


@contextmanager
def hostile(attack: Any, *, only: str = "") -> Iterator[str]:
    """Serve an attack on a free port, in a thread; yield its address.

    With ``only``, just requests to that path are attacked, and others are answered as an empty tenant would.
    """
    _bomb()
    loop = asyncio.new_event_loop()
    ready: list[int] = []
    started = threading.Event()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _talk(attack, only, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client has had enough
        finally:
            writer.transport.abort()

    async def serve() -> None:
        server = await asyncio.start_server(client, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        started.set()
        with suppress(asyncio.CancelledError):
            await server.serve_forever()

    def run() -> None:
        asyncio.set_event_loop(loop)
        task = loop.create_task(serve())
        ready_to_stop.append(task)
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        left = asyncio.all_tasks(loop)
        for each in left:
            each.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(asyncio.sleep(0))  # what was aborted is closed one turn later
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    ready_to_stop: list[asyncio.Task[None]] = []
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield f"http://127.0.0.1:{ready[0]}"
    finally:
        loop.call_soon_threadsafe(ready_to_stop[0].cancel)
        thread.join(10)


async def _talk(attack: Any, only: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) if b"ength:" in head else 0  # type: ignore[index]
        body = await reader.readexactly(length)
        if only and path != only:
            writer.write(_honest(path, body))
            continue
        async for piece in attack(body):
            writer.write(piece)
            await writer.drain()


def _honest(path: str, body: bytes) -> bytes:
    if path == "/api":
        return whole(b"{}", b"HTTP/1.1 401 Unauthorized\r\n") if not body else whole(answer(body))
    return whole(b"{}", b"HTTP/1.1 404 Not Found\r\n")
