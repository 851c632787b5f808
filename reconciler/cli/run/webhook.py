"""Posts to a webhook whose address is a secret. Neither the address nor a library's message about it is shown."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import click

from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 15.0
TRIES = 3
NOT_ONE = (
    "expected the address of a webhook, https://… (http:// only for this machine); it is not shown, being a secret"
)


class NotSent(Exception):
    """A message did not arrive; ``str()`` says why, without the address."""


class Webhook(click.ParamType[Secret]):
    """An address to post to."""

    name = "URL"

    def convert(self, value: str | Secret, param: click.Parameter | None, ctx: click.Context | None) -> Secret:
        """Return the address; fails for one that would send it without encryption."""
        import httpx

        if isinstance(value, Secret):
            return value
        try:
            url = httpx.URL(value.strip())
            host = url.host
        except (httpx.InvalidURL, UnicodeError):
            self.fail(NOT_ONE, param, ctx)
        if not host or not (url.scheme == "https" or (url.scheme == "http" and _is_here(host))):
            self.fail(NOT_ONE, param, ctx)
        return Secret(value.strip())


def _is_here(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(webhook: Secret) -> str:
    import httpx

    return httpx.URL(webhook.reveal()).host


def post(webhook: Secret, document: Mapping[str, Any]) -> None:
    """Post the document as JSON; raises ``NotSent``. Redirects are not followed.

    Each try takes at most ``SECONDS``, even if the server sends slowly, and the body of the answer is not read.
    """
    import asyncio

    import httpx

    async def posted() -> int:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(timeout=SECONDS) as client,
            client.stream("POST", webhook.reveal(), json=document) as response,
        ):
            return response.status_code

    try:
        for tried in range(1, TRIES + 1):
            status = asyncio.run(posted())
            if status < 500 or tried == TRIES:
                break
    except (httpx.TimeoutException, TimeoutError):
        raise NotSent(f"no answer within {SECONDS:.0f} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        # A library's message may contain the address. A wrong proxy or certificate raises one of the last two.
        raise NotSent(f"it cannot be reached ({type(error).__name__})") from None
    if not 200 <= status < 300:
        raise NotSent(f"it answered {status}")
