"""Addresses of Prismatic's stacks: checked, brought into one form, and safe to send a token to."""

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
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_url(text: str, *, source: str) -> str:
    """Return ``scheme://host[:port]`` in lower case, without the scheme's own port and without a slash.

    A host whose name is not ASCII comes out in punycode, in which look-alikes look different. ``source`` names where
    the text comes from. :class:`UsageError` for anything else than the address of a server, and for plain ``http`` to
    any host but this machine: a token would travel in the clear.
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
            f"{source} is plain http ({shown}): a token is only sent over https, or to this machine itself"
        )
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def is_loopback(host: str) -> bool:
    """Say whether ``host`` (a name or an address, without brackets) can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def punycode(host: str) -> str | None:
    """Return a host's name as it is looked up, or an address as it is; ``None`` for what is neither.

    A name is of letters, digits and hyphens: whatever else stands in one, somebody reads it in another way than we do.
    """
    if ":" in host:
        return host if _is_address(host) else None
    import httpx  # only here: a command that reaches no server starts without it

    try:
        name = httpx.URL(f"https://{host}").raw_host.decode("ascii").lower()
        name.encode("idna").decode("idna")
    except (httpx.InvalidURL, ValueError):
        return None
    return name if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) else None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_form(parts: SplitResult, text: str, source: str) -> None:
    if "@" in parts.netloc:
        raise UsageError(f"{source} holds a user name or password; expected https://HOST alone")
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or not re.fullmatch(r"[^\s\x00-\x1f]+", parts.netloc):
        raise UsageError(f"{source} is not a URL: {address(text)}; expected https://HOST")
    if may_be_token(parts.netloc.rpartition(":")[0] if parts.port else parts.netloc):
        raise UsageError(f"{source} names no server {NOT_SHOWN}; expected https://HOST")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        server = parts.netloc if all(map(is_name, parts.netloc.split(":"))) else "HOST"
        raise UsageError(
            f"{source} is more than the address of a server: {address(text)}; expected {parts.scheme}://{server}"
        )
