"""The API for code that is not asynchronous."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self, TypeVar

from reconciler.errors import NotAuthenticated
from reconciler.model.tenant import Identity
from reconciler.prismatic.fetch.answer_reads import answer_reads
from reconciler.prismatic.fetch.identity_operations import AUTHENTICATED_USER, ORGANIZATION
from reconciler.prismatic.fetch.salvage import salvage_reads
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.response import error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime

    from reconciler.model.tenant import Read, Tenant
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.http.stats import Stats

Result = TypeVar("Result")


class Connection:
    """One signed-in connection to one tenant; a context manager.

    Entering it asks the API whose token this is, so a wrong address or token fails at once. ``check`` gets the
    answer before anything else is read, and raises an error for an identity that it does not accept. ``who`` asks.

    Example::

        with Connection(Api(endpoint)) as connection:
            connection.read(tenant, [Read(CUSTOMERS)])
    """

    identity: Identity

    def __init__(
        self,
        api: Api,
        check: Callable[[Identity], None] = lambda _: None,
        who: Callable[[Api], Coroutine[Any, Any, Identity]] | None = None,
    ) -> None:
        self.api = api
        self._check = check
        self._who = who or identify
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._runner = stack.enter_context(asyncio.Runner())
            self.run(self.api.__aenter__())
            stack.callback(self._leave)
            self.identity = self.run(self._who(self.api))
            self._check(self.identity)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def _leave(self) -> None:
        self.run(self.api.__aexit__())

    @property
    def stats(self) -> Stats:
        return self.api.stats

    def now(self) -> datetime:
        """Return the time of the API's clock, by the date of its latest answer; the local time without one."""
        return self.api.clock.now()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return the coroutine's result; it runs in this connection's event loop."""
        return self._runner.run(work)

    def read(self, tenant: Tenant, reads: Iterable[Read]) -> None:
        """Answer the reads that the tenant cannot answer yet. Raises the first error of the API."""
        self.run(answer_reads(self.api, tenant, reads))

    def salvage(self, tenant: Tenant, reads: Iterable[Read]) -> None:
        """Answer the reads as far as the API does; what is missing becomes a gap in the tenant."""
        self.run(salvage_reads(self.api, tenant, reads))


async def identify(api: Api) -> Identity:
    """Return the organization and the user of the token, in one request.

    Raises ``NotAuthenticated`` for the token of a customer's user, who sees no organization.
    """
    organization, user = await api.call([Call(ORGANIZATION, {}), Call(AUTHENTICATED_USER, {})])
    for answer in (organization, user):
        if answer.errors:
            raise error_of(f"{api.endpoint.url}: ", answer)
    if organization.data is None or user.data is None:
        raise NotAuthenticated(
            f"{api.endpoint.url}: the token from {api.endpoint.source} belongs to no organization (a customer's user, "
            "perhaps); use the token of one of the organization's team members"
        )
    return Identity(
        url=api.endpoint.url,
        organization_id=organization.data.id,
        organization=organization.data.name,
        user_id=user.data.id,
    )
