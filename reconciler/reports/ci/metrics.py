"""The metrics of a run and of a watch, for Prometheus.

Those of a run go through a file that the node exporter's textfile collector picks up; those of a watch are what its
last round had, and what all of its rounds come to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.headline import result_counts
from reconciler.reports.shared.health import health_counts
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.rounds import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prometheus_client import CollectorRegistry
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

    from reconciler.reports.shared.rounds import Round

SCOPE = ("command", "project", "environment")
RESULTS = ("done", "failed")
STATUSES = ("applied", "failed", "not converged")


def metrics_of(
    outcome: Outcome, kinds: Sequence[str], *, ended: float, seconds: float, success: bool
) -> Iterator[Metric]:
    """Yield the metrics of a run, each labelled with its command, project and environment.

    ``ended`` is its end in seconds since 1970, ``seconds`` its duration. ``kinds`` are all kinds, so that a kind
    without differences is reported as 0. Unknown figures are left out: a failed run has no drift, and reporting 0 would
    end an alert.
    """
    from prometheus_client.core import GaugeMetricFamily

    plan, stats = outcome.plan, outcome.stats
    gauge = partial(_family, GaugeMetricFamily, outcome)
    yield gauge("last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", ended)
    yield gauge("last_run_duration_seconds", "How long the last run took.", seconds)
    yield gauge("last_run_success", "1 when the last run succeeded, with or without differences.", success)
    if stats:
        yield gauge("last_run_api_requests", "HTTP requests that the API answered in the last run.", stats.requests)
        yield gauge("last_run_api_operations", "GraphQL operations in those requests.", stats.operations)
        yield gauge("last_run_api_retries", "Requests that were sent again.", stats.retries)
        yield gauge("last_run_api_throttles", "Times that the API asked for a pause.", stats.throttles)
    if plan:
        left = _by_kind(kinds, (change.kind.name for change in plan))
        yield gauge("drifted_objects", "Objects that differed from their manifests when the run began.", left, "kind")
        kept = _by_kind(kinds, (each.kind for each in plan.orphans))
        yield gauge("undeclared_objects", "Objects that the project owns and no manifest declares.", kept, "kind")
        yield gauge("unchanged_objects", "Objects that equalled their manifests.", plan.unchanged)
        planned = {action: count for action, count in plan.summary.items() if action != "unchanged"}
        yield gauge("planned_actions", "Planned actions, by action.", planned, "action")
    if outcome.healths:
        # What is inconclusive is neither: a series that is missing starts no alarm of its own.
        known = {each.address: each.verdict == "passed" for each in outcome.healths if each.verdict != "inconclusive"}
        text = "1 for an instance whose verification passed, 0 where it failed."
        yield gauge("instance_healthy", text, known, "address")
        yield gauge("verified_instances", "Verified instances, by verdict.", health_counts(outcome.healths), "verdict")
    if plan and outcome.command == "apply":
        results = result_counts(outcome.results)
        yield gauge("applied_changes", "Changes of the last apply, by status.", results, "status")


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
        return registry(_watch_metrics(Outcome("watch"), found, totals))
    ended = found.ended.timestamp()
    run = metrics_of(found.outcome, kinds, ended=ended, seconds=found.seconds, success=found.success)
    return registry([*run, *_watch_metrics(found.outcome, found, totals)])


def _watch_metrics(outcome: Outcome, found: Round | None, totals: Totals) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    gauge, counter = partial(_family, GaugeMetricFamily, outcome), partial(_family, CounterMetricFamily, outcome)
    yield gauge("watch_ready", "1 when the last round could do its work.", totals.ready)
    rounds = {result: totals.rounds[result] for result in RESULTS}
    yield counter("watch_rounds", "Rounds of this process.", rounds, "result")
    changes = {status: totals.changes[status] for status in STATUSES}
    yield counter("watch_changes", "Changes that this process carried out or tried, by status.", changes, "status")
    if found and outcome.plan:
        counts = Counter(each.state for each in found.differences())
        text = "Objects that differed when the last round began, by what it did about them."
        yield gauge("watch_differences", text, {state: counts[state] for state in STATES}, "state")


def _family(
    sort: type[GaugeMetricFamily | CounterMetricFamily],
    outcome: Outcome,
    name: str,
    text: str,
    values: Mapping[Any, float] | float,
    label: str | None = None,
) -> Metric:
    """Return one metric of an outcome: a value, or one for each value of ``label``."""
    made = sort(f"reconciler_{name}", text, labels=[*SCOPE, *filter(None, [label])])
    scope = [outcome.command, outcome.project or "", outcome.environment or ""]
    by_label = {(): values} if isinstance(values, (int, float)) else {(key,): value for key, value in values.items()}
    for labels, value in by_label.items():
        made.add_metric([*scope, *labels], value)
    return made


def registry(metrics: Iterable[Metric]) -> CollectorRegistry:
    """Return metrics as Prometheus' client writes them out."""
    from prometheus_client import CollectorRegistry

    made = CollectorRegistry()
    made.register(_Collected(list(metrics)))
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Collected:
    metrics: Sequence[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def _by_kind(kinds: Iterable[str], found: Iterable[str]) -> dict[str, float]:
    """Return how often each kind is found, including those that are not."""
    counts = Counter(found)
    return {kind: counts[kind] for kind in dict.fromkeys((*kinds, *counts))}
