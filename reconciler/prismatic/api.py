"""The Prismatic API: operations in, answers out; nothing of HTTP, retries and tokens shows above this file."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Self

from aiolimiter import AsyncLimiter
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from graphql import ExecutionResult

from reconciler.errors import ApiError
from reconciler.prismatic.answers import Answer, answers_to
from reconciler.prismatic.auth import BearerAuth
from reconciler.prismatic.batching import Merger
from reconciler.prismatic.faults import Fault
from reconciler.prismatic.loader import Loader
from reconciler.prismatic.redaction import LONG, Redactor, secrets_in
from reconciler.prismatic.retrying import RetryPolicy
from reconciler.prismatic.stats import Stats
from reconciler.prismatic.transport import ApiTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    import httpx
    from gql.client import AsyncClientSession, ReconnectingAsyncClientSession

    from reconciler.prismatic.batching import Call, Merged
    from reconciler.prismatic.settings import Endpoint

log = logging.getLogger(__name__)

DEFAULT_RATE = 15.0
DEFAULT_BATCH_SIZE = 20
_AT_ONCE = 4
_BURST = 3


class Api:
    """One connection to one stack; an async context manager.

    ``rate`` is in requests a second, ``batch_size`` in operations a request. ``transport`` is for tests and for
    servers within the process; without it requests go over the network, through the proxies that the
    environment names. ``sleep`` is how pauses between tries are made.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        rate: float = DEFAULT_RATE,
        batch_size: int = DEFAULT_BATCH_SIZE,
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.endpoint = endpoint
        self.batch_size = batch_size
        self.stats = Stats()
        self._auth = BearerAuth(endpoint)
        self._client = Client(transport=ApiTransport(endpoint, self._auth, self.stats, transport), execute_timeout=None)
        self._session: AsyncClientSession | ReconnectingAsyncClientSession | None = None
        self._retry = retry or RetryPolicy()
        self._sleep = sleep
        self._merger = Merger()
        self._limiter = AsyncLimiter(_BURST, _BURST / rate)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._loader = Loader(self.call, batch_size)

    async def __aenter__(self) -> Self:
        self._session = await self._client.connect_async()  # type: ignore[no-untyped-call]  # gql leaves it so
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._loader.close()
        await self._client.close_async()  # type: ignore[no-untyped-call]  # gql leaves it so

    async def call(self, calls: Sequence[Call]) -> list[Answer]:
        """Carry out the calls in one request: queries alone, or mutations alone, in their order.

        What goes wrong with one of them is in its answer. An :class:`~reconciler.errors.ApiError` is raised when the
        request as a whole failed; its ``ambiguous`` says whether mutations may have been carried out.
        A request that is refused as a whole without anything being carried out is sent again in halves.
        """
        if not calls:
            return []
        self.stats.operations += len(calls)
        return await self._ask(calls)

    async def ask(self, call: Call) -> Answer:
        """Carry out one query, in one request with others that are asked at the same time."""
        return await self._loader.ask(call)

    async def _ask(self, calls: Sequence[Call]) -> list[Answer]:
        merged = self._merger.merge(calls)
        clean = Redactor([*self._auth.secrets(), *secrets_in(merged.variables)])
        answers = None
        try:
            result = await self._exchange(merged)
        except Fault as fault:
            if not (fault.too_large and len(calls) > 1):
                fault.message = clean.hide(fault.message, shortest=LONG)
                raise fault.final(mutation=merged.mutation) from None
        else:
            has_data = bool((result.extensions or {}).get("data"))
            answers = answers_to(merged, result.data, result.errors or (), has_data=has_data, clean=clean)
        if answers is not None:
            return answers
        log.info("%s: refused as a whole; asking for %d operations in halves", merged.name, len(calls))
        return await self._ask_in_halves(calls)

    async def _ask_in_halves(self, calls: Sequence[Call]) -> list[Answer]:
        middle = len(calls) // 2
        answers = await self._ask(calls[:middle])
        try:
            answers += await self._ask(calls[middle:])
        except ApiError as error:
            if not calls[0].operation.mutation:
                raise
            # The first half was carried out: its answers must not be lost with the second's.
            answers += [Answer(None, (str(error),), error.ambiguous)] * (len(calls) - middle)
        return answers

    async def _exchange(self, merged: Merged) -> ExecutionResult:
        """Send the request until it is answered or there is no more hope."""
        request = GraphQLRequest(merged.document, variable_values=dict(merged.variables), operation_name=merged.name)
        tries = 0

        async def once() -> ExecutionResult:
            nonlocal tries
            tries += 1
            return await self._send(request, len(merged.parts))

        attempts = self._retry.attempts(mutation=merged.mutation, sleep=self._sleep, before=self._before_retry)
        try:
            return await attempts(once)
        except Fault as fault:
            if tries > 1:
                fault.message += f" ({tries} tries)"
            raise

    async def _send(self, request: GraphQLRequest, operations: int) -> ExecutionResult:
        if self._session is None:
            raise RuntimeError("Api is an async context manager: enter it first")
        async with self._slots:
            await self._limiter.acquire()
            started = time.monotonic()
            try:
                return await self._session.execute(request, get_execution_result=True)
            except TransportQueryError as error:
                result = ExecutionResult(error.data, error.errors, error.extensions)
            finally:
                seconds = time.monotonic() - started
                self.stats.seconds += seconds
                log.info("%s x%d: %.0f ms", request.operation_name, operations, seconds * 1000)
        return result

    def _before_retry(self, fault: Fault, pause: float) -> None:
        self.stats.retries += 1
        self.stats.throttles += fault.throttled
        log.info("%s; trying again in %.1f s", fault.message, pause)
