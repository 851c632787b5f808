"""Ending a run early, in good order: what is under way is finished, nothing new is sent, everything is reported."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from reconciler.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Begun = TypeVar("Begun")


class Stop:
    """Whether somebody wants the run to end, and why; whoever sends requests looks here, and is told.

    While it is ``held``, there is something to finish and to report, so that whoever asks only leaves word.
    """

    def __init__(self) -> None:
        self.reason = ""
        self.exit_code = 0
        self.held = False
        self.beginning = False
        """Whether something is being started that could not be ended yet."""
        self._wrote = False
        self._told: list[Callable[[], object]] = []

    @property
    def asked(self) -> bool:
        return bool(self.reason)

    @property
    def wrote(self) -> bool:
        """Whether the run got as far as to write."""
        return self._wrote

    def ask(self, reason: str, exit_code: int) -> None:
        """Ask for the end; ``exit_code`` is what the process is to end with. Only the first one counts."""
        if self.asked:
            return
        self.reason, self.exit_code = reason, exit_code
        for tell in list(self._told):
            tell()

    def error(self) -> Interrupted:
        """Return the error for what is not done because of it."""
        return Interrupted(self.reason if self._wrote else f"{self.reason}: nothing was changed", self.exit_code)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """From here to the end of the block things are written, and what came of them must be told."""
        self.held = self._wrote = True
        try:
            yield
        finally:
            self.held = False

    @contextmanager
    def telling(self, tell: Callable[[], object]) -> Iterator[None]:
        """Have ``tell`` called, from whichever thread, when somebody asks; at once when somebody has asked already."""
        self._told.append(tell)
        try:
            if self.asked:
                tell()
            yield
        finally:
            self._told.remove(tell)

    @contextmanager
    def ending(self, begin: Callable[[], Begun], end: Callable[[Begun], object]) -> Iterator[Begun]:
        """Yield what ``begin`` starts, and have ``end`` called with it as soon as somebody asks.

        Whoever asks while it is being started waits until it can be ended. Raises ``Interrupted`` then.
        """
        self.beginning = True
        try:
            begun = begin()
            ended = partial(end, begun)
            self._told.append(ended)
        finally:
            self.beginning = False
        try:
            if self.asked:
                ended()
                raise self.error()
            yield begun
        finally:
            self._told.remove(ended)
