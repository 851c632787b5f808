"""One request after the other over one connection: at its pace, within its time, sent again where that can help."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from graphql import ExecutionResult

from reconciler.prismatic.http.deadline import Deadline
from reconciler.prismatic.http.errors import Fault
from reconciler.prismatic.http.rate_limit import Pace
from reconciler.prismatic.http.stop import Stop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gql.client import AsyncClientSession, ReconnectingAsyncClientSession

    from reconciler.errors import EndOfRun
    from reconciler.prismatic.graphql.batching import Merged
    from reconciler.prismatic.http.retry import RetryPolicy
    from reconciler.prismatic.http.stats import Stats
    from reconciler.prismatic.http.transport import ApiTransport

log = logging.getLogger(__name__)

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A GraphQL answer, and the seconds it took."""

    result: ExecutionResult
    seconds: float


@dataclass(slots=True, eq=False)
class _Sending:
    """How far one document has come: how often it was sent, and whether it is out now, perhaps being carried out."""

    mutation: bool
    limit: asyncio.Timeout
    tries: int = 0
    out: bool = False

    def end(self) -> None:
        """Give up, unless it is a mutation that is out: what came of that is worth waiting for."""
        if not (self.mutation and self.out) and not self.limit.expired():
            self.limit.reschedule(asyncio.get_running_loop().time())


class Exchange:
    """Sends documents: ``rate`` in requests a second, ``timeout`` in seconds from :meth:`open` on.

    Asked to ``stop``, it sends nothing more, and waits for the mutations that are out.
    """

    def __init__(
        self,
        transport: ApiTransport,
        stats: Stats,
        *,
        rate: float,
        retry: RetryPolicy,
        timeout: float | None,
        stop: Stop | None = None,
    ) -> None:
        self.stats = stats
        self.pace = Pace(rate, stats)
        self._retry = retry
        self._deadline = Deadline(timeout)
        self._stop = stop or Stop()
        self._under_way: set[_Sending] = set()
        self._exit = ExitStack()
        self._client = Client(transport=transport, execute_timeout=None)
        self._session: AsyncClientSession | ReconnectingAsyncClientSession | None = None
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def open(self) -> None:
        self._deadline.start()
        loop = asyncio.get_running_loop()
        self._exit.enter_context(self._stop.telling(lambda: loop.call_soon_threadsafe(self._give_up)))
        self._session = await self._client.connect_async()  # type: ignore[no-untyped-call]  # gql leaves it so

    async def close(self) -> None:
        self._exit.close()
        await self._client.close_async()  # type: ignore[no-untyped-call]  # gql leaves it so

    async def send(self, merged: Merged, *, divisible: bool = False) -> Exchanged:
        """Send the document until it is answered or there is no more hope.

        ``divisible``: whoever asks can ask in smaller portions, so what may be too much is not repeated for long.
        Raises :class:`Fault`, or :class:`~reconciler.errors.ApiError` where no other attempt could help.
        """
        sending = _Sending(merged.mutation, self._deadline.kept())

        async def once() -> Exchanged:
            sending.tries += 1
            return await self._send(merged, sending)

        attempts = self._retry.attempts(mutation=merged.mutation, divisible=divisible, before=self._before_retry)
        try:
            async with self._kept(sending):
                return await attempts(once)
        except Fault as fault:
            if sending.tries > 1:
                fault.message += f" ({sending.tries} tries)"
            raise

    @asynccontextmanager
    async def _kept(self, sending: _Sending) -> AsyncIterator[None]:
        """Give up whatever is done within when the time is over, or when the run is to end."""
        if self._stop.asked:
            raise self._stop.error()
        if self._deadline.left <= 0:
            raise self._deadline.over()
        self._under_way.add(sending)
        try:
            async with sending.limit:
                yield
        except TimeoutError:
            raise self._over(ambiguous=sending.mutation and sending.out) from None
        finally:
            self._under_way.discard(sending)

    def _over(self, *, ambiguous: bool) -> EndOfRun:
        """Return why something was given up: what was not out because the run is to end, if it is."""
        ended = self._stop.asked and not ambiguous
        return self._stop.error() if ended else self._deadline.over(ambiguous=ambiguous)

    def _give_up(self) -> None:
        for sending in self._under_way:
            sending.end()

    async def rest(self, reason: str, tried: int) -> None:
        """Pause before something is asked again that failed for ``reason`` after so many tries."""
        pause = self._retry.pause_after(tried)
        self._announce(reason, pause)
        async with self._kept(_Sending(mutation=False, limit=self._deadline.kept())):
            await asyncio.sleep(pause)

    async def _send(self, merged: Merged, sending: _Sending) -> Exchanged:
        if self._session is None:
            raise RuntimeError("Api is an async context manager: enter it first")
        loop = asyncio.get_running_loop()
        document = merged.document
        request = GraphQLRequest(document.node, variable_values=dict(merged.variables), operation_name=merged.name)
        async with self._slots:
            turn = await self.pace.turn()
            started = loop.time()
            sending.out = True
            try:
                result = await self._session.execute(request, get_execution_result=True, text=document.text)
            except TransportQueryError as error:
                result = ExecutionResult(error.data, error.errors, error.extensions)
            except Fault as fault:
                sending.out = fault.sent
                if fault.throttled:
                    self.pace.throttled(turn)
                raise
            finally:
                seconds = loop.time() - started
                self.stats.seconds += seconds
                log.info("%s x%d: %.0f ms", merged.name, len(merged.parts), seconds * 1000)
            self.pace.answered()
        return Exchanged(result, seconds)

    def _before_retry(self, fault: Fault, pause: float) -> None:
        self._announce(fault.message, pause)
        if fault.throttled:
            self.pace.hold(pause)

    def _announce(self, reason: str, pause: float) -> None:
        if self._stop.asked:
            raise self._stop.error()
        if pause >= self._deadline.left:
            raise self._deadline.too_near(reason, pause)
        self.stats.retries += 1
        log.info("%s; trying again in %.1f s", reason, pause)
