"""When a failed request is sent again, and after how long a pause."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from reconciler.prismatic.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tenacity import RetryCallState


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
        self, *, mutation: bool, sleep: Callable[[float], Awaitable[None]], before: Callable[[Fault, float], None]
    ) -> AsyncRetrying:
        """Return tenacity's attempts; ``before(fault, pause)`` is called before each pause."""

        def again(error: BaseException) -> bool:
            return (
                isinstance(error, Fault)
                and error.transient
                and not (mutation and error.sent)
                and (error.after or 0) <= self.longest_pause
            )

        def announce(state: RetryCallState) -> None:
            before(_fault(state), state.next_action.sleep if state.next_action else 0)

        return AsyncRetrying(
            retry=retry_if_exception(again),
            stop=stop_after_attempt(self.tries),
            wait=self._pause,
            sleep=sleep,
            before_sleep=announce,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        asked = _fault(state).after
        longest = self.first_pause * 2 ** (state.attempt_number - 1)
        spread = random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards nothing
        return min(asked + spread / 10 if asked is not None else spread, self.longest_pause * 1.1)


def _fault(state: RetryCallState) -> Fault:
    """Return what the last attempt failed of: nothing else than a fault is ever retried."""
    outcome: Any = state.outcome
    fault: Fault = outcome.exception()
    return fault
