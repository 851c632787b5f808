"""The endpoint of a connection, from the environment or from a profile of Prismatic's command line tool."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import NotAuthenticated, UsageError
from reconciler.prismatic.settings.allowed_hosts import (
    ALLOWED_HOSTS,
    PRISMATIC,
    allowed_hosts,
    is_allowed,
    is_prismatic,
)
from reconciler.prismatic.settings.profile import read_profile
from reconciler.prismatic.settings.tokens import ACCESS_VARIABLES, REFRESH_VARIABLES, is_token
from reconciler.prismatic.settings.urls import normalise_url
from reconciler.secrets.pasted_tokens import NOT_SHOWN, quoted, without_tokens
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.prismatic.settings.allowed_hosts import AllowedHost


DEFAULT_URL = "https://app.prismatic.io"
_SHORTEST_TOKEN = 12
"""Characters; a shorter token, as sandboxes have, may be a word that is also in an address."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A stack's address and the tokens for it. ``source`` names where the tokens come from, for messages.

    ``allowed_hosts`` are the hosts that the operator allows in addition to Prismatic's own.
    """

    url: str
    access_token: Secret | None
    refresh_token: Secret | None
    tenant_id: str | None
    source: str
    allowed_hosts: tuple[AllowedHost, ...] = ()


@dataclass(frozen=True, slots=True)
class _Address:
    """A stack's address, and the setting that it comes from."""

    url: str
    source: str


def find_endpoint(
    environ: Mapping[str, str],
    *,
    profile: str | None = None,
    url: str | None = None,
    url_source: str = "the project's environment",
    home: Path | None = None,
) -> Endpoint:
    """Return the stack to connect to, and the tokens for it.

    ``profile`` is the ``--profile`` option: it comes before tokens in the environment, and these come before the
    default profile of the file. ``url`` is the project's address, ``url_source`` its name in messages. An address
    that is not one of Prismatic's own is used only when the operator confirms it: the project's files may come from
    a pull request, and must not send the operator's token to a host of their choice. ``home`` is the user's
    directory.

    Raises :class:`UsageError` for two addresses that differ, since the token of one stack must not be sent to
    another, and for an address that is not confirmed. Raises :class:`NotAuthenticated` when there is no usable token.
    """
    _refuse_tokens(environ, url, url_source)
    stated = _address(environ.get("PRISMATIC_URL"), "PRISMATIC_URL")
    project = _address(url, url_source)
    address = _agreed(project, stated)
    found = None if profile else _from_environment(environ, address)
    confirmed = stated is not None
    if found is None:
        found, confirms = _from_profile(environ, profile, address, home or Path.home())
        confirmed = confirmed or confirms
    allowed = allowed_hosts(environ)
    if project and not (confirmed or is_prismatic(project.url) or is_allowed(project.url, allowed)):
        raise UsageError(_unconfirmed(project))
    return replace(_checked(found), allowed_hosts=allowed)


def _unconfirmed(project: _Address) -> str:
    host = project.url.partition("://")[2]
    return (
        f"{project.source} sends the token to {project.url}, which is not one of Prismatic's own hosts (https, under"
        f" {PRISMATIC}); anybody who can change the project can change this address; if it is right, confirm it with"
        f" PRISMATIC_URL={project.url} or {ALLOWED_HOSTS}={host}"
    )


def _from_environment(environ: Mapping[str, str], address: _Address | None) -> Endpoint | None:
    access = next((name for name in ACCESS_VARIABLES if environ.get(name)), None)
    refresh = next((name for name in REFRESH_VARIABLES if environ.get(name)), None)
    if access is None and refresh is None:
        return None
    return Endpoint(
        url=address.url if address else DEFAULT_URL,
        access_token=Secret(environ[access]) if access else None,
        refresh_token=Secret(environ[refresh]) if refresh else None,
        tenant_id=environ.get("PRISMATIC_TENANT_ID") or None,
        source=" and ".join(name for name in (access, refresh) if name),
    )


def _from_profile(
    environ: Mapping[str, str], name: str | None, address: _Address | None, home: Path
) -> tuple[Endpoint, bool]:
    """Return the endpoint of a profile, and whether the address is the profile's own."""
    stated = environ.get("PRISM_CONFIG_FILE")
    path = Path(stated) if stated else home / ".config" / "prism" / "config.yml"
    name = name or environ.get("PRISM_PROFILE") or None
    try:
        found = read_profile(path, name)
    except FileNotFoundError:
        raise _nothing_found(path, name) from None
    source = f"profile {found.name!r} of {path}"
    own = _address(found.url, source)
    endpoint = Endpoint(
        url=(_agreed(address, own) or _Address(DEFAULT_URL, "default")).url,
        access_token=found.access_token,
        refresh_token=found.refresh_token,
        tenant_id=found.tenant_id or environ.get("PRISMATIC_TENANT_ID") or None,
        source=source,
    )
    return endpoint, own is not None


def _refuse_tokens(environ: Mapping[str, str], url: str | None, url_source: str) -> None:
    """Raise ``UsageError`` for an address that contains one of the tokens: messages show the address."""
    tokens = [environ.get(name, "").lower() for name in (*ACCESS_VARIABLES, *REFRESH_VARIABLES)]
    for text, source in ((environ.get("PRISMATIC_URL"), "PRISMATIC_URL"), (url, url_source)):
        if text and any(len(token) >= _SHORTEST_TOKEN and token in text.lower() for token in tokens):
            raise UsageError(f"{source} holds a token {NOT_SHOWN}; expected https://HOST")


def _address(url: str | None, source: str) -> _Address | None:
    return _Address(normalise_url(url, source=source), source) if url else None


def _agreed(one: _Address | None, other: _Address | None) -> _Address | None:
    if one and other and one.url != other.url:
        raise UsageError(
            f"{one.source} is {one.url}, but {other.source} is {other.url}: the token of one stack is not sent to "
            "another; use the same address in both, or remove one"
        )
    return one or other


def _nothing_found(path: Path, name: str | None) -> NotAuthenticated:
    looked_for = ", ".join((*ACCESS_VARIABLES, *REFRESH_VARIABLES))
    shown = without_tokens(str(path))
    wanted = f"profile {quoted(name)} cannot be read, {shown} does not exist" if name else f"no token in {looked_for}"
    also = "" if name else f" and no file {shown}"
    return NotAuthenticated(f"{wanted}{also}; `prism me:token` prints a token for PRISM_ACCESS_TOKEN")


def _checked(endpoint: Endpoint) -> Endpoint:
    """Raise ``NotAuthenticated`` for tokens that no server accepts: its own message would say less."""
    if endpoint.access_token is None and endpoint.refresh_token is None:
        raise NotAuthenticated(f"{endpoint.source} holds no token; run `prism login`")
    for name, token in (("access token", endpoint.access_token), ("refresh token", endpoint.refresh_token)):
        if token is not None and not is_token(token.reveal()):
            raise NotAuthenticated(
                f"the {name} from {endpoint.source} contains white space or a character outside ASCII; "
                "copy it again, without a line break"
            )
    return endpoint
