"""How a command that a manifest names is ended when the run ends early."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

Begun = TypeVar("Begun")


class Ending(Protocol):
    """Calls ``begin``, and calls ``end`` with its result as soon as the run is to end early."""

    def __call__(self, begin: Callable[[], Begun], end: Callable[[Begun], object], /) -> AbstractContextManager[Begun]:
        """Return a context manager whose value is the result of ``begin``."""


@contextmanager
def never_ended(begin: Callable[[], Begun], end: Callable[[Begun], object]) -> Iterator[Begun]:
    """Call ``begin`` alone: the command runs until it ends by itself."""
    del end
    yield begin()
