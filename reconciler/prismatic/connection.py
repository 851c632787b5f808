"""The API for code that is not asynchronous."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from reconciler.prismatic.client import DEFAULT_BATCH_SIZE, DEFAULT_RATE, Api
from reconciler.prismatic.fetch.fetch import fill, identify
from reconciler.prismatic.fetch.salvage import salvage

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from types import TracebackType

    import httpx

    from reconciler.model.tenant import Identity, Read, Tenant
    from reconciler.prismatic.http.retry import RetryPolicy
    from reconciler.prismatic.http.stats import Stats
    from reconciler.prismatic.http.stop import Stop
    from reconciler.prismatic.settings.connection_settings import Endpoint
    from reconciler.secrets.known import KnownSecrets

Result = TypeVar("Result")


class Connection:
    """One signed-in connection to one tenant; a context manager.

    Entering it asks the API who we are: a wrong address or token is told there and then. ``check`` is given the answer
    before anything else is asked, and raises where it is not what it should be. ``timeout`` is in seconds from then on;
    the other parameters are those of :class:`~reconciler.prismatic.client.Api`.
    """

    identity: Identity

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        endpoint: Endpoint,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        rate: float = DEFAULT_RATE,
        batch_size: int = DEFAULT_BATCH_SIZE,
        retry: RetryPolicy | None = None,
        timeout: float | None = None,
        stop: Stop | None = None,
        check: Callable[[Identity], None] = lambda _: None,
        known_secrets: KnownSecrets | None = None,
    ) -> None:
        self._check = check
        self._make = partial(
            Api,
            endpoint,
            transport=transport,
            rate=rate,
            batch_size=batch_size,
            retry=retry,
            timeout=timeout,
            stop=stop,
            known_secrets=known_secrets,
        )
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._runner = stack.enter_context(asyncio.Runner())
            self.api = self._make()
            self.run(self.api.__aenter__())
            stack.callback(self._leave)
            self.identity = self.run(identify(self.api))
            self._check(self.identity)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._exit.close()

    def _leave(self) -> None:
        self.run(self.api.__aexit__(None, None, None))

    @property
    def stats(self) -> Stats:
        return self.api.stats

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return what the coroutine returns, run in this connection's event loop."""
        return self._runner.run(work)

    def read(self, tenant: Tenant, reads: Iterable[Read]) -> None:
        """Answer the reads that the tenant cannot answer yet."""
        self.run(fill(self.api, tenant, reads))

    def salvage(self, tenant: Tenant, reads: Iterable[Read]) -> None:
        """Answer the reads as far as the API answers them; what it does not answer is a gap in the tenant."""
        self.run(salvage(self.api, tenant, reads))
