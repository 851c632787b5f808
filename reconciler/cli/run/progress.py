"""Progress on stderr: a live line on a terminal, a line every few seconds in CI, nothing elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from reconciler.cli.process.terminal import is_dumb, say
from reconciler.reports.text.progress_line import Count, cost_line, progress_line
from reconciler.text.wrapping import laid_out
from reconciler.writing.ci import in_ci

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from rich.console import RenderableType

    from reconciler.cli.options.shared import OutputOptions
    from reconciler.prismatic.http.stats import Stats

    Counter = Callable[[], Count]

EVERY = 5.0
"""Seconds between two lines in CI."""
REFRESHES = 8
"""Times a second that the live line is drawn."""
WIDTH, NARROWEST = 24, 6
"""Columns of the bar, where there is room and where there is not."""
EMPTY, FULL = "bright_black", "green"
"""The colours of the bar, by names that terminals of 16 colours have; their owner chooses the shades."""
Mode = Literal["live", "lines", "none"]


@dataclass(frozen=True, slots=True)
class _Phase:
    """A part of a run whose progress is shown."""

    title: str
    noun: str
    counter: Counter
    stats: Stats
    started: float = field(default_factory=time.monotonic)

    def line(self, count: Count, room: int | None = None) -> str:
        return progress_line(count, self.noun, time.monotonic() - self.started, self.stats, room)


class Progress:
    """Shows the progress of one run. ``shown`` is whether any of it was."""

    def __init__(self, output: OutputOptions, environ: Mapping[str, str] = os.environ) -> None:
        self.shown = False
        self.started = time.monotonic()
        self._quiet = output.quiet
        self._verbose = output.verbose > 0
        self._style = output.style(err=True)
        self._mode = _mode(output, environ)
        self._print: Callable[[str], None] | None = None

    @contextmanager
    def during(self, title: str, noun: str, counter: Counter, stats: Stats) -> Iterator[None]:
        """Show progress while the block runs; another thread calls ``counter`` again and again.

        ``noun`` names what is counted, such as "resource".
        """
        phase = _Phase(title, noun, counter, stats)
        if self._mode == "live":
            with self._live(phase):
                yield
        elif self._mode == "lines":
            with self._lines(phase):
                yield
        else:
            yield

    def reading(self, stats: Stats) -> AbstractContextManager[None]:
        """Show progress while the block reads the tenant, and then compares."""
        asked, answered = stats.operations, stats.answered

        def count() -> Count:
            found = Count(stats.answered - answered, stats.operations - asked)
            return found if found.done < found.total or not found.done else replace(found, title="Comparing")

        return self.during("Reading", "query", count, stats)

    def say(self, text: str) -> None:
        """Print a line on stderr, above the live one; nothing with ``--quiet``."""
        if self._quiet:
            return
        if self._print:
            self._print(laid_out(text, self._style.width))
        else:
            say(text)

    def end(self, stats: Stats) -> None:
        """Print duration and cost, if progress was shown or ``--verbose`` asks for it."""
        if self.shown or self._verbose:
            say(cost_line(stats, self._style, time.monotonic() - self.started))

    @contextmanager
    def _live(self, phase: _Phase) -> Iterator[None]:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        self.shown = True
        console = Console(file=sys.stderr, no_color=not self._style.colour, highlight=False, markup=False, emoji=False)

        def shown() -> RenderableType:
            return _bar(phase, console.width)

        def say(text: str) -> None:
            console.print(Text.from_ansi(text), soft_wrap=True)

        # The line disappears at the end, because it shows progress only.
        live = Live(get_renderable=shown, console=console, refresh_per_second=REFRESHES, transient=True)
        with live:
            self._print = say
            try:
                yield
            finally:
                self._print = None

    @contextmanager
    def _lines(self, phase: _Phase) -> Iterator[None]:
        done = threading.Event()

        def run() -> None:
            while not done.wait(EVERY):
                self.shown = True
                count = phase.counter()
                say(f"{count.title or phase.title}: {phase.line(count)}")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _mode(output: OutputOptions, environ: Mapping[str, str]) -> Mode:
    if output.quiet:
        return "none"
    terminal = sys.stderr.isatty()
    # The log of -v does not go through the live line, and would break it.
    if terminal and not output.verbose and not is_dumb(environ):
        return "live"
    return "lines" if terminal or in_ci(environ) else "none"


def _bar(phase: _Phase, columns: int) -> RenderableType:
    """Return the live line; on a narrow terminal what matters less than the count and the time left gives way."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    count = phase.counter()
    title = count.title or phase.title
    room = columns - len(title) - 1
    text, beside = phase.line(count, room), phase.line(count, room - NARROWEST - 1)
    if beside.partition(", ")[0] == text.partition(", ")[0]:  # else the count would give way to the bar
        text = beside
    width = min(WIDTH, room - len(text) - 1)
    bar = ProgressBar(
        total=1.0,
        completed=count.part,
        width=width,
        pulse=not count.total,
        style=EMPTY,
        complete_style=FULL,
        finished_style=FULL,
        pulse_style=FULL,
    )
    cells = [title, bar, text] if width >= NARROWEST else [title, text]
    row = Table.grid(padding=(0, 1))
    for cell in cells:
        row.add_column(width=width if cell is bar else None, no_wrap=True, overflow="crop")
    row.add_row(*cells)
    return row
