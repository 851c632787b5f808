"""Ending early what reading manifests has started."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

Begun = TypeVar("Begun")


class Ending(Protocol):
    """What lets a run be ended early: it has ``end`` called with what ``begin`` started, as soon as somebody asks."""

    def __call__(self, begin: Callable[[], Begun], end: Callable[[Begun], object], /) -> AbstractContextManager[Begun]:
        """Return a context manager of what was begun."""


@contextmanager
def never_ended(begin: Callable[[], Begun], end: Callable[[Begun], object]) -> Iterator[Begun]:
    """Let a command run until it ends: nobody can ask for less."""
    del end
    yield begin()
