"""SIGINT, SIGTERM and SIGHUP: the first one ends a run in good order, the second one at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from reconciler.errors import Interrupted
from reconciler.prismatic.http.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Windows knows the first two names; there, only the first one is ever delivered."""
KILLED_BY = 128
"""What a shell adds to the number of the signal that ended a process."""


@contextmanager
def heeded() -> Iterator[Stop]:
    """Yield a ``Stop`` that signals set. Only the main thread can set handlers; in other threads signals do nothing.

    A signal raises ``Interrupted`` if nothing has to be finished: before the first request, at the prompt, between
    requests. While requests are under way, or results are not reported yet, it only sets a flag.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def take(number: int, frame: FrameType | None) -> None:
        del frame
        _take(stop, number)

    before: dict[signal.Signals, Any] = {number: signal.signal(number, take) for number in SIGNALS if _is_ours(number)}
    try:
        with _unheard():
            yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_ours(number: int) -> bool:
    """Return whether to handle a signal: under nohup, SIGHUP stays ignored."""
    return number != getattr(signal, "SIGHUP", None) or signal.getsignal(number) != signal.SIG_IGN


@contextmanager
def _unheard() -> Iterator[None]:
    """Print nothing for an interruption where Python cannot raise it, such as while it frees an object.

    The flag is set, so the run ends at its next check.
    """
    before = sys.unraisablehook

    def hook(unraisable: Any, /) -> None:
        if not isinstance(unraisable.exc_value, Interrupted):
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _take(stop: Stop, number: int) -> None:
    name = signal.Signals(number).name
    if stop.asked:
        # A signal interrupts also the handler of the one before, which may not have ended every command yet.
        stop.call_all()
        _say(f"{name} again: ended at once; what was under way may have been carried out")
        os._exit(KILLED_BY + number)
    stop.ask(f"interrupted by {name}", KILLED_BY + number)
    if stop.held:
        _say(f"{name}: what is under way is finished and reported; once more ends it at once")
    elif not stop.beginning and not _in_a_loop():
        raise stop.error()


def _say(message: str) -> None:
    """Print a message past Python's buffers, in the middle of which the signal may have come.

    On a terminal it replaces the live line, which is drawn again below it, and shows the cursor, in case the run ends.
    """
    with suppress(OSError, ValueError):
        stream = sys.__stderr__.fileno() if sys.__stderr__ else 2
        lead = "\r\x1b[2K\x1b[?25h" if os.isatty(stream) and os.environ.get("TERM") != "dumb" else ""
        os.write(stream, f"{lead}{message}\n".encode())


def _in_a_loop() -> bool:
    """Return whether requests may be under way. None are before asyncio is imported, which this avoids."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
