"""Failures of the network, of proxies and of the API, with the message that the user reads."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from reconciler.errors import NotAuthenticated, Rejected, ServerFault, Throttled, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.errors import ApiError


def text(status: int, body: str | bytes = "", kind: str = "text/plain", **headers: str) -> Callable[[], httpx.Response]:
    content = body.encode() if isinstance(body, str) else body
    return lambda: httpx.Response(status, content=content, headers={"content-type": kind} | headers)


def as_json(status: int, body: Any, **headers: str) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(status, json=body, headers=headers)


def raised(kind: type[httpx.HTTPError], message: str = "x") -> Callable[[], Exception]:
    return lambda: kind(message)


def not_connected(cause: BaseException) -> Callable[[], Exception]:
    def make() -> Exception:
        error = httpx.ConnectError("All connection attempts failed")
        error.__cause__ = cause
        return error

    return make


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


class Failure(NamedTuple):
    """A failure of each request, and its message; ``{url}`` is the stack's address.

    ``retried``: a query is tried again until the tries are used up. ``done``: a mutation may have been carried out.
    """

    name: str
    happening: Callable[[], httpx.Response | Exception]
    kind: type[ApiError]
    message: str
    retried: bool = False
    done: bool = False


NO_API = "{url} answered HTTP %d: no Prismatic API at this address; check PRISMATIC_URL"
NOT_GRAPHQL = "{url} answered HTTP %d with %s (%s), not with a GraphQL answer; check PRISMATIC_URL and any proxy"
NO_JSON = "something that is not JSON or was cut off"
JSON = "application/json"
REFUSED = "cannot reach {url}: the connection was refused; check the address"
UNRESOLVED = "cannot reach {url}: the host's name does not resolve; check the address"
LOST = "the connection to {url} was lost before the answer was complete"
REDIRECT = "{url} answered HTTP %d: it redirects to %s, and a token is not sent on; check PRISMATIC_URL"
PROXY = "cannot reach {url}: the proxy refused (%s); check HTTPS_PROXY and NO_PROXY"

FAILURES = [
    Failure(
        "wrong token",
        as_json(401, {"detail": "no"}),
        NotAuthenticated,
        "{url} answered HTTP 401: the token from PRISM_ACCESS_TOKEN is wrong or has expired; "
        "get a new one with `prism me:token`",
    ),
    Failure(
        "forbidden",
        as_json(403, {"detail": "no"}),
        Rejected,
        "{url} answered HTTP 403: the token from PRISM_ACCESS_TOKEN lacks the permission, "
        "or a firewall or proxy refused the request",
    ),
    Failure("no such page", text(404, "<html>", "text/html"), ServerFault, NO_API % 404),
    Failure("no such method", text(405), ServerFault, NO_API % 405),
    Failure("gone", text(410), ServerFault, NO_API % 410),
    Failure(
        "a proxy with a password",
        text(407),
        Unreachable,
        "{url} answered HTTP 407: the proxy requires a user name and a password; put them into HTTPS_PROXY",
    ),
    Failure("timed out", text(408), ServerFault, "{url} answered HTTP 408: the server failed", retried=True, done=True),
    Failure("too early", text(425), ServerFault, "{url} answered HTTP 425: the server failed", retried=True, done=True),
    Failure("too large", text(413), ServerFault, "{url} answered HTTP 413: the request is too large"),
    Failure("address too long", text(414), ServerFault, "{url} answered HTTP 414: the request is too large"),
    Failure("headers too large", text(431), ServerFault, "{url} answered HTTP 431: the request is too large"),
    Failure("a teapot", text(418, "I am"), ServerFault, NOT_GRAPHQL % (418, NO_JSON, "text/plain")),
    Failure(
        "a conflict",
        as_json(409, {"detail": "conflict"}),
        ServerFault,
        NOT_GRAPHQL % (409, "JSON that has neither data nor errors", JSON),
    ),
    Failure(
        "throttled",
        as_json(429, {"detail": "no"}),
        Throttled,
        "{url} answered HTTP 429: too many requests",
        retried=True,
    ),
    Failure(
        "throttled, the pause in the message",
        as_json(429, {"detail": "Request was throttled. Expected available in 3 seconds."}),
        Throttled,
        "{url} answered HTTP 429: too many requests, and it asks for a pause of 3 s",
        retried=True,
    ),
    Failure(
        "throttled for an hour",
        as_json(429, {}, **{"Retry-After": "3600"}),
        Throttled,
        "{url} answered HTTP 429: too many requests, and it asks for a pause of 3600 s",
    ),
    Failure(
        "throttled for years",
        as_json(429, {}, **{"Retry-After": "94823017"}),
        Throttled,
        "{url} answered HTTP 429: too many requests, and it asks for a pause of more than a day",
    ),
    Failure(
        "throttled until a date that is over",
        as_json(429, {}, **{"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        Throttled,
        "{url} answered HTTP 429: too many requests",
        retried=True,
    ),
    Failure(
        "throttled for nobody knows how long",
        as_json(429, {}, **{"Retry-After": "soon"}),
        Throttled,
        "{url} answered HTTP 429: too many requests",
        retried=True,
    ),
    Failure(
        "throttled with HTTP 200",
        as_json(200, {"detail": "Request was throttled."}),
        Throttled,
        "{url} answered: too many requests",
        retried=True,
    ),
    *(
        Failure(
            f"server fault {status}",
            text(status, "Traceback: canary-access-token-1", "text/html"),
            ServerFault,
            f"{{url}} answered HTTP {status}: the server failed",
            retried=True,
            done=True,
        )
        for status in (500, 502, 503, 504, 520)
    ),
    Failure(
        "a server fault that speaks GraphQL",
        as_json(500, {"errors": [{"message": "boom"}]}),
        ServerFault,
        "{url} answered HTTP 500: the server failed",
        retried=True,
        done=True,
    ),
    Failure(
        "a redirect elsewhere",
        text(302, location="https://evil.example/login?token=abc"),
        ServerFault,
        REDIRECT % (302, "evil.example"),
    ),
    Failure("a redirect to nowhere", text(301), ServerFault, REDIRECT % (301, "another place")),
    Failure("a broken redirect", text(308, location="http://[broken"), ServerFault, REDIRECT % (308, "another place")),
    Failure(
        "a sign-in page",
        text(200, "<!doctype html>", "text/html; charset=utf-8"),
        ServerFault,
        NOT_GRAPHQL % (200, "a web page", "text/html; charset=utf-8"),
        done=True,
    ),
    Failure(
        "a page called JSON",
        text(200, "  <html>", JSON),
        ServerFault,
        NOT_GRAPHQL % (200, "a web page", JSON),
        done=True,
    ),
    Failure(
        "an empty body", text(200), ServerFault, NOT_GRAPHQL % (200, "nothing", "text/plain"), retried=True, done=True
    ),
    Failure(
        "no content", text(204), ServerFault, NOT_GRAPHQL % (204, "nothing", "text/plain"), retried=True, done=True
    ),
    *(
        Failure(name, text(200, body, JSON), ServerFault, NOT_GRAPHQL % (200, NO_JSON, JSON), retried=True, done=True)
        for name, body in (
            ("a body cut off", '{"data": {"op0": {"totalCount": 1'),
            ("a body that is not UTF-8", b"\xff\xfe\x00"),
            ("plain words", "OK"),
            ("a body too deep to parse", "[" * 200_000),
        )
    ),
    *(
        Failure(name, text(200, body, JSON), ServerFault, NOT_GRAPHQL % (200, what, JSON), done=True)
        for name, body, what in (
            ("null", "null", "JSON that is not an object"),
            ("a list", "[]", "JSON that is not an object"),
            ("a number", "7", "JSON that is not an object"),
            ("a string", '"x"', "JSON that is not an object"),
            ("an empty object", "{}", "JSON that has neither data nor errors"),
            ("data that is null", '{"data": null}', "JSON that has neither data nor errors"),
            ("no errors and no data", '{"errors": []}', "JSON that has neither data nor errors"),
            ("another API's detail", '{"detail": "hello"}', "JSON that has neither data nor errors"),
            ("data that is a list", '{"data": []}', "JSON of another form"),
            ("data that is a string", '{"data": "x"}', "JSON of another form"),
            ("errors that are an object", '{"errors": {"message": "x"}}', "JSON of another form"),
            ("errors that are a string", '{"errors": "bad"}', "JSON of another form"),
        )
    ),
    Failure(
        "a broken compression",
        lambda: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip")),
        ServerFault,
        "{url} sent an answer that cannot be decoded",
        retried=True,
        done=True,
    ),
    Failure(
        "no connection in time",
        raised(httpx.ConnectTimeout),
        Unreachable,
        "cannot reach {url}: no connection in time",
        retried=True,
    ),
    Failure(
        "no answer in time",
        raised(httpx.ReadTimeout),
        Unreachable,
        "no answer from {url} within 60 s",
        retried=True,
        done=True,
    ),
    Failure("connection lost", raised(httpx.ReadError), Unreachable, LOST, retried=True, done=True),
    Failure("connection lost while sending", raised(httpx.WriteError), Unreachable, LOST, retried=True, done=True),
    Failure("hung up", raised(httpx.RemoteProtocolError), Unreachable, LOST, retried=True, done=True),
    Failure("refused", not_connected(ConnectionRefusedError(111, "x")), Unreachable, REFUSED, retried=True),
    Failure(
        "refused on every address",
        not_connected(ExceptionGroup("all", [OSError(1), ConnectionRefusedError(111, "x")])),
        Unreachable,
        REFUSED,
        retried=True,
    ),
    Failure("no such host", not_connected(socket.gaierror(socket.EAI_NONAME, "x")), Unreachable, UNRESOLVED),
    Failure(
        "name server away",
        not_connected(socket.gaierror(socket.EAI_AGAIN, "x")),
        Unreachable,
        UNRESOLVED,
        retried=True,
    ),
    Failure(
        "untrusted certificate",
        not_connected(untrusted()),
        Unreachable,
        "cannot reach {url}: its TLS certificate is not trusted (self-signed certificate); "
        "if a proxy re-signs, point SSL_CERT_FILE to its CA",
    ),
    Failure(
        "no TLS at all",
        not_connected(ssl.SSLError(1, "x")),
        Unreachable,
        "cannot reach {url}: no TLS connection (handshake failed)",
    ),
    Failure("no route", raised(httpx.ConnectError), Unreachable, "cannot reach {url}: no connection", retried=True),
    Failure("proxy says no", raised(httpx.ProxyError, "403 Forbidden"), Unreachable, PROXY % "403 Forbidden"),
    Failure("proxy in trouble", raised(httpx.ProxyError, "502 Bad"), Unreachable, PROXY % "502 Bad", retried=True),
    Failure(
        "a proxy of an unknown kind",
        raised(httpx.UnsupportedProtocol),
        Unreachable,
        "cannot send a request to {url}; check PRISMATIC_URL and HTTPS_PROXY",
    ),
]
