"""The metrics of a watch, for Prometheus: those of its last round, and what all of its rounds come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.reports.ci.metrics import SCOPE, Run, registry_of
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.rounds import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    from prometheus_client import CollectorRegistry

    if found is None:
        registry, outcome = CollectorRegistry(), Outcome("watch")
    else:
        outcome = found.outcome
        run = Run(outcome, kinds, found.ended.timestamp(), found.seconds, success=found.success)
        registry = registry_of(run)
    registry.register(_Collected(list(_metrics(outcome, found, totals))))
    return registry


@dataclass(frozen=True, slots=True, eq=False)
class _Collected:
    metrics: Sequence[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def _metrics(outcome: Outcome, found: Round | None, totals: Totals) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    scope = [outcome.command, outcome.project or "", outcome.environment or ""]
    ready = GaugeMetricFamily("reconciler_watch_ready", "1 when the last round could do its work.", labels=SCOPE)
    ready.add_metric(scope, totals.ready)
    yield ready
    rounds = CounterMetricFamily("reconciler_watch_rounds", "Rounds of this process.", labels=[*SCOPE, "result"])
    for result in RESULTS:
        rounds.add_metric([*scope, result], totals.rounds[result])
    yield rounds
    text = "Changes that this process carried out or tried, by status."
    changes = CounterMetricFamily("reconciler_watch_changes", text, labels=[*SCOPE, "status"])
    for status in STATUSES:
        changes.add_metric([*scope, status], totals.changes[status])
    yield changes
    if found and outcome.plan:
        text = "Objects that differed when the last round began, by what it did about them."
        states = GaugeMetricFamily("reconciler_watch_differences", text, labels=[*SCOPE, "state"])
        counts = Counter(each.state for each in found.differences())
        for state in STATES:
            states.add_metric([*scope, state], counts[state])
        yield states
