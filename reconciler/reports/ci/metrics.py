"""A run's metrics, for Prometheus: through a file that the node exporter's textfile collector picks up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prometheus_client import CollectorRegistry

    from reconciler.reports.shared.outcome import Outcome

STATUSES = ("applied", "failed", "skipped", "not converged")
SCOPE = ("command", "project", "environment")


@dataclass(frozen=True, slots=True)
class Run:
    """One run and what it came to: ``ended`` is in seconds since 1970, ``seconds`` is how long it took.

    ``kinds`` are all that there are, so that one of which nothing differs any more is told as 0.
    """

    outcome: Outcome
    kinds: Sequence[str]
    ended: float
    seconds: float
    success: bool


def registry_of(run: Run) -> CollectorRegistry:
    """Return the metrics of a run, each labelled with its command, project and environment.

    What is not known is left out: an error has no drift, and a drift of 0 there would end an alert.
    """
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    outcome = run.outcome
    plan, stats = outcome.plan, outcome.stats
    names = (outcome.command, outcome.project or "", outcome.environment or "")
    scope = dict(zip(SCOPE, names, strict=True))

    def gauge(name: str, text: str, values: Mapping[str, float] | float, label: str | None = None) -> None:
        _gauge(registry, scope, (name, text), values, label)

    gauge("last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", run.ended)
    gauge("last_run_duration_seconds", "How long the last run took.", run.seconds)
    gauge("last_run_success", "1 when the last run did what it was to do, also when it found differences.", run.success)
    if stats:
        gauge("last_run_api_requests", "HTTP requests that the API answered in the last run.", stats.requests)
        gauge("last_run_api_operations", "GraphQL operations in those requests.", stats.operations)
        gauge("last_run_api_retries", "Requests that were sent again.", stats.retries)
        gauge("last_run_api_throttles", "Times that the API asked for a pause.", stats.throttles)
    if plan:
        found = Counter(change.kind.name for change in plan)
        left = _counts(found, (*run.kinds, *found))
        gauge("drifted_objects", "Objects that were not as the manifests say when the run began.", left, "kind")
        owned = Counter(each.kind for each in plan.orphans)
        kept = _counts(owned, (*run.kinds, *owned))
        gauge("undeclared_objects", "Objects that the project owns and no manifest declares.", kept, "kind")
        gauge("unchanged_objects", "Objects that were as the manifests say.", plan.unchanged)
        planned = {action: count for action, count in plan.summary.items() if action != "unchanged"}
        gauge("planned_actions", "What was to be done to how many objects.", planned, "action")
    if plan and outcome.command == "apply":
        found = Counter(result.status for result in outcome.results)
        gauge("applied_changes", "What came of the changes of the last apply.", _counts(found, STATUSES), "status")
    return registry


def _gauge(
    registry: CollectorRegistry,
    scope: Mapping[str, str],
    named: tuple[str, str],
    values: Mapping[str, float] | float,
    label: str | None,
) -> None:
    from prometheus_client import Gauge

    name, text = named
    made = Gauge(f"reconciler_{name}", text, [*scope, *filter(None, [label])], registry=registry)
    if isinstance(values, (int, float)):
        made.labels(**scope).set(values)
        return
    for key, value in values.items():
        made.labels(**scope, **{str(label): key}).set(value)


def _counts(found: Mapping[Any, int], names: Iterable[str]) -> dict[str, float]:
    """Return how many there are of each name, those of which there are none included."""
    return {name: found.get(name, 0) for name in dict.fromkeys(names)}
