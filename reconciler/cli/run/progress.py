"""Progress on stderr: a live line on a terminal, a line every few seconds in CI, nothing elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import click

from reconciler.reports.text.progress_line import Count, cost_line, progress_line
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
Mode = Literal["live", "lines", "none"]


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
    def during(self, title: str, unit: str, counter: Counter, stats: Stats) -> Iterator[None]:
        """Show progress while the block runs; another thread calls ``counter`` again and again."""
        started = time.monotonic()

        def line() -> tuple[Count, str]:
            count = counter()
            return count, progress_line(count, unit, time.monotonic() - started, stats)

        if self._mode == "live":
            with self._live(title, line):
                yield
        elif self._mode == "lines":
            with self._lines(title, line):
                yield
        else:
            yield

    def reading(self, stats: Stats) -> AbstractContextManager[None]:
        """Show progress while the block reads the tenant, and then compares."""
        asked, answered = stats.operations, stats.answered

        def count() -> Count:
            found = Count(stats.answered - answered, stats.operations - asked)
            return found if found.done < found.total or not found.done else replace(found, title="Comparing")

        return self.during("Reading", "queries", count, stats)

    def say(self, text: str) -> None:
        """Print a line on stderr, above the live one; nothing with ``--quiet``."""
        if self._quiet:
            return
        if self._print:
            self._print(text)
        else:
            click.echo(text, err=True)

    def end(self, stats: Stats) -> None:
        """Print duration and cost, if progress was shown or ``--verbose`` asks for it."""
        if self.shown or self._verbose:
            click.echo(cost_line(stats, self._style, time.monotonic() - self.started), err=True)

    @contextmanager
    def _live(self, title: str, line: Callable[[], tuple[Count, str]]) -> Iterator[None]:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        self.shown = True
        console = Console(file=sys.stderr, no_color=not self._style.colour, highlight=False, markup=False, emoji=False)

        def shown() -> RenderableType:
            return _bar(title, *line(), console.width)

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
    def _lines(self, title: str, line: Callable[[], tuple[Count, str]]) -> Iterator[None]:
        done = threading.Event()

        def run() -> None:
            while not done.wait(EVERY):
                self.shown = True
                count, text = line()
                click.echo(f"{count.title or title}: {text}", err=True)

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
    if terminal and not output.verbose and environ.get("TERM") != "dumb":
        return "live"
    return "lines" if terminal or in_ci(environ) else "none"


def _bar(title: str, count: Count, text: str, columns: int) -> RenderableType:
    """Return the live line; on a narrow terminal the bar gives way to the text."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    title = count.title or title
    room = columns - len(title) - 2
    width = min(WIDTH, max(NARROWEST, room - len(text)))
    row = Table.grid(padding=(0, 1))
    row.add_column(width=len(title))
    row.add_column(width=width)
    row.add_column(width=max(1, room - width), no_wrap=True, overflow="ellipsis")
    row.add_row(title, ProgressBar(total=1.0, completed=count.part, width=width, pulse=not count.total), text)
    return row
