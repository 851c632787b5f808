"""When a failed request is sent again, and after how long a pause."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenacity import AsyncRetrying, retry_if_exception

from reconciler.prismatic.http.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

TRIES_BEFORE_DIVIDING = 2


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is tried, and how long the pauses are, in seconds.

    A mutation is sent again only when it certainly was not carried out: the API has no idempotency keys, so a second
    ``createInstance`` would make a second instance. Pauses double from ``first_pause``, with a random part, so that
    runs that failed together do not come back together. A run does not wait for a server that asks for more than
    ``longest_pause``.
    """

    tries: int = 5
    first_pause: float = 0.5
    longest_pause: float = 120.0

    def attempts(self, *, mutation: bool, divisible: bool, before: Callable[[Fault, float], None]) -> AsyncRetrying:
        """Return tenacity's attempts; ``before(fault, pause)`` is called before each pause.

        ``divisible``: the caller can ask for the same in smaller requests. A request that was too large is then not
        sent again unchanged. A failure of the server, which may come from the request's size, is retried only once.
        """

        def stop(state: RetryCallState) -> bool:
            tries = TRIES_BEFORE_DIVIDING if divisible and _fault(state).heavy else self.tries
            return state.attempt_number >= tries

        def announce(state: RetryCallState) -> None:
            before(_fault(state), state.next_action.sleep if state.next_action else 0)

        return AsyncRetrying(
            retry=retry_if_exception(lambda error: self._may_retry(error, mutation=mutation, divisible=divisible)),
            stop=stop,
            wait=self._pause,
            sleep=asyncio.sleep,
            before_sleep=announce,
            reraise=True,
        )

    def _may_retry(self, error: BaseException, *, mutation: bool, divisible: bool) -> bool:
        return (
            isinstance(error, Fault)
            and error.transient
            and not (mutation and error.sent)
            and not (divisible and error.too_large)
            and (error.after or 0) <= self.longest_pause
        )

    def pause_after(self, tried: int) -> float:
        """Return the pause after so many tries, in seconds, when the server names none."""
        longest: float = self.first_pause * 2 ** (tried - 1)
        return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards nothing

    def _pause(self, state: RetryCallState) -> float:
        asked = _fault(state).after
        spread = self.pause_after(state.attempt_number)
        return min(asked + spread / 10 if asked is not None else spread, self.longest_pause * 1.1)


def _fault(state: RetryCallState) -> Fault:
    """Return the fault of the last attempt. No other exception is ever retried."""
    outcome: Any = state.outcome
    fault: Fault = outcome.exception()
    return fault
