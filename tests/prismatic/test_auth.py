"""Tokens: sent with each request, renewed once, and sent nowhere else."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest
from prismatic.fake_tenant import RENEWABLE, SCHEMA, TOKEN, URL, FakeTenant, with_api
from support.typed_operations import typed_operations

from reconciler.errors import NotAuthenticated, ServerFault, Unreachable
from reconciler.prismatic.connection import identify
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.auth import BearerAuth
from reconciler.prismatic.http.stats import Stats
from reconciler.prismatic.http.transport import ApiTransport
from reconciler.prismatic.settings.allowed_hosts import allowed_hosts
from reconciler.prismatic.settings.endpoint import Endpoint
from reconciler.secrets.known import KnownSecrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.errors import ApiError
    from reconciler.prismatic.client import Api

ROLES = Call(typed_operations("query roles { customerRoles { id name } }", SCHEMA)["roles"], {})
CREATE = typed_operations(
    "mutation create($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { field messages } } }",
    SCHEMA,
)["create"]
ONLY_REFRESH = replace(RENEWABLE, access_token=None)


async def ask(api: Api) -> Any:
    return (await api.call([ROLES]))[0].data


def authorizations(tenant: FakeTenant) -> list[str | None]:
    return [sent.headers.get("authorization") for sent in tenant.sent]


def test_an_expired_token_is_renewed_and_the_request_sent_again() -> None:
    """A token that expires during a run is renewed, and the request gets its answer."""
    tenant = FakeTenant(tokens={"canary-access-token-old"})

    async def use(api: Api) -> None:
        assert await ask(api)
        tenant.tokens = {"another"}
        assert await ask(api)
        assert await ask(api)

    with_api(tenant, use, endpoint=RENEWABLE)
    assert [sent.path for sent in tenant.sent] == ["/api", "/api", "/auth/refresh", "/api", "/api"]
    assert tenant.sent[2].payload == {"refresh_token": "canary-refresh-token", "tenant_id": "tenant-7"}
    assert authorizations(tenant)[2:] == [None, *["Bearer canary-access-token-renewed-1"] * 2]


def test_many_requests_that_meet_an_expired_token_renew_it_once() -> None:
    """Concurrent requests wait for one renewal and use its token."""
    tenant = FakeTenant(tokens={"another"})

    async def slowly(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.005)
        return await tenant.handle(request)

    async def use(api: Api) -> list[Any]:
        return await asyncio.gather(*(ask(api) for _ in range(12)))

    assert all(with_api(tenant, use, endpoint=RENEWABLE, transport=httpx.MockTransport(slowly)))
    assert authorizations(tenant).count("Bearer canary-access-token-old") == 4
    assert tenant.refreshed == 1


def test_a_mutation_survives_an_expired_token() -> None:
    """A mutation refused because of an expired token was not carried out, so it is sent again, once."""
    tenant = FakeTenant(tokens={"another"})

    async def use(api: Api) -> Any:
        return await api.call([Call(CREATE, {"input": {"name": "FTL"}})])

    (answer,) = with_api(tenant, use, endpoint=RENEWABLE)
    assert answer.errors == ()
    assert [each["name"] for each in tenant.customers] == ["FTL"]


def test_without_an_access_token_one_is_fetched_first() -> None:
    """With only a refresh token, an access token is fetched before the first request."""
    tenant = FakeTenant(tokens=set())
    assert with_api(tenant, ask, endpoint=replace(ONLY_REFRESH, tenant_id=None))
    assert [sent.path for sent in tenant.sent] == ["/auth/refresh", "/api"]
    assert tenant.sent[0].payload == {"refresh_token": "canary-refresh-token"}


def test_a_new_refresh_token_replaces_the_old_one() -> None:
    """When a renewal returns a new refresh token, the next renewal uses it."""
    tenant = FakeTenant(tokens={"canary-a"})
    tenant.script.append(httpx.Response(200, json={"access_token": "canary-a", "refresh_token": "canary-next"}))

    async def use(api: Api) -> None:
        await ask(api)
        tenant.tokens = {"another"}
        await ask(api)

    with_api(tenant, use, endpoint=ONLY_REFRESH)
    assert [sent.payload["refresh_token"] for sent in tenant.sent if sent.path == "/auth/refresh"] == [
        "canary-refresh-token",
        "canary-next",
    ]


@pytest.mark.parametrize("domain", ["login.example", "https://login.example/", "http://localhost:9"])
def test_without_a_refresh_endpoint_the_issuer_renews_the_token(domain: str) -> None:
    """For a stack without /auth/refresh, the issuer that it names renews the token, as for the official tool."""
    tenant = FakeTenant(tokens={"canary-issued"})
    tenant.script.extend(
        [
            httpx.Response(404),
            httpx.Response(200, json={"domain": domain, "clientId": "client-1"}),
            httpx.Response(200, json={"access_token": "canary-issued"}),
        ]
    )
    allowed = allowed_hosts({"RECONCILER_ALLOWED_HOSTS": "login.example,localhost:9"})
    assert with_api(tenant, ask, endpoint=replace(ONLY_REFRESH, allowed_hosts=allowed))
    assert [(sent.method, sent.path) for sent in tenant.sent] == [
        ("POST", "/auth/refresh"),
        ("GET", "/auth/meta"),
        ("POST", "/oauth/token"),
        ("POST", "/api"),
    ]
    issuer = tenant.sent[2]
    assert issuer.headers["host"] in {"login.example", "localhost:9"}
    assert parse_qs(issuer.text) == {
        "grant_type": ["refresh_token"],
        "client_id": ["client-1"],
        "refresh_token": ["canary-refresh-token"],
        "tenant_id": ["tenant-7"],
    }
    assert authorizations(tenant)[:3] == [None, None, None]


REFUSED = (
    f"{URL}: the access token could not be renewed with the refresh token from the test (%s); "
    "get a new one with `prism me:token --type refresh`"
)


def meta(content: Any) -> list[httpx.Response]:
    return [httpx.Response(405), httpx.Response(200, json=content)]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([httpx.Response(401, text="canary")], "HTTP 401 from /auth/refresh"),
        ([httpx.Response(400, json={"error": "canary"})], "HTTP 400 from /auth/refresh"),
        ([httpx.Response(403)], "HTTP 403 from /auth/refresh"),
        ([httpx.Response(307, headers={"location": "https://evil.example/"})], "HTTP 307 from /auth/refresh"),
        ([httpx.Response(200, text="<html>")], "/auth/refresh answered with something other than a JSON object"),
        ([httpx.Response(200, json=["x"])], "/auth/refresh answered with something other than a JSON object"),
        ([httpx.Response(200, json={})], "the answer holds no access token"),
        ([httpx.Response(200, json={"access_token": ""})], "the answer holds no access token"),
        ([httpx.Response(200, json={"access_token": "a b"})], "the answer holds no access token"),
        ([httpx.Response(200, json={"access_token": 7})], "the answer holds no access token"),
        ([httpx.Response(404), httpx.Response(404)], "HTTP 404 from /auth/meta"),
        (meta({"domain": "login.example"}), "/auth/meta names no issuer of tokens"),
        (meta({"domain": 7, "clientId": "c"}), "/auth/meta names no issuer of tokens"),
        (
            meta({"domain": "http://login.example", "clientId": "c"}),
            (
                "/auth/meta's domain is plain http ('http://login.example'): a token is sent only over https, "
                "or to this machine; use https://HOST"
            ),
        ),
        (
            meta({"domain": "login.example/x", "clientId": "c"}),
            (
                "/auth/meta's domain is more than the address of a server: 'https://login.example/x'; "
                "expected https://login.example"
            ),
        ),
    ],
)
def test_a_failed_renewal_gives_its_reason(answers: list[httpx.Response], reason: str) -> None:
    """A refresh token that does not work leads to a one-line error, without a second try and without the token."""
    tenant = FakeTenant()
    tenant.script.extend(answers)
    with pytest.raises(NotAuthenticated) as caught:
        with_api(tenant, ask, endpoint=ONLY_REFRESH)
    assert str(caught.value) == REFUSED % reason
    assert len(tenant.sent) == len(answers)


@pytest.mark.parametrize(
    ("happening", "kind", "message"),
    [
        (lambda: httpx.Response(503), ServerFault, f"{URL} answered HTTP 503: the server failed (5 tries)"),
        (lambda: httpx.ReadTimeout("x"), Unreachable, f"no answer from {URL} within 30 s (5 tries)"),
    ],
)
def test_a_renewal_is_retried_after_a_transient_fault(
    happening: Callable[[], Any], kind: type[ApiError], message: str
) -> None:
    """A transient fault of a renewal is retried even before a mutation, which has not been sent yet."""
    tenant = FakeTenant()
    tenant.script.extend(happening() for _ in range(5))

    async def use(api: Api) -> Any:
        return await api.call([Call(CREATE, {"input": {"name": "FTL"}})])

    with pytest.raises(kind) as caught:
        with_api(tenant, use, endpoint=ONLY_REFRESH)
    assert str(caught.value) == message
    assert not caught.value.ambiguous
    assert {sent.path for sent in tenant.sent} == {"/auth/refresh"}


def test_a_renewed_token_that_is_refused_is_not_renewed_again() -> None:
    """A renewed token that is refused too ends the run."""
    tenant = FakeTenant(tokens={"another"})
    tenant.script.extend([None, httpx.Response(200, json={"access_token": "canary-wrong"})])
    with pytest.raises(NotAuthenticated, match="the token from the test is wrong or has expired"):
        with_api(tenant, ask, endpoint=RENEWABLE)
    assert [sent.path for sent in tenant.sent] == ["/api", "/auth/refresh", "/api"]


def test_a_redirect_is_never_followed() -> None:
    """A redirect, even to the same host, ends the request: the token goes only to the configured address."""
    tenant = FakeTenant()
    tenant.script.append(httpx.Response(307, headers={"location": f"{URL}/api/"}))
    with pytest.raises(ServerFault, match=r"it redirects to stack\.example, and a token is not sent on"):
        with_api(tenant, ask)
    assert len(tenant.sent) == 1


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://login.\u0440rismatic.io/x", "login.xn--rismatic-4bh.io"),
        ("https://b\u00fccher.example:8443", "xn--bcher-kva.example"),
        ("https://a b.example/", "another place"),
        ("/api/", "another place"),
        ("//[::1]/", "::1"),
    ],
)
def test_the_host_of_a_redirect_is_shown_in_punycode(location: str, shown: str) -> None:
    """A host whose name looks like another one is shown in punycode."""
    tenant = FakeTenant()
    tenant.script.append(httpx.Response(307, headers={"location": location.encode()}))
    with pytest.raises(ServerFault, match=rf"it redirects to {re.escape(shown)}, and a token is not sent on"):
        with_api(tenant, ask)
    assert len(tenant.sent) == 1


def test_each_request_has_its_headers() -> None:
    """Requests carry the product's name and version and the token, and ask for JSON."""
    tenant = FakeTenant()
    with_api(tenant, identify)
    headers = tenant.sent[0].headers
    assert headers["user-agent"].startswith("reconciler/")
    assert (headers["authorization"], headers["accept"]) == (f"Bearer {TOKEN}", "application/json")


def test_unconnected_parts_raise_an_error() -> None:
    """Using the parts before they are connected raises an error for the programmer."""
    endpoint = Endpoint(URL, None, RENEWABLE.refresh_token, None, "the test")

    async def alone() -> None:
        async with httpx.AsyncClient(auth=BearerAuth(endpoint, KnownSecrets())) as client:
            await client.get(URL)

    with pytest.raises(RuntimeError, match="bind"):
        asyncio.run(alone())
    transport = ApiTransport(endpoint, BearerAuth(endpoint, KnownSecrets()), Stats(), str)
    with pytest.raises(RuntimeError, match="connect"):
        asyncio.run(transport.execute(None))  # type: ignore[arg-type]  # nothing is sent
    asyncio.run(transport.close())
