"""Keeps web pages of other sites away from a sandbox that listens on this machine.

A browser sends requests to 127.0.0.1 for whoever wrote the page that it shows. Two headers give that away:

- ``Host`` holds the name in the address. A page whose own name was made to resolve to 127.0.0.1 (DNS rebinding) sends
  its own name there, so only names of this machine are answered.
- ``Origin`` and ``Sec-Fetch-Site`` hold where a request comes from. Browsers set them, and no page can change them.

Programs send neither ``Origin`` nor ``Sec-Fetch-Site``: nothing changes for them.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

CONTROL = "/sandbox/"
"""The paths that control the sandbox begin with this; they are only for this machine."""
_OUTSIDE = frozenset({"cross-site", "same-site"})
"""The values of ``Sec-Fetch-Site`` for a request that another origin caused; another port is ``same-site``."""


def only_from_here(app: ASGIApp) -> ASGIApp:
    """Return the application behind a check that refuses requests from pages of other sites."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        reason = refusal(scope["path"], scope["scheme"], Headers(scope=scope)) if scope["type"] == "http" else None
        await (JSONResponse({"detail": reason}, 403) if reason else app)(scope, receive, send)

    return checked


def refusal(path: str, scheme: str, headers: Headers) -> str | None:
    """Return why a request is refused, or ``None``.

    >>> refusal("/api", "http", Headers({"host": "127.0.0.1:8765"}))
    >>> refusal("/api", "http", Headers({"host": "rebound.example"}))
    'Host has to be a name of this machine: 127.0.0.1, localhost or [::1].'
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _is_this_machine(hosts[0]):
        return "Host has to be a name of this machine: 127.0.0.1, localhost or [::1]."
    # "null" is what sandboxed frames and local files send.
    if any(origin != f"{scheme}://{hosts[0]}" for origin in headers.getlist("origin")):
        return "Pages of another origin may not use the sandbox."
    if path.startswith(CONTROL) and not _OUTSIDE.isdisjoint(headers.getlist("sec-fetch-site")):
        return "Pages of another site may not steer the sandbox. Open the address directly."
    return None


def _is_this_machine(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    # Only a name and a port are valid; urlsplit also accepts "evil@127.0.0.1" and "127.0.0.1/path".
    written = {name, f"[{name}]"}
    if host.lower() not in {each if port is None else f"{each}:{port}" for each in written}:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
