"""The hosts that a token may be sent to when a file, not the operator, names the host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.errors import UsageError
from reconciler.prismatic.settings.urls import DEFAULT_PORTS
from reconciler.secrets.pasted_tokens import address

if TYPE_CHECKING:
    from collections.abc import Mapping

ALLOWED_HOSTS = "RECONCILER_ALLOWED_HOSTS"
PRISMATIC = "prismatic.io"
_ENTRY = re.compile(
    r"(?P<below>\*\.)?(?P<host>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
    r"(:(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """One entry of ``RECONCILER_ALLOWED_HOSTS``: a host, or all hosts ``below`` it. Without a ``port``: every port."""

    host: str
    port: int | None = None
    below: bool = False

    def allows(self, host: str, port: int) -> bool:
        if self.port not in {None, port}:
            return False
        return host.endswith(f".{self.host}") if self.below else host == self.host


def allowed_hosts(environ: Mapping[str, str]) -> tuple[AllowedHost, ...]:
    """Return the hosts that the operator allows. Raises ``UsageError`` for an entry that is not a host.

    Entries are separated by commas: ``HOST``, ``HOST:PORT``, or ``*.DOMAIN`` for every host below a domain. A name
    that is not ASCII is written in punycode, as messages show it, and an IPv6 address in brackets.
    """
    entries = [entry.strip() for entry in environ.get(ALLOWED_HOSTS, "").split(",")]
    return tuple(_parsed(entry) for entry in entries if entry)


def _parsed(entry: str) -> AllowedHost:
    found = _ENTRY.fullmatch(entry.lower())
    if found is None or len(entry) > 255 or int(found["port"] or 0) > 65535:
        raise UsageError(
            f"{ALLOWED_HOSTS} contains an entry that is not a host, {address(entry)}; expected HOST,"
            " HOST:PORT or *.DOMAIN, separated by commas, in punycode where a name is not ASCII"
        )
    return AllowedHost(found["host"].strip("[]"), int(found["port"]) if found["port"] else None, bool(found["below"]))


def is_prismatic(url: str) -> bool:
    """Return whether a normalised address is one of Prismatic's own: https, its default port, under prismatic.io."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and parts.port is None and (host == PRISMATIC or host.endswith(f".{PRISMATIC}"))


def is_allowed(url: str, allowed: tuple[AllowedHost, ...]) -> bool:
    """Return whether the operator's list allows a normalised address."""
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return any(entry.allows(parts.hostname or "", port) for entry in allowed)
