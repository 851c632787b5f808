"""Real connections on this machine: proxies, TLS, refusals, and requests that are given up."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import ENDPOINT, SCHEMA, FakeTenant, with_api
from support.typed_operations import plain, typed_operations

from reconciler.errors import Unreachable
from reconciler.prismatic.client import Api
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROLES = Call(typed_operations("query roles { customerRoles { id name } }", SCHEMA)["roles"], {})
ONCE = RetryPolicy(tries=1)
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 48\r\nconnection: close\r\n\r\n"
BODY = b'{"data":{"op0":[{"id":"r1","name":"A"}]}}       '
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def listening(answer: bytes, seen: list[str]) -> AsyncIterator[int]:
    """Serve the same bytes to each connection after its first line; record those lines; yield the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readline()
        seen.append(head.decode("latin-1").strip())
        if answer:
            writer.write(answer)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def failing(url: str, **options: Any) -> str:
    """Return the error message of a request to the address."""
    async with Api(replace(ENDPOINT, url=url), retry=ONCE, **options) as api:
        with pytest.raises(Unreachable) as caught:
            await api.call([ROLES])
        assert not caught.value.ambiguous
        return str(caught.value)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_refused_connection() -> None:
    """A refused connection is reported as refused."""
    url = f"http://127.0.0.1:{free_port()}"
    assert asyncio.run(failing(url)) == f"cannot reach {url}: the connection was refused; check the address"


def test_a_host_that_does_not_exist() -> None:
    """A name that does not resolve, or not in time, is reported as such."""
    url = "https://stack.invalid"
    assert asyncio.run(failing(url)) in {
        f"cannot reach {url}: the host's name does not resolve; check the address",
        f"cannot reach {url}: no connection in time",
    }


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ALL_PROXY", "socks5://me:canary@127.0.0.1:1", "the environment names a SOCKS proxy: install the package"),
        ("HTTPS_PROXY", "nonsense://me:canary@host", "a proxy's address in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"),
        ("HTTPS_PROXY", "http://me:canary@host:port", "a proxy's address in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"),
        ("SSL_CERT_FILE", __file__, "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names"),
        (
            "SSL_CERT_FILE",
            "/nowhere/canary",
            "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names",
        ),
    ],
)
def test_an_environment_that_cannot_be_used(
    variable: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy or certificate file that cannot be used is reported in one line, without its address and password."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(Unreachable) as caught:
        with_api(FakeTenant(), lambda api: api.call([ROLES]), transport=None)
    assert str(caught.value).startswith(message)
    assert "canary" not in str(caught.value)


def test_a_server_without_tls() -> None:
    """A server without TLS on an https address is reported, and gets nothing but a handshake."""
    seen: list[str] = []

    async def main() -> str:
        async with listening(b"HTTP/1.0 400 Bad\r\n\r\n", seen) as port:
            return await failing(f"https://127.0.0.1:{port}")

    assert ": no TLS connection (" in asyncio.run(main())
    assert not any("POST" in line for line in seen)


def test_proxies_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """An https request goes through the proxy of the environment, as a tunnel, and a refusal is reported."""
    seen: list[str] = []

    async def main() -> str:
        async with listening(b"HTTP/1.1 403 Forbidden\r\n\r\n", seen) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            return await failing("https://stack.invalid")

    assert asyncio.run(main()) == (
        "cannot reach https://stack.invalid: the proxy refused (403 Forbidden); check HTTPS_PROXY and NO_PROXY"
    )
    assert seen == ["CONNECT stack.invalid:443 HTTP/1.1"]


def test_no_proxy_sees_plain_http_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain http request to this machine never goes through a proxy, since the proxy could read the token."""
    seen: list[str] = []
    at_the_proxy: list[str] = []

    async def main() -> Any:
        async with listening(ANSWER + BODY, seen) as port, listening(b"", at_the_proxy) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy}")
            monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy}")
            async with Api(replace(ENDPOINT, url=f"http://localhost:{port}"), retry=ONCE) as api:
                return await api.call([ROLES])

    (answer,) = asyncio.run(main())
    assert plain(answer.data) == [{"id": "r1", "name": "A"}]
    assert seen == ["POST /api HTTP/1.1"]
    assert at_the_proxy == []


@pytest.mark.parametrize("answer", [b"", ANSWER, ANSWER + BODY[:10], b"nonsense\r\n\r\n"])
def test_an_answer_that_is_cut_off(answer: bytes) -> None:
    """When the server hangs up before its answer is complete, a query is asked again."""
    seen: list[str] = []

    async def main() -> None:
        async with listening(answer, seen) as port:
            url = f"http://127.0.0.1:{port}"
            async with Api(replace(ENDPOINT, url=url), retry=RetryPolicy(tries=2, first_pause=0.01)) as api:
                with pytest.raises(Unreachable) as caught:
                    await api.call([ROLES])
                message = f"the connection to {url} was lost before the answer was complete (2 tries)"
                assert str(caught.value) == message

    asyncio.run(main())
    assert len(seen) == 2


def test_only_a_few_requests_are_under_way_at_once() -> None:
    """Of many calls, at most four requests wait for their answers at the same time."""
    tenant = FakeTenant()
    now = most = 0

    async def handle(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.005)
        now -= 1
        return await tenant.handle(request)

    async def use(api: Api) -> Any:
        await asyncio.gather(*(api.ask(ROLES) for _ in range(200)))

    with_api(tenant, use, transport=httpx.MockTransport(handle))
    assert most == 4
    assert len(tenant.sent) == 8


def test_leaving_the_connection_cancels_queries() -> None:
    """Leaving the connection cancels the queries that are under way."""

    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    async def use(api: Api) -> None:
        waiting = asyncio.create_task(api.ask(ROLES))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    started = time.monotonic()
    with_api(FakeTenant(), use, transport=httpx.MockTransport(never))
    assert time.monotonic() - started < 30


def test_a_cancelled_query_does_not_disturb_others() -> None:
    """A cancelled query does not disturb others in its request, answered or failed."""
    tenant = FakeTenant()
    tenant.script.extend([None, httpx.Response(403)])
    arrived = asyncio.Event()

    async def slowly(request: httpx.Request) -> httpx.Response:
        arrived.set()
        await asyncio.sleep(0.01)
        return await tenant.handle(request)

    async def once(api: Api) -> Any:
        arrived.clear()
        first, second = asyncio.create_task(api.ask(ROLES)), asyncio.create_task(api.ask(ROLES))
        await arrived.wait()
        first.cancel()
        return (await asyncio.gather(first, second, return_exceptions=True))[1]

    async def use(api: Api) -> Any:
        return [await once(api), await once(api)]

    answer, error = with_api(tenant, use, transport=httpx.MockTransport(slowly))
    assert answer.errors == ()
    assert "HTTP 403" in str(error)
