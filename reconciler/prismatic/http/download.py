"""Files that the API gives an address of, such as the result of a step.

The address is a key to the file, so it is a secret; the file is the customer's data. It lies on another server, so the
token is not sent there, no redirect is followed, and neither the address nor a library's message about it is shown.
"""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress
from ipaddress import ip_address
from socket import inet_aton
from typing import TYPE_CHECKING, Final
from unicodedata import normalize
from urllib.parse import urlsplit

import httpx

from reconciler.prismatic.settings.urls import is_loopback

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from reconciler.secrets.secret import Secret

SECONDS: Final = 60.0
"""For one file, however slowly it comes."""
OK: Final = 200
_GZIP: Final = 16 + zlib.MAX_WBITS


class NotDownloaded(Exception):
    """A file that was not fetched; ``str()`` is the reason, without its address and its content."""


async def download(url: Secret, api: str, most: int, transport: httpx.AsyncBaseTransport | None = None) -> bytes:
    """Return a file of at most ``most`` bytes, unpacked; ``api`` is the address of the stack that named it.

    Raises :class:`NotDownloaded`. ``transport`` replaces the network, for tests.
    """
    problem = address_problem(url.reveal(), api)
    if problem:
        raise NotDownloaded(problem)
    plain = urlsplit(url.reveal()).scheme == "http"
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(
                transport=transport,
                timeout=httpx.Timeout(SECONDS, connect=10.0),
                follow_redirects=False,
                trust_env=not plain,
                headers={"Accept-Encoding": "identity"},
            ) as client,
            client.stream("GET", url.reveal()) as response,
        ):
            if response.status_code != OK:
                raise NotDownloaded(f"the server that keeps it answered HTTP {response.status_code}")
            return await _body(response, most)
    except (httpx.TimeoutException, TimeoutError):
        failure = f"it did not arrive within {SECONDS:.0f} s"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, zlib.error) as error:
        failure = f"it cannot be fetched ({type(error).__name__})"
    # Raised outside the ``except`` block: the exception holds the request, and that the address.
    raise NotDownloaded(failure)


async def _body(response: httpx.Response, most: int) -> bytes:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise NotDownloaded("it is packed in a way that was not asked for")
    unpack = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
    parts, size = [], 0
    async for piece in response.aiter_raw():
        # One byte more than the limit allows shows that the file goes on.
        part = unpack.decompress(piece, most - size + 1) if unpack else piece
        size += len(part)
        if size > most:
            raise NotDownloaded(f"it is larger than {most // 1024**2} MiB")
        parts.append(part)
    return b"".join(parts)


def address_problem(url: str, api: str) -> str:
    """Return why an address must not be fetched, without any of it; empty for an allowed one.

    Only ``https`` and only the internet are allowed, but for an API on this machine: a sandbox keeps its files there.
    """
    try:
        parts, home = urlsplit(url), urlsplit(api)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "its address is none"
    if not host or "@" in parts.netloc:
        return "its address is none"
    local = is_loopback(home.hostname or "")
    if parts.scheme == "http" and not (local and home.scheme == "http" and is_loopback(host)):
        return "its address is not https"
    if parts.scheme not in {"http", "https"}:
        return "its address is not https"
    if not local and host != home.hostname and _is_private(host):
        return "its address leads into a private network"
    return ""


def _is_private(host: str) -> bool:
    # Resolvers fold wide letters, and take a name with a dot at its end for the name without.
    name = normalize("NFKC", host).lower().rstrip(".")
    address = _address(name)
    if address:
        return not address.is_global
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))


def _address(name: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host name is, also in the forms that only resolvers know, such as ``127.1``."""
    with suppress(ValueError):
        return ip_address(name.partition("%")[0])
    with suppress(OSError):
        return ip_address(inet_aton(name))
    return None
