"""The client of the Prismatic API: operations in, answers out. It hides HTTP, retries, batches and tokens."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

from reconciler.errors import ApiError
from reconciler.prismatic.graphql.batching import MERGER
from reconciler.prismatic.graphql.decoding import decode
from reconciler.prismatic.graphql.loader import Loader
from reconciler.prismatic.graphql.page_sizes import SLOW_SECONDS, Sizes, is_page
from reconciler.prismatic.graphql.response import Answer, answers_to, message_of, payload_texts
from reconciler.prismatic.graphql.secret_fields import secrets_in_body
from reconciler.prismatic.http.auth import BearerAuth
from reconciler.prismatic.http.download import download
from reconciler.prismatic.http.errors import Fault
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.prismatic.http.session import RequestSession
from reconciler.prismatic.http.stats import Stats
from reconciler.prismatic.http.transport import ApiTransport
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.prismatic.settings import defaults
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import secrets_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    from graphql import ExecutionResult

    from reconciler.model.operation import Operation
    from reconciler.prismatic.graphql.batching import Call, Merged
    from reconciler.prismatic.http.stop import Stop
    from reconciler.prismatic.settings.endpoint import Endpoint
    from reconciler.secrets.secret import Secret

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one request: its answers, or why it was refused as a whole, and the seconds that it took.

    ``refused``: for its ``size``, for the ``time`` that it takes, or as a ``whole`` by the server, which says no more.
    """

    answers: Sequence[Answer] | None
    refused: Literal["", "whole", "size", "time"]
    seconds: float = 0.0


class Api:
    """One connection to one stack; an async context manager.

    ``rate`` is in requests a second, ``batch_size`` in mutations a request; both fall where they prove too much.
    ``timeout`` is in seconds after entering, ``None`` for no limit: afterwards every call raises
    :class:`~reconciler.errors.OutOfTime`. After ``stop`` is asked for, nothing more is sent, and every call raises
    :class:`~reconciler.errors.Interrupted` except for mutations that were sent already. ``transport`` replaces the
    network, for tests and for servers in the same process. Without it, the proxies of the environment are used.
    ``redactor`` cleans the messages of GraphQL answers.

    Example::

        async with Api(endpoint) as api:
            [answer] = await api.call([Call(operations["customer"], {"id": customer_id})])
    """

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        endpoint: Endpoint,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        rate: float = defaults.RATE,
        batch_size: int = defaults.BATCH_SIZE,
        retry: RetryPolicy | None = None,
        timeout: float | None = None,
        stop: Stop | None = None,
        known_secrets: KnownSecrets | None = None,
        redactor: type[Redactor] | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.stats = Stats()
        # A look-up costs a server less than a mutation, so a quarter more of them travel in one request.
        self.sizes = Sizes(look_ups=batch_size * 5 // 4)
        self._retry = retry or RetryPolicy()
        self._known = KnownSecrets() if known_secrets is None else known_secrets
        self._clean = (redactor or Redactor)(self._known)
        self._transport = transport
        http = ApiTransport(endpoint, BearerAuth(endpoint, self._known), self.stats, Redactor(self._known), transport)
        self.clock = http.clock
        self._session = RequestSession(http, self.stats, rate=rate, retry=self._retry, timeout=timeout, stop=stop)
        self._loader = Loader(self.call, lambda: self.sizes.look_ups)

    async def __aenter__(self) -> Self:
        await self._session.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._loader.close()
        await self._session.close()

    async def call(self, calls: Sequence[Call]) -> list[Answer]:
        """Carry out the calls, queries alone or mutations alone, and return their answers in the same order.

        They travel in one request, or in several where one proves too much or is refused as a whole. A query whose
        failure may pass is sent again.

        The error of a single call is in its answer. Raises :class:`~reconciler.errors.ApiError` when the whole request
        failed; its ``ambiguous`` says whether mutations may have been carried out.
        """
        if not calls:
            return []
        self.stats.operations += len(calls)
        try:
            answers = await self._send(calls)
            return answers if calls[0].operation.mutation else await self._retry_failed(calls, answers)
        finally:
            self.stats.answered += len(calls)

    async def attempt(self, calls: Sequence[Call]) -> Attempt:
        """Send the calls in one request as they are, never in portions, and return what became of it.

        It is for whoever asks how large a request may be. A request that the server or a gateway refuses for its size
        is no error here; raises :class:`~reconciler.errors.ApiError` for every other failure.
        """
        merged = MERGER.merge(calls)
        self._known.add(secrets_in(merged.variables))
        try:
            timed = await self._session.send(merged, divisible=True)
        except Fault as fault:
            if fault.too_large:
                return Attempt(None, "time" if fault.strained else "size")
            raise fault.final(mutation=merged.mutation) from None
        answers = self._answers(merged, timed.result)
        return Attempt(answers, "" if answers else "whole", timed.seconds)

    async def pause(self, seconds: float) -> None:
        """Wait; raises :class:`~reconciler.errors.EndOfRun` where the run ends before the pause does."""
        await self._session.pause(seconds)

    async def download(self, url: Secret, most: int) -> bytes:
        """Return a file of at most ``most`` bytes that the API gave the address of; the token is not sent there.

        Raises :class:`~reconciler.prismatic.http.download.NotDownloaded`, which names neither address nor content.
        """
        return await download(url, self.endpoint.url, most, self._transport)

    def clean(self, text: str) -> str:
        """Return a text from the API as one short line, without the secrets that the run knows."""
        return self._clean(text)

    async def ask(self, call: Call) -> Answer:
        """Carry out one query, in the same request as others that are asked at the same time."""
        return await self._loader.ask(call)

    async def refusals(self, calls: Sequence[Call]) -> list[str]:
        """Send queries as one request, whatever its size, and return the API's messages about them as a whole.

        It is for documents that the API only checks. Raises :class:`~reconciler.errors.ApiError` without an answer.
        """
        return await self._refusals(MERGER.merge(calls))

    async def refusals_beside(self, query: Operation, unexecuted: Sequence[Call]) -> list[str]:
        """Send one query with operations beside it that are not carried out, and return the API's messages as above."""
        return await self._refusals(MERGER.merge_beside(query, unexecuted))

    async def _refusals(self, merged: Merged) -> list[str]:
        try:
            timed = await self._session.send(merged, divisible=False)
        except Fault as fault:
            raise fault.final(mutation=False) from None
        return [message_of(error, self._clean) for error in timed.result.errors or ()]

    async def _retry_failed(self, calls: Sequence[Call], answers: list[Answer]) -> list[Answer]:
        """Ask again for the queries whose errors may pass; return all answers.

        Only queries: an error in the answer to a mutation does not say whether the mutation was carried out.
        """
        for tried in range(1, self._retry.tries):
            failed = [index for index, answer in enumerate(answers) if answer.transient]
            if not failed:
                break
            first = failed[0]
            await self._session.pause_before_retry(f"{calls[first].operation.name}: {answers[first].errors[0]}", tried)
            for index, answer in zip(failed, await self._send([calls[index] for index in failed]), strict=True):
                answers[index] = answer
        return answers

    async def _send(self, calls: Sequence[Call]) -> list[Answer]:
        """Send the calls in one request, or in smaller ones where it proves too much."""
        mutation = calls[0].operation.mutation
        most = self.sizes.most(mutation=mutation)
        if len(calls) > most:
            return await self._send_in_portions(calls, most)
        fitted = [self.sizes.fitted(call) for call in calls]
        merged = MERGER.merge(fitted)
        # Before anything is sent: the answer may quote these secrets.
        self._known.add_sent(secrets_in(merged.variables))
        try:
            timed = await self._session.send(merged, divisible=not mutation and self.sizes.divisible(fitted))
        except Fault as fault:
            if not self._shrink_after(fault, fitted):
                raise fault.final(mutation=mutation) from None
            log.info("%s: %s; asking for less at once", merged.name, fault.message)
            return await self._send(calls)
        answers = self._answers(merged, timed.result)
        if answers is None:
            return await self._send_in_halves(calls)
        if mutation:
            return [replace(answer, seconds=timed.seconds) for answer in answers]
        if timed.seconds > SLOW_SECONDS:
            self.sizes.shrink(fitted)
        return await self._ask_for_less(calls, fitted, answers)

    def _shrink_after(self, fault: Fault, fitted: Sequence[Call]) -> bool:
        """Make requests smaller after a fault that this may avoid; return whether the calls can be sent again.

        A mutation that reached the server is not sent again in any size: it may have been carried out.
        """
        ambiguous = fitted[0].operation.mutation and fault.sent
        return fault.heavy and not ambiguous and self.sizes.shrink(fitted)

    def _answers(self, merged: Merged, result: ExecutionResult) -> list[Answer] | None:
        """Return the answers in a result; ``None`` when it was refused as a whole and is to be sent in portions."""
        data = result.data or {}
        decoded = [decode(part.operation, data.get(part.alias)) for part in merged.parts]
        # First of all: the errors of the same answer may quote the secrets that its data holds.
        for each in decoded:
            self._known.add_live(each.secrets)
        errors, extensions = result.errors or (), result.extensions or {}
        clean: Redactor | None = self._clean
        if errors or any(each.problem for each in decoded) or any(payload_texts(merged, decoded)):
            found = secrets_in_body(extensions.get("body", b""), [part.operation for part in merged.parts])
            self._known.add_live(found or ())
            clean = None if found is None else self._clean
        has_data = result.data is not None if extensions.get("data") else None
        return answers_to(merged, decoded, errors, data=has_data, clean=clean)

    async def _ask_for_less(self, calls: Sequence[Call], fitted: Sequence[Call], answers: list[Answer]) -> list[Answer]:
        """Ask again, for smaller pages, where the API says that a query asks for too much; return all answers."""
        for index, answer in enumerate(answers):
            if answer.too_much and self.sizes.shrink(fitted[index : index + 1]):
                answers[index : index + 1] = await self._send(calls[index : index + 1])
        return answers

    async def _send_in_halves(self, calls: Sequence[Call]) -> list[Answer]:
        """Send a request that was refused as a whole in two halves.

        When both halves succeed, the number of calls was the cause, and later requests are no larger than a half.
        When one fails, a single call was the cause: halving goes on until only that call fails.
        """
        log.info("refused as a whole; asking for %d operations in halves", len(calls))
        half = (len(calls) + 1) // 2
        answers = await self._send_in_portions(calls, half)
        if not is_page(calls) and not any(answer.errors for answer in answers):
            self.sizes.limit(half, mutation=calls[0].operation.mutation)
        return answers

    async def _send_in_portions(self, calls: Sequence[Call], size: int) -> list[Answer]:
        """Send several requests, one after another.

        When a later request with mutations fails, the answers to the earlier ones are kept: they were carried out.
        """
        answers: list[Answer] = []
        for start in range(0, len(calls), size):
            portion = calls[start : start + size]
            try:
                answers += await self._send(portion)
            except ApiError as error:
                if not answers or not calls[0].operation.mutation:
                    raise
                answers += [Answer(None, (str(error),), error.ambiguous, unreached=True)] * len(portion)
        return answers
