"""``--metrics FILE``: metrics of a run, also if it failed."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.cli.process.terminal import say
from reconciler.errors import UsageError
from reconciler.kinds.registry import default_registry
from reconciler.reports.shared.outcome import Outcome
from reconciler.writing.outputs import output_of_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cli.run.reporting import Reporting


@contextmanager
def measuring(reporting: Reporting) -> Iterator[None]:
    """Measure one run and write the metrics, if asked for, when it ends; entered before its reporting."""
    started = time.monotonic()
    try:
        yield
    except BaseException:
        try:
            _write(reporting, started, success=False)
        except UsageError as trouble:
            say(f"error: {trouble}")
        raise
    _write(reporting, started, success=True)


def _write(reporting: Reporting, started: float, *, success: bool) -> None:
    """Replace the file as a whole, so that the collector never reads half of it."""
    if reporting.output.metrics is None:
        return
    from prometheus_client import generate_latest

    from reconciler.reports.ci.metrics import metrics_of, registry

    outcome = reporting.outcome or Outcome(reporting.command)
    run = metrics_of(
        outcome,
        tuple(default_registry().kinds),
        ended=time.time(),
        seconds=time.monotonic() - started,
        success=success and outcome.failure is None and all(result.ok for result in outcome.results),
    )
    output_of_metrics(reporting.output.metrics).write(generate_latest(registry(run)))
