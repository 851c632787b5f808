"""One request after the other over one connection: at its pace, within its time, sent again where that can help."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.prismatic.deadline import Deadline
from reconciler.prismatic.faults import Fault
from reconciler.prismatic.pacing import Pace

if TYPE_CHECKING:
    from reconciler.prismatic.batching import Merged
    from reconciler.prismatic.retrying import RetryPolicy
    from reconciler.prismatic.stats import Stats
    from reconciler.prismatic.transport import ApiTransport, Reply

log = logging.getLogger(__name__)

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A GraphQL answer, and the seconds it took."""

    reply: Reply
    seconds: float


@dataclass(slots=True)
class _Sending:
    """How far one document has come: how often it was sent, and whether it is out now, perhaps being carried out."""

    tries: int = 0
    out: bool = False


class Exchange:
    """Sends documents: ``rate`` in requests a second, ``timeout`` in seconds from :meth:`open` on."""

    def __init__(
        self, transport: ApiTransport, stats: Stats, *, rate: float, retry: RetryPolicy, timeout: float | None
    ) -> None:
        self.stats = stats
        self.pace = Pace(rate, stats)
        self._retry = retry
        self._deadline = Deadline(timeout)
        self._transport = transport
        self._open = False
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def open(self) -> None:
        self._deadline.start()
        await self._transport.connect()
        self._open = True

    async def close(self) -> None:
        await self._transport.close()

    async def send(self, merged: Merged, *, divisible: bool = False) -> Exchanged:
        """Send the document until it is answered or there is no more hope.

        ``divisible``: whoever asks can ask in smaller portions, so what may be too much is not repeated for long.
        Raises :class:`Fault`, or :class:`~reconciler.errors.ApiError` where no other attempt could help.
        """
        sending = _Sending()

        async def once() -> Exchanged:
            sending.tries += 1
            return await self._send(merged, sending)

        attempts = self._retry.attempts(mutation=merged.mutation, divisible=divisible, before=self._before_retry)
        if self._deadline.left <= 0:
            raise self._deadline.over()
        try:
            async with self._deadline.kept():
                return await attempts(once)
        except TimeoutError:
            raise self._deadline.over(ambiguous=merged.mutation and sending.out) from None
        except Fault as fault:
            if sending.tries > 1:
                fault.message += f" ({sending.tries} tries)"
            raise

    async def rest(self, reason: str, tried: int) -> None:
        """Pause before something is asked again that failed for ``reason`` after so many tries."""
        pause = self._retry.pause_after(tried)
        self._announce(reason, pause)
        await asyncio.sleep(pause)

    async def _send(self, merged: Merged, sending: _Sending) -> Exchanged:
        if not self._open:
            raise RuntimeError("Api is an async context manager: enter it first")
        loop = asyncio.get_running_loop()
        async with self._slots:
            turn = await self.pace.turn()
            started = loop.time()
            sending.out = True
            try:
                reply = await self._transport.execute(merged)
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
        return Exchanged(reply, seconds)

    def _before_retry(self, fault: Fault, pause: float) -> None:
        self._announce(fault.message, pause)
        if fault.throttled:
            self.pace.hold(pause)

    def _announce(self, reason: str, pause: float) -> None:
        if pause >= self._deadline.left:
            raise self._deadline.too_near(reason, pause)
        self.stats.retries += 1
        log.info("%s; trying again in %.1f s", reason, pause)
