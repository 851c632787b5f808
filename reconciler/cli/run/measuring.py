"""``--metrics FILE``: metrics of a run, also if it failed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

import click

from reconciler.errors import UsageError
from reconciler.reports.shared.outcome import Outcome
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from reconciler.cli.run.reporting import Reporting
    from reconciler.reports.ci.metrics import Run


class Measuring:
    """Measures one run and writes the metrics, if asked for, when it ends; entered before its reporting."""

    def __init__(self, reporting: Reporting) -> None:
        self._reporting = reporting
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        path = self._reporting.output.metrics
        if path is None:
            return
        try:
            _write(self._run(success=error is None), path)
        except UsageError as trouble:
            if error is None:
                raise
            click.echo(f"error: {trouble}", err=True)

    def _run(self, *, success: bool) -> Run:
        from reconciler.kinds.registry import default_registry
        from reconciler.reports.ci.metrics import Run

        outcome = self._reporting.outcome or Outcome(self._reporting.command)
        return Run(
            outcome,
            tuple(default_registry().kinds),
            time.time(),
            time.monotonic() - self._started,
            success=success and outcome.failure is None and all(result.ok for result in outcome.results),
        )


def output_of_metrics(path: Path) -> Output:
    """Return the file of the metrics."""
    return Output(f"--metrics {path}", path)


def _write(run: Run, path: Path) -> None:
    """Replace the file as a whole, so that the collector never reads half of it."""
    from prometheus_client import generate_latest

    from reconciler.reports.ci.metrics import registry_of

    output_of_metrics(path).write(generate_latest(registry_of(run)))
