"""The metrics of a watch, for Prometheus: those of its last round, and what all of its rounds come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from reconciler.reports.ci.metrics import family, metrics_of, registry
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.rounds import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

    from reconciler.reports.shared.rounds import Round

RESULTS = ("done", "failed")
STATUSES = ("applied", "failed", "not converged")


@dataclass(slots=True)
class Totals:
    """What the rounds of one process come to; ``ready`` is whether the last one could do its work."""

    ready: bool = False
    rounds: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)

    def add(self, found: Round) -> None:
        self.ready = found.ready
        self.rounds["done" if found.ready else "failed"] += 1
        self.changes.update(each.status for each in found.outcome.results if each.status in STATUSES)


def watch_registry(found: Round | None, kinds: Sequence[str], totals: Totals) -> CollectorRegistry:
    """Return the metrics after a round, ``None`` before the first; ``kinds`` are all kinds.

    Like those of ``drift --metrics``, they count by kind, action and state, and name no object but verified instances.
    """
    if found is None:
        return registry(_metrics(Outcome("watch"), found, totals))
    ended = found.ended.timestamp()
    run = metrics_of(found.outcome, kinds, ended=ended, seconds=found.seconds, success=found.success)
    return registry([*run, *_metrics(found.outcome, found, totals)])


def _metrics(outcome: Outcome, found: Round | None, totals: Totals) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    gauge, counter = partial(family, GaugeMetricFamily, outcome), partial(family, CounterMetricFamily, outcome)
    yield gauge("watch_ready", "1 when the last round could do its work.", totals.ready)
    rounds = {result: totals.rounds[result] for result in RESULTS}
    yield counter("watch_rounds", "Rounds of this process.", rounds, "result")
    changes = {status: totals.changes[status] for status in STATUSES}
    yield counter("watch_changes", "Changes that this process carried out or tried, by status.", changes, "status")
    if found and outcome.plan:
        counts = Counter(each.state for each in found.differences())
        text = "Objects that differed when the last round began, by what it did about them."
        yield gauge("watch_differences", text, {state: counts[state] for state in STATES}, "state")
