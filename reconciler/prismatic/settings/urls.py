"""Addresses of stacks: checked, and normalised to one form."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.errors import UsageError
from reconciler.secrets.pasted_tokens import NOT_SHOWN, address, is_name, may_be_token

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_LONGEST_NAME = 253
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_url(text: str, *, source: str) -> str:
    """Return ``scheme://host[:port]`` in lower case, without the scheme's default port and without a slash.

    A host name that is not ASCII becomes punycode, in which look-alikes look different. ``source`` names where the
    text comes from. Raises :class:`UsageError` for a text that is not the address of a server, and for plain ``http``
    to a host other than this machine: others on the network could read the token.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise UsageError(f"{source} is not a URL: {address(text)}; expected https://HOST") from None
    _check_form(parts, text, source)
    host = punycode(str(parts.hostname))
    if host is None:
        raise UsageError(f"{source} is not a URL: {address(text)}; expected https://HOST")
    if parts.scheme == "http" and not is_loopback(host):
        shown = address(text).strip("()")
        raise UsageError(
            f"{source} is plain http ({shown}): a token is sent only over https, or to this machine; use https://HOST"
        )
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}" + (f":{port}" if port and port != DEFAULT_PORTS[parts.scheme] else "")


def is_loopback(host: str) -> bool:
    """Return whether ``host`` (a name or an address, without brackets) can only mean this machine."""
    found = _ip_address(host)
    return host.lower() == "localhost" or (found is not None and found.is_loopback)


def punycode(host: str) -> str | None:
    """Return a host's name as DNS looks it up, or an address unchanged; ``None`` for any other text.

    A name consists of letters, digits, hyphens and underscores. Other characters are refused, since HTTP clients and
    proxies differ in how they read them, and the token could reach another host than the one that was checked.
    """
    if ":" in host:
        return host if _ip_address(host) else None
    import httpx  # imported here, so that commands without a server start faster

    try:
        name = httpx.URL(f"https://{host}").raw_host.decode("ascii").lower()
        name.encode("idna").decode("idna")
    except (httpx.InvalidURL, ValueError):
        return None
    return name if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) else None


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _check_form(parts: SplitResult, text: str, source: str) -> None:
    if "@" in parts.netloc:
        raise UsageError(f"{source} contains a user name or password; expected https://HOST alone")
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not re.fullmatch(r"[^\s\x00-\x1f]+", parts.netloc):
        raise UsageError(f"{source} is not a URL: {address(text)}; expected https://HOST")
    if may_be_token(parts.netloc.rpartition(":")[0] if parts.port else parts.netloc):
        raise UsageError(f"{source} names no server {NOT_SHOWN}; expected https://HOST")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        server = parts.netloc if all(map(is_name, parts.netloc.split(":"))) else "HOST"
        raise UsageError(
            f"{source} is more than the address of a server: {address(text)}; expected {parts.scheme}://{server}"
        )
