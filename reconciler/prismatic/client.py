"""The Prismatic API: operations in, answers out; nothing of HTTP, retries and tokens shows above this file."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from reconciler.errors import ApiError
from reconciler.prismatic.graphql.batching import Merger
from reconciler.prismatic.graphql.loader import Loader
from reconciler.prismatic.graphql.page_sizes import SLOW_SECONDS, Sizes, is_page
from reconciler.prismatic.graphql.response import Answer, answers_to
from reconciler.prismatic.graphql.secret_fields import secrets_at
from reconciler.prismatic.http.auth import BearerAuth
from reconciler.prismatic.http.errors import Fault
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.prismatic.http.session import Exchange
from reconciler.prismatic.http.stats import Stats
from reconciler.prismatic.http.transport import ApiTransport
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import secrets_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import httpx

    from reconciler.prismatic.graphql.batching import Call, Merged
    from reconciler.prismatic.http.stop import Stop
    from reconciler.prismatic.settings.connection_settings import Endpoint

log = logging.getLogger(__name__)

DEFAULT_RATE = 15.0
DEFAULT_BATCH_SIZE = 20


class Api:
    """One connection to one stack; an async context manager.

    ``rate`` is in requests a second, ``batch_size`` in mutations a request; both are lowered where they prove too
    much. Of queries, which cost a server less, a quarter more travel in one request. ``timeout`` is in seconds from
    entering on, ``None`` for no limit: then :class:`~reconciler.errors.OutOfTime` is raised for whatever is under
    way or still asked for. Asked to ``stop``, it sends nothing more, and raises
    :class:`~reconciler.errors.Interrupted` for all but the mutations that are out. ``transport`` is for tests and
    for servers within the process; without it requests go over the network, through the proxies that the environment
    names.
    """

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
        known_secrets: KnownSecrets | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.stats = Stats()
        self.sizes = Sizes(look_ups=batch_size * 5 // 4)
        self._retry = retry or RetryPolicy()
        self._known = KnownSecrets() if known_secrets is None else known_secrets
        self._clean = Redactor(self._known)
        way = ApiTransport(endpoint, BearerAuth(endpoint, self._known), self.stats, self._clean, transport)
        self._exchange = Exchange(way, self.stats, rate=rate, retry=self._retry, timeout=timeout, stop=stop)
        self._merger = Merger()
        self._loader = Loader(self.call, lambda: self.sizes.look_ups)

    async def __aenter__(self) -> Self:
        await self._exchange.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._loader.close()
        await self._exchange.close()

    async def call(self, calls: Sequence[Call]) -> list[Answer]:
        """Carry out the calls in one request: queries alone, or mutations alone, in their order.

        What goes wrong with one of them is in its answer. An :class:`~reconciler.errors.ApiError` is raised when the
        request as a whole failed; its ``ambiguous`` says whether mutations may have been carried out.
        What proves too much for one request, or is refused as a whole without anything being carried out, is sent
        in smaller ones; a query that meets a failure that may pass is sent again.
        """
        if not calls:
            return []
        self.stats.operations += len(calls)
        try:
            answers = await self._ask(calls)
            return answers if calls[0].operation.mutation else await self._asked_again(calls, answers)
        finally:
            self.stats.answered += len(calls)

    async def ask(self, call: Call) -> Answer:
        """Carry out one query, in one request with others that are asked at the same time."""
        return await self._loader.ask(call)

    async def _asked_again(self, calls: Sequence[Call], answers: list[Answer]) -> list[Answer]:
        """Return the queries' answers, those asked for anew in which the API says that it failed by accident."""
        for tried in range(1, self._retry.tries):
            failed = [index for index, answer in enumerate(answers) if answer.passing]
            if not failed:
                break
            first = failed[0]
            await self._exchange.rest(f"{calls[first].operation.name}: {answers[first].errors[0]}", tried)
            for index, answer in zip(failed, await self._ask([calls[index] for index in failed]), strict=True):
                answers[index] = answer
        return answers

    async def _ask(self, calls: Sequence[Call]) -> list[Answer]:
        mutation = calls[0].operation.mutation
        most = self.sizes.most(mutation=mutation)
        if len(calls) > most:
            return await self._ask_in_portions(calls, most)
        fitted = [self.sizes.fitted(call) for call in calls]
        merged = self._merger.merge(fitted)
        self._known.add(secrets_in(merged.variables))
        try:
            exchanged = await self._exchange.send(merged, divisible=not mutation and self.sizes.divisible(fitted))
        except Fault as fault:
            if fault.heavy and not (mutation and fault.sent) and self.sizes.shrink(fitted):
                log.info("%s: %s; asking for less at once", merged.name, fault.message)
                return await self._ask(calls)
            raise fault.final(mutation=mutation) from None
        result = exchanged.result
        self._learn(merged, result.data or {})
        has_data = bool((result.extensions or {}).get("data"))
        answers = answers_to(merged, result.data, result.errors or (), has_data=has_data, clean=self._clean)
        if answers is None:
            return await self._ask_in_halves(calls)
        if mutation:
            return [replace(answer, seconds=exchanged.seconds) for answer in answers]
        if exchanged.seconds > SLOW_SECONDS:
            self.sizes.shrink(fitted)
        for index, answer in enumerate(answers):
            if answer.too_much and self.sizes.shrink(fitted[index : index + 1]):
                answers[index : index + 1] = await self._ask(calls[index : index + 1])
        return answers

    def _learn(self, merged: Merged, data: Mapping[str, Any]) -> None:
        """Take in the secrets that an answer holds, before anything is made of what it complains of."""
        for part in merged.parts:
            if part.secrets:
                self._known.add_live(secrets_at(part.secrets, data.get(part.alias)))

    async def _ask_in_halves(self, calls: Sequence[Call]) -> list[Answer]:
        """Ask for less at once; where that was all there was to it, no more is asked for at once from now on."""
        log.info("refused as a whole; asking for %d operations in halves", len(calls))
        half = (len(calls) + 1) // 2
        answers = await self._ask_in_portions(calls, half)
        if not is_page(calls) and not any(answer.errors for answer in answers):
            self.sizes.limit(half, mutation=calls[0].operation.mutation)
        return answers

    async def _ask_in_portions(self, calls: Sequence[Call], size: int) -> list[Answer]:
        """Ask in several requests, one after the other; what mutations came to is not lost with what fails later."""
        answers: list[Answer] = []
        for start in range(0, len(calls), size):
            portion = calls[start : start + size]
            try:
                answers += await self._ask(portion)
            except ApiError as error:
                if not answers or not calls[0].operation.mutation:
                    raise
                answers += [Answer(None, (str(error),), error.ambiguous)] * len(portion)
        return answers
