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
    """How often and how patiently to try; times are in seconds.

    A mutation is only sent again when it certainly was not carried out. Pauses double from ``first_pause`` and
    are spread by chance; a server that asks for more than ``longest_pause`` is not waited for.
    """

    tries: int = 5
    first_pause: float = 0.5
    longest_pause: float = 120.0

    def attempts(
        self, *, mutation: bool, divisible: bool = False, before: Callable[[Fault, float], None]
    ) -> AsyncRetrying:
        """Return tenacity's attempts; ``before(fault, pause)`` is called before each pause.

        ``divisible``: the same can be asked for in smaller requests. What was surely too much for one is then not
        sent again as it is, and a server's failure, which may be for that reason, is waited out only once.
        """

        def again(error: BaseException) -> bool:
            return (
                isinstance(error, Fault)
                and error.transient
                and not (mutation and error.sent)
                and not (divisible and error.too_large)
                and (error.after or 0) <= self.longest_pause
            )

        def enough(state: RetryCallState) -> bool:
            tries = TRIES_BEFORE_DIVIDING if divisible and _fault(state).heavy else self.tries
            return state.attempt_number >= tries

        def announce(state: RetryCallState) -> None:
            before(_fault(state), state.next_action.sleep if state.next_action else 0)

        return AsyncRetrying(
            retry=retry_if_exception(again),
            stop=enough,
            wait=self._pause,
            sleep=asyncio.sleep,
            before_sleep=announce,
            reraise=True,
        )

    def pause_after(self, tried: int) -> float:
        """Return how long to wait after so many tries, when the server does not say."""
        longest: float = self.first_pause * 2 ** (tried - 1)
        return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards nothing

    def _pause(self, state: RetryCallState) -> float:
        asked = _fault(state).after
        spread = self.pause_after(state.attempt_number)
        return min(asked + spread / 10 if asked is not None else spread, self.longest_pause * 1.1)


def _fault(state: RetryCallState) -> Fault:
    """Return what the last attempt failed of: nothing else than a fault is ever retried."""
    outcome: Any = state.outcome
    fault: Fault = outcome.exception()
    return fault
