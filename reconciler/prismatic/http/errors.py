"""The fault of one failed attempt to reach the API, and whether another attempt can help."""

from __future__ import annotations

import re
import socket
import ssl
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from reconciler.errors import NotAuthenticated, Rejected, ServerFault, Throttled, Unreachable
from reconciler.prismatic.http.response_limits import TooLarge
from reconciler.prismatic.settings.urls import punycode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.errors import ApiError
    from reconciler.prismatic.redaction.redact import Clean

_NO_API = (ServerFault, "no Prismatic API at this address; check PRISMATIC_URL")
_REFUSALS: Mapping[int, tuple[type[ApiError], str]] = {
    401: (NotAuthenticated, "the token from {source} is wrong or has expired; get a new one with `prism me:token`"),
    403: (Rejected, "the token from {source} lacks the permission, or a firewall or proxy refused the request"),
    404: _NO_API,
    405: _NO_API,
    407: (Unreachable, "the proxy requires a user name and a password; put them into HTTPS_PROXY"),
    410: _NO_API,
}
_TOO_LARGE = frozenset({413, 414, 431})
_TRANSIENT = frozenset({408, 425})
_GATEWAY_TIMEOUTS = frozenset({408, 504, 524})
_DAY = 24 * 60 * 60
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


@dataclass(slots=True)
class Fault(Exception):
    """One failed attempt.

    ``error_type`` is raised when no further attempt is made. ``sent``: the request reached the server, so a mutation
    in it may have been carried out. ``transient``: the same request may succeed later, after ``after`` seconds where
    the server asks for a pause. ``too_large``: the request or its answer was too large. ``strained``: the server
    failed, perhaps because of this request.
    """

    error_type: type[ApiError]
    message: str
    sent: bool = False
    transient: bool = False
    after: float | None = None
    too_large: bool = False
    strained: bool = False

    @property
    def heavy(self) -> bool:
        """Whether a smaller request may succeed."""
        return self.too_large or self.strained

    @property
    def throttled(self) -> bool:
        return self.error_type is Throttled

    def final(self, *, mutation: bool) -> ApiError:
        """Return the error to report when no further attempt is made."""
        return self.error_type(self.message, ambiguous=mutation and self.sent)

    def unsent(self) -> Fault:
        """Return the same fault of a request that was sent before the operation itself."""
        return replace(self, sent=False)

    def after_tries(self, tries: int) -> Fault:
        """Return the same fault with the number of tries in its message."""
        return replace(self, message=f"{self.message} ({tries} tries)") if tries > 1 else self


def fault_of_exception(error: httpx.HTTPError, url: str, timeout: float, clean: Clean) -> Fault:
    """Return the fault for an exception of httpx; ``url`` is the stack's address, ``timeout`` in seconds.

    Exceptions quote text from proxies and servers, so their text passes through ``clean``.
    """
    match error:
        case httpx.ConnectError():
            return _not_connected(error, url, clean)
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Fault(Unreachable, f"cannot reach {url}: no connection in time", transient=True)
        case httpx.ProxyError():
            message = f"cannot reach {url}: the proxy refused ({clean(str(error))}); check HTTPS_PROXY and NO_PROXY"
            return Fault(Unreachable, message, transient=_is_transient(str(error)))
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return Fault(Unreachable, f"cannot send a request to {url}; check PRISMATIC_URL and HTTPS_PROXY")
    return _lost(error, url, timeout)


def _lost(error: httpx.HTTPError, url: str, timeout: float) -> Fault:
    """Return the fault for a request that was sent and whose answer did not arrive whole."""
    if isinstance(error, httpx.TimeoutException):
        message = f"no answer from {url} within {timeout:g} s"
        return Fault(Unreachable, message, sent=True, transient=True, too_large=True)
    if isinstance(error, TooLarge):
        # Not transient: the same request brings the same answer. A smaller one may bring a smaller answer.
        return Fault(ServerFault, f"{url} sent an answer that is too large: {error}", sent=True, too_large=True)
    if isinstance(error, httpx.DecodingError):
        return Fault(ServerFault, f"{url} sent an answer that cannot be decoded", sent=True, transient=True)
    message = f"the connection to {url} was lost before the answer was complete"
    return Fault(Unreachable, message, sent=True, transient=True)


def _is_transient(reason: str) -> bool:
    """Return whether a proxy's refusal, such as ``502 Bad Gateway``, is transient."""
    return reason.startswith(("500", "502", "503", "504"))


def _not_connected(error: httpx.ConnectError, url: str, clean: Clean) -> Fault:
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                why = f"its TLS certificate is not trusted ({clean(cause.verify_message)})"
                hint = "; if a proxy re-signs, point SSL_CERT_FILE to its CA"
                return Fault(Unreachable, f"cannot reach {url}: {why}{hint}")
            case ssl.SSLError():
                reason = clean(getattr(cause, "reason", None) or "handshake failed")
                return Fault(Unreachable, f"cannot reach {url}: no TLS connection ({reason})")
            case socket.gaierror():
                message = f"cannot reach {url}: the host's name does not resolve; check the address"
                return Fault(Unreachable, message, transient=cause.errno == socket.EAI_AGAIN)
            case ConnectionRefusedError():
                message = f"cannot reach {url}: the connection was refused; check the address"
                return Fault(Unreachable, message, transient=True)
    return Fault(Unreachable, f"cannot reach {url}: no connection", transient=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception, its causes and contexts, and the members of exception groups, each once."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        pending += [each.__context__, each.__cause__]
        if isinstance(each, BaseExceptionGroup):
            pending += each.exceptions


def fault_of_status(response: httpx.Response, url: str, source: str, clean: Clean) -> Fault | None:
    """Return the fault that the HTTP status alone shows; ``None`` when the body may be a GraphQL answer.

    ``source`` names where the token came from. Text of the answer passes through ``clean``.
    """
    status = response.status_code
    where = f"{url} answered HTTP {status}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        after = _pause(response)
        asked = f", and it asks for a pause of {_shown_pause(after, clean)}" if after else ""
        return Fault(Throttled, f"{where}: too many requests{asked}", transient=True, after=after)
    if response.is_redirect:
        # A redirect that is followed takes the token and the secrets of the body to a host that nobody confirmed.
        reason = f"it redirects to {_redirect_host(response, clean)}, and a token is not sent on; check PRISMATIC_URL"
        return Fault(ServerFault, f"{where}: {reason}")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _TRANSIENT:
        after = _pause(response) if "retry-after" in response.headers else None
        slow = status in _GATEWAY_TIMEOUTS
        message = f"{where}: the server failed"
        return Fault(ServerFault, message, sent=True, transient=True, after=after, too_large=slow, strained=True)
    if status in _TOO_LARGE:
        return Fault(ServerFault, f"{where}: the request is too large", too_large=True)
    if status in _REFUSALS:
        error_type, reason = _REFUSALS[status]
        return Fault(error_type, f"{where}: {reason.format(source=source)}")
    return None


def fault_of_body(response: httpx.Response, url: str, what: str, clean: Clean, *, transient: bool) -> Fault:
    """Return the fault for a body that is not a GraphQL answer; ``what`` describes the body."""
    content_type = clean(response.headers.get("content-type", "no content type"))[:60]
    refused = 400 <= response.status_code < 500
    return Fault(
        ServerFault,
        f"{url} answered HTTP {response.status_code} with {what} ({content_type}), not with a GraphQL answer; "
        "check PRISMATIC_URL and any proxy",
        sent=not refused,
        transient=transient and not refused,
    )


def _redirect_host(response: httpx.Response, clean: Clean) -> str:
    """Return only the host of a redirect's location: its path and query can hold a secret."""
    try:
        host = urlsplit(response.headers.get("location", "")).hostname
    except ValueError:
        host = None
    shown = punycode(host) if host else None
    return clean(shown)[:80] if shown else "another place"


def _shown_pause(after: float, clean: Clean) -> str:
    """Return the pause as text. The server chose the number, and can put a secret of digits there."""
    return "more than a day" if after > _DAY else f"{clean(f'{after:.0f}')} s"


def form_of_pause(response: httpx.Response) -> str:
    """Return how an answer states the pause it asks for: in ``seconds``, as a ``date``, or not at all (``absent``)."""
    stated = response.headers.get("retry-after", "").strip()
    if not stated:
        return "absent"
    return "seconds" if _SECONDS.fullmatch(stated) else "date"


def _pause(response: httpx.Response) -> float | None:
    """Return the pause that the server asks for, in seconds: ``Retry-After``, else the number in its message."""
    stated = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(stated):
        return float(stated)
    try:
        return max(0.0, parsedate_to_datetime(stated).timestamp() - time.time())
    except (ValueError, OverflowError):
        pass
    in_words = re.search(rb"available in (\d{1,9}) second", response.content[:1000])
    return float(in_words[1]) if in_words else None
