"""Files that the API names an address of: only from the internet, bounded, and without a word of the address."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import httpx
import pytest

from reconciler.prismatic.http.download import NotDownloaded, address_problem, download
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

API = "https://app.prismatic.io"
URL = "https://files.example.com/result?signature=hq7TzP-key"
PRIVATE = "its address leads into a private network"
MOST = 1024**2


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[fe80::1%25eth0]",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "metadata.google.internal.",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "017700000001",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
def test_no_address_leads_into_a_private_network(host: str) -> None:
    """Also the forms of an address that only resolvers know are refused."""
    assert address_problem(f"https://{host}/x", API) == PRIVATE


@pytest.mark.parametrize("host", ["s3.amazonaws.com", "example.com.", "8.8.8.8", "app.prismatic.io"])
def test_the_internet_is_allowed(host: str) -> None:
    """A public host, and the stack itself, may keep a file."""
    assert address_problem(f"https://{host}/x", API) == ""


ANSWERS: dict[str, tuple[int, dict[str, str], bytes, str]] = {
    "redirect": (302, {"location": "https://10.0.0.1/"}, b"", "the server that keeps it answered HTTP 302"),
    "refused": (403, {}, URL.encode(), "the server that keeps it answered HTTP 403"),
    "large": (200, {}, b"x" * (MOST + 1), "it is larger than 1 MiB"),
    "bomb": (200, {"content-encoding": "gzip"}, gzip.compress(b"x" * 50 * MOST), "it is larger than 1 MiB"),
}


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.mark.parametrize("case", ANSWERS)
def test_what_is_not_fetched_is_told_without_its_address(case: str) -> None:
    """A redirect is not followed, a large file is not read, and the reason holds nothing of the address."""
    status, headers, body, reason = ANSWERS[case]
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, headers=headers, content=_in_pieces(body))

    with pytest.raises(NotDownloaded) as caught:
        asyncio.run(download(Secret(URL), API, MOST, httpx.MockTransport(handle)))
    assert str(caught.value) == reason
    assert len(asked) == 1
    assert "authorization" not in asked[0].headers
