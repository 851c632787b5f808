"""The transport of one GraphQL request: gql calls it, and it sends the request with httpx."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import httpx
import msgspec
from gql.transport.async_transport import AsyncTransport
from graphql import ExecutionResult, print_ast
from msgspec import UNSET, UnsetType

from reconciler import __version__
from reconciler.errors import ServerFault, Throttled, Unreachable
from reconciler.prismatic.http.errors import Fault, fault_of_body, fault_of_exception, fault_of_status, form_of_pause
from reconciler.prismatic.http.response_limits import ACCEPT, MAX_RUN_BYTES, check_elements, limit_body, received
from reconciler.prismatic.http.server_clock import ServerClock
from reconciler.prismatic.settings.urls import is_loopback
from reconciler.secrets.secret import reveal

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from gql import GraphQLRequest

    from reconciler.prismatic.http.auth import BearerAuth
    from reconciler.prismatic.http.stats import Stats
    from reconciler.prismatic.redaction.redact import Clean
    from reconciler.prismatic.settings.endpoint import Endpoint

log = logging.getLogger(__name__)

_THROTTLED = re.compile(r"throttl|too many requests|rate limit", re.IGNORECASE)
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
"""Seconds without a byte from the server."""
WHOLE_TIMEOUT = 90.0
"""Seconds for one request and its whole answer: a server that sends a byte now and then never meets the other limit."""
MAX_ERRORS = 1_000
"""Errors of one answer, since each is searched for secrets."""


class _Envelope(msgspec.Struct):
    """An answer of GraphQL, or of a server in front of it. The data of each operation is decoded later, by its type."""

    data: dict[str, msgspec.Raw] | UnsetType | None = UNSET
    errors: list[Any] | None = None
    detail: Any = None


class ApiTransport(AsyncTransport):
    """Sends one document to ``{url}/api`` and returns the GraphQL result, or raises :class:`Fault`.

    It replaces gql's own httpx transport for three reasons. That one logs requests, which hold secrets. It prefers
    another HTTP library when one is installed. And it has no place for limits on an answer, for redaction, or for the
    difference between a request that was never sent and one whose answer was lost.

    The result's ``extensions`` hold ``data``, whether the answer has the key ``data``, even as null; and ``body``, the
    bytes of the answer.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        auth: BearerAuth,
        stats: Stats,
        clean: Clean,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._auth = auth
        self._stats = stats
        self._clean = clean
        self._inner = inner
        self._client: httpx.AsyncClient | None = None
        self._proven = False
        self.clock = ServerClock()
        self._kept = 0
        """Unpacked bytes of all answers to queries so far, which stay in memory until the run ends."""

    async def connect(self) -> None:
        with _environment_errors():
            self._client = httpx.AsyncClient(
                auth=self._auth,
                headers={"User-Agent": f"reconciler/{__version__}", "Accept": "application/json", **ACCEPT},
                event_hooks={"response": [limit_body]},
                timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
                transport=self._inner,
                follow_redirects=False,
                trust_env=not self._plain_http,
            )
        self._auth.bind(self._client)

    @property
    def _plain_http(self) -> bool:
        """Whether requests go to this machine over plain http. They then pass no proxy, since it could read them."""
        parts = urlsplit(self._endpoint.url)
        return parts.scheme == "http" and is_loopback(str(parts.hostname))

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    def subscribe(self, request: GraphQLRequest) -> AsyncGenerator[ExecutionResult, None]:
        del request
        raise TypeError("subscriptions are not supported")

    async def execute(self, request: GraphQLRequest, text: str = "") -> ExecutionResult:
        """Send a request and return its result; ``text`` is the document as text where the caller has it already."""
        if self._client is None:
            raise RuntimeError("connect() comes before the first request")
        started = time.monotonic()
        query = text or print_ast(request.document)
        payload = {
            "query": query,
            "operationName": request.operation_name,
            "variables": request.variable_values or {},
        }
        response = await self._post(self._client, payload)
        milliseconds = (time.monotonic() - started) * 1000
        log.debug("%s: HTTP %d in %.0f ms", request.operation_name, response.status_code, milliseconds)
        self._stats.count_request(received(response) or len(response.content))
        # The answer to a mutation is never dropped: it is the only record of what was carried out.
        if not query.startswith("mutation"):
            self._kept += len(response.content)
            if self._kept > MAX_RUN_BYTES:
                what = f"{self._endpoint.url} sent more than {MAX_RUN_BYTES // 1024**2} MiB in this run"
                raise Fault(ServerFault, f"{what}; divide the work with --target or --shard")
        return self._result(response, mutation=query.startswith("mutation"))

    async def _post(self, client: httpx.AsyncClient, payload: dict[str, Any]) -> httpx.Response:
        body = json.dumps(reveal(payload), allow_nan=False).encode()
        whole = asyncio.timeout(WHOLE_TIMEOUT)
        try:
            async with whole:
                response = await client.post(
                    f"{self._endpoint.url}/api", content=body, headers={"Content-Type": "application/json"}
                )
            self.clock.note(response.headers.get("Date"))
            check_elements(response.content)
        except httpx.HTTPError as error:
            # Raised outside the ``except`` block: the exception holds the request, and that the token and the values.
            fault = fault_of_exception(error, self._endpoint.url, READ_TIMEOUT, self._clean)
        except TimeoutError:
            fault = fault_of_exception(httpx.ReadTimeout(""), self._endpoint.url, WHOLE_TIMEOUT, self._clean)
        else:
            return response
        raise fault

    def _result(self, response: httpx.Response, *, mutation: bool) -> ExecutionResult:
        fault = fault_of_status(response, self._endpoint.url, self._endpoint.source, self._clean)
        if fault:
            if fault.throttled:
                self._stats.retry_after = form_of_pause(response)
            raise fault
        body = self._envelope(response)
        data, errors = body.data, body.errors or []
        if not data and _is_throttled(body.detail, errors, mutation=mutation):
            raise Fault(Throttled, f"{self._endpoint.url} answered: too many requests", transient=True)
        if (data is None or data is UNSET) and not errors:
            self._fail(response, "JSON that has neither data nor errors", transient=False)
        if len(errors) > MAX_ERRORS:
            # An object whose error were left out would look as if it did not exist.
            self._fail(response, f"more than {MAX_ERRORS} errors", transient=False)
        self._proven = True
        return ExecutionResult(
            data=None if data is UNSET else data,
            errors=errors,
            extensions={"data": data is not UNSET, "body": response.content},
        )

    def _envelope(self, response: httpx.Response) -> _Envelope:
        content_type = response.headers.get("content-type", "")
        if "html" in content_type.lower() or response.content.lstrip()[:1] == b"<":
            self._fail(response, "a web page", transient=False)
        if not response.content.strip():
            self._fail(response, "nothing", transient=True)
        try:
            content = self._auth.tokens.removed_from(response.content)
            # The decoder checks the encoding of those texts only that it makes.
            content.decode()
            return msgspec.json.decode(content, type=_Envelope)
        except (ValueError, RecursionError):
            return self._odd_envelope(response)

    def _odd_envelope(self, response: httpx.Response) -> _Envelope:
        """Return the envelope of JSON in another encoding; fail for a body that is not an answer."""
        try:
            data = json.loads(self._auth.tokens.removed_from(response.content))
        except (ValueError, RecursionError):
            self._fail(response, "something that is not JSON or was cut off", transient=True)
        if not isinstance(data, dict):
            self._fail(response, "JSON that is not an object", transient=False)
        try:
            return msgspec.json.decode(json.dumps(data), type=_Envelope)
        except (ValueError, RecursionError):
            self._fail(response, "JSON of another form", transient=False)

    def _fail(self, response: httpx.Response, what: str, *, transient: bool) -> NoReturn:
        """Raise the fault for a body that is not an answer; transient if the API has answered before.

        The address is right then, so something on the way failed.
        """
        url, passing = self._endpoint.url, transient or self._proven
        raise fault_of_body(response, url, what, self._clean, transient=passing)


def _is_throttled(detail: Any, errors: list[Any], *, mutation: bool) -> bool:
    """Return whether a body without data consists of throttling errors alone.

    An error with a path comes from a field that was being carried out, so a mutation is then not sent again.
    """
    if mutation and any(isinstance(each, dict) and each.get("path") for each in errors):
        return False
    messages = [each.get("message") if isinstance(each, dict) else each for each in errors] or [detail]
    return bool(messages) and all(isinstance(each, str) and _THROTTLED.search(each) for each in messages)


@contextmanager
def _environment_errors() -> Iterator[None]:
    """Raise ``Unreachable`` for environment variables that httpx cannot use, by name only: proxies have passwords."""
    try:
        yield
    except ImportError:
        raise Unreachable(
            "the environment names a SOCKS proxy: install the package socksio, or name an http proxy in HTTPS_PROXY"
        ) from None
    except OSError:
        raise Unreachable("the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read") from None
    except (ValueError, httpx.InvalidURL):
        raise Unreachable("a proxy's address in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY cannot be used") from None
