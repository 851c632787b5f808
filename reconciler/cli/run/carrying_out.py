"""Progress while a plan is applied: how far it is, and each result as soon as it is final."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.applying.results import Result
    from reconciler.cli.run.reporting import Reporting
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.http.stats import Stats


@contextmanager
def carrying_out(plan: Plan, title: str, stats: Stats, reporting: Reporting) -> Iterator[Callable[[Result], None]]:
    """Show progress under a title, such as "Applying"; yield the function to call with each result."""
    from reconciler.reports.text.progress_line import Count
    from reconciler.reports.text.report import result_line

    style, progress = reporting.output.style(err=True), reporting.progress

    def count() -> Count:
        done, total = len(reporting.results), len(plan.changes)
        failed = sum(1 for result in list(reporting.results) if not result.ok)
        return Count(done, total, failed, "Reading back" if done == total else "")

    def add(result: Result) -> None:
        reporting.add_result(result)
        progress.say(result_line(result, style))

    with progress.during(title, "resources", count, stats):
        yield add
