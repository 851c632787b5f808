"""A run's metrics, for Prometheus: through a file that the node exporter's textfile collector picks up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.headline import result_counts
from reconciler.reports.shared.health import health_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prometheus_client import CollectorRegistry

    from reconciler.reports.shared.outcome import Outcome

SCOPE = ("command", "project", "environment")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: ``ended`` is its end in seconds since 1970, ``seconds`` its duration.

    ``kinds`` are all kinds, so that a kind without differences is reported as 0.
    """

    outcome: Outcome
    kinds: Sequence[str]
    ended: float
    seconds: float
    success: bool


def registry_of(run: Run) -> CollectorRegistry:
    """Return the metrics of a run, each labelled with its command, project and environment.

    Unknown figures are left out: a failed run has no drift, and reporting 0 would end an alert.
    """
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    outcome = run.outcome
    plan, stats = outcome.plan, outcome.stats
    names = (outcome.command, outcome.project or "", outcome.environment or "")
    gauge = partial(_gauge, registry, dict(zip(SCOPE, names, strict=True)))
    gauge("last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", run.ended)
    gauge("last_run_duration_seconds", "How long the last run took.", run.seconds)
    gauge("last_run_success", "1 when the last run succeeded, with or without differences.", run.success)
    if stats:
        gauge("last_run_api_requests", "HTTP requests that the API answered in the last run.", stats.requests)
        gauge("last_run_api_operations", "GraphQL operations in those requests.", stats.operations)
        gauge("last_run_api_retries", "Requests that were sent again.", stats.retries)
        gauge("last_run_api_throttles", "Times that the API asked for a pause.", stats.throttles)
    if plan:
        found = Counter(change.kind.name for change in plan)
        left = _counts(found, (*run.kinds, *found))
        gauge("drifted_objects", "Objects that differed from their manifests when the run began.", left, "kind")
        owned = Counter(each.kind for each in plan.orphans)
        kept = _counts(owned, (*run.kinds, *owned))
        gauge("undeclared_objects", "Objects that the project owns and no manifest declares.", kept, "kind")
        gauge("unchanged_objects", "Objects that equalled their manifests.", plan.unchanged)
        planned = {action: count for action, count in plan.summary.items() if action != "unchanged"}
        gauge("planned_actions", "Planned actions, by action.", planned, "action")
    if outcome.healths:
        # What is inconclusive is neither: a series that is missing starts no alarm of its own.
        known = {each.address: each.verdict == "passed" for each in outcome.healths if each.verdict != "inconclusive"}
        gauge("instance_healthy", "1 for an instance whose verification passed, 0 where it failed.", known, "address")
        counts = {str(verdict): count for verdict, count in health_counts(outcome.healths).items()}
        gauge("verified_instances", "Verified instances, by verdict.", counts, "verdict")
    if plan and outcome.command == "apply":
        gauge("applied_changes", "Changes of the last apply, by status.", result_counts(outcome.results), "status")
    return registry


def _gauge(
    registry: CollectorRegistry,
    scope: Mapping[str, str],
    name: str,
    text: str,
    values: Mapping[str, float] | float,
    label: str | None = None,
) -> None:
    from prometheus_client import Gauge

    made = Gauge(f"reconciler_{name}", text, [*scope, *filter(None, [label])], registry=registry)
    if isinstance(values, (int, float)):
        made.labels(**scope).set(values)
        return
    for key, value in values.items():
        made.labels(**scope, **{str(label): key}).set(value)


def _counts(found: Mapping[Any, int], names: Iterable[str]) -> dict[str, float]:
    """Return the count of each name, including names with a count of 0."""
    return {name: found.get(name, 0) for name in dict.fromkeys(names)}
