"""Sending requests over one connection: at its rate, within its time limit, with retries."""

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
from reconciler.prismatic.http.rate_limit import RateLimiter
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

_MOST_IN_FLIGHT = 4
"""Requests that wait for their answers at the same time: enough to hide the network's delay, few for a server."""


@dataclass(frozen=True, slots=True)
class TimedResult:
    """A GraphQL result, and the seconds that its request took."""

    result: ExecutionResult
    seconds: float


class _Sending:
    """One document on its way: how often it was sent, and whether the API may be carrying it out now."""

    def __init__(self, limit: asyncio.Timeout, *, mutation: bool = False) -> None:
        self.limit = limit
        self.mutation = mutation
        self.tries = 0
        self._in_flight = False

    def begin(self) -> None:
        self._in_flight = True

    def failed(self, fault: Fault) -> None:
        self._in_flight = fault.sent

    @property
    def ambiguous(self) -> bool:
        """Whether a mutation may be carried out without its answer being known."""
        return self.mutation and self._in_flight

    def cancel(self) -> None:
        """Give up, unless the result would be ambiguous: the answer to a mutation is worth waiting for."""
        if not self.ambiguous and not self.limit.expired():
            self.limit.reschedule(asyncio.get_running_loop().time())


class RequestSession:
    """Sends documents: ``rate`` in requests a second, ``timeout`` in seconds after :meth:`open`.

    After ``stop`` is asked for, it sends nothing more and waits only for the mutations that were sent already.
    """

    def __init__(
        self,
        transport: ApiTransport,
        stats: Stats,
        *,
        rate: float,
        retry: RetryPolicy,
        timeout: float | None,
        stop: Stop | None,
    ) -> None:
        self._stats = stats
        self._rate_limiter = RateLimiter(rate, stats)
        self._retry = retry
        self._deadline = Deadline(timeout)
        self._stop = stop or Stop()
        self._under_way: set[_Sending] = set()
        self._exit = ExitStack()
        # The time limit of a run is the deadline's; gql's own would end a mutation without saying that it is out.
        self._client = Client(transport=transport, execute_timeout=None)
        self._session: AsyncClientSession | ReconnectingAsyncClientSession | None = None
        self._slots = asyncio.Semaphore(_MOST_IN_FLIGHT)

    async def open(self) -> None:
        self._deadline.start()
        loop = asyncio.get_running_loop()
        # A signal handler may run in any thread, and asyncio's objects belong to the loop's.
        self._exit.enter_context(self._stop.calling(lambda: loop.call_soon_threadsafe(self._cancel_all)))
        self._session = await self._client.connect_async()  # type: ignore[no-untyped-call]  # gql leaves it so

    async def close(self) -> None:
        self._exit.close()
        await self._client.close_async()  # type: ignore[no-untyped-call]  # gql leaves it so

    async def send(self, merged: Merged, *, divisible: bool) -> TimedResult:
        """Send the document, and send it again while the retry policy allows that.

        ``divisible``: the caller can ask for the same in smaller requests.
        Raises :class:`Fault`; :class:`~reconciler.errors.EndOfRun` when the time is over or a stop was asked for.
        """
        sending = _Sending(self._deadline.timeout(), mutation=merged.mutation)

        async def once() -> TimedResult:
            sending.tries += 1
            return await self._send_once(merged, sending)

        attempts = self._retry.attempts(mutation=merged.mutation, divisible=divisible, before=self._before_retry)
        try:
            async with self._limited(sending):
                return await attempts(once)
        except Fault as fault:
            raise fault.after_tries(sending.tries) from None

    async def pause(self, seconds: float) -> None:
        """Wait; raises :class:`~reconciler.errors.EndOfRun` at the deadline, or when a stop is asked for."""
        async with self._limited(_Sending(self._deadline.timeout())):
            await asyncio.sleep(seconds)

    async def pause_before_retry(self, reason: str, tried: int) -> None:
        """Wait before the caller repeats a query that failed, because of ``reason``, after so many tries."""
        pause = self._retry.pause_after(tried)
        self._announce(reason, pause)
        async with self._limited(_Sending(self._deadline.timeout())):
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def _limited(self, sending: _Sending) -> AsyncIterator[None]:
        """End the block with an error at the deadline, or when a stop is asked for."""
        if self._stop.asked:
            raise self._stop.error()
        if self._deadline.left <= 0:
            raise self._deadline.expired()
        self._under_way.add(sending)
        try:
            async with sending.limit:
                yield
        except TimeoutError:
            raise self._end(ambiguous=sending.ambiguous) from None
        finally:
            self._under_way.discard(sending)

    def _end(self, *, ambiguous: bool) -> EndOfRun:
        """Return the error for a request that was given up. Only the deadline gives up an ambiguous one."""
        stopped = self._stop.asked and not ambiguous
        return self._stop.error() if stopped else self._deadline.expired(ambiguous=ambiguous)

    def _cancel_all(self) -> None:
        for sending in self._under_way:
            sending.cancel()

    async def _send_once(self, merged: Merged, sending: _Sending) -> TimedResult:
        if self._session is None:
            raise RuntimeError("Api is an async context manager: enter it first")
        loop = asyncio.get_running_loop()
        request = GraphQLRequest(merged.node, variable_values=dict(merged.variables), operation_name=merged.name)
        async with self._slots:
            ticket = await self._rate_limiter.acquire()
            started = loop.time()
            sending.begin()
            try:
                result = await self._session.execute(request, get_execution_result=True, text=merged.text)
            except TransportQueryError as error:
                result = ExecutionResult(error.data, error.errors, error.extensions)
            except Fault as fault:
                sending.failed(fault)
                if fault.throttled:
                    self._rate_limiter.slow_down(ticket)
                raise
            finally:
                seconds = loop.time() - started
                self._stats.seconds += seconds
                log.info("%s x%d: %.0f ms", merged.name, len(merged.parts), seconds * 1000)
            self._rate_limiter.speed_up()
        return TimedResult(result, seconds)

    def _before_retry(self, fault: Fault, pause: float) -> None:
        self._announce(fault.message, pause)
        if fault.throttled:
            # The API throttles the token, not the request: every other request would be refused now as well.
            self._rate_limiter.pause(pause)

    def _announce(self, reason: str, pause: float) -> None:
        """Log a retry and count it; raise where the run ends before the pause does."""
        if self._stop.asked:
            raise self._stop.error()
        if pause >= self._deadline.left:
            raise self._deadline.too_near(reason, pause)
        self._stats.retries += 1
        log.info("%s; trying again in %.1f s", reason, pause)
