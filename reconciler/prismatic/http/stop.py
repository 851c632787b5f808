"""Ending a run early and in good order: requests under way are finished, no new ones are sent, results are reported."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from reconciler.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Started = TypeVar("Started")


class Stop:
    """A request to end the run, with its reason. Everything that sends requests checks it or registers a callback.

    While it is ``held``, the run has results to report, so a signal handler only calls :meth:`ask` and raises nothing.
    """

    def __init__(self) -> None:
        self.reason = ""
        self.exit_code = 0
        self.held = False
        self.beginning = False
        """Whether a process is being started that cannot be ended yet."""
        self.wrote = False
        """Whether the run came as far as changing anything."""
        self._callbacks: list[Callable[[], object]] = []

    @property
    def asked(self) -> bool:
        return bool(self.reason)

    def ask(self, reason: str, exit_code: int) -> None:
        """Ask for the end of the run; the process then ends with ``exit_code``. Later calls change nothing."""
        if self.asked:
            return
        self.reason, self.exit_code = reason, exit_code
        self.call_all()

    def call_all(self) -> None:
        """Call everything that waits for a stop; to call it again does no harm."""
        for callback in list(self._callbacks):
            callback()

    def error(self) -> Interrupted:
        """Return the error for work that is not done because of the stop."""
        return Interrupted(self.reason if self.wrote else f"{self.reason}: nothing was changed", self.exit_code)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Mark a block that changes the tenant, whose results must be reported."""
        self.held = self.wrote = True
        try:
            yield
        finally:
            self.held = False

    @contextmanager
    def calling(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call ``callback`` when a stop is asked for during the block, or at once when it was asked for before.

        The call comes from the thread that asks.
        """
        self._callbacks.append(callback)
        try:
            if self.asked:
                callback()
            yield
        finally:
            self._callbacks.remove(callback)

    @contextmanager
    def ending(self, begin: Callable[[], Started], end: Callable[[Started], object]) -> Iterator[Started]:
        """Yield what ``begin`` starts, and call ``end`` with it as soon as a stop is asked for.

        A stop that is asked for while ``begin`` runs takes effect after it. Raises ``Interrupted`` then.
        """
        self.beginning = True
        try:
            started = begin()
            end_started = partial(end, started)
            self._callbacks.append(end_started)
        finally:
            self.beginning = False
        try:
            if self.asked:
                end_started()
                raise self.error()
            yield started
        finally:
            self._callbacks.remove(end_started)
