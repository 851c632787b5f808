"""The health of objects, as every report shows it: the verdicts counted, the unhealthy first, each with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.model.health import SEVERITY
from reconciler.reports.shared.repeated import alike, in_common
from reconciler.text.causes import cause_of
from reconciler.text.natural import natural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.health import Check, Health, Verdict

WORDS: Mapping[Verdict, str] = {"passed": "healthy", "failed": "failed", "inconclusive": "inconclusive"}
SIGNS: Mapping[Verdict, str] = {"passed": "✓", "failed": "✗", "inconclusive": "?"}


def health_counts(healths: Sequence[Health]) -> dict[Verdict, int]:
    """Return how many objects have each verdict, the best first."""
    counts = Counter(each.verdict for each in healths)
    return {verdict: counts[verdict] for verdict in SEVERITY}


def health_line(healths: Sequence[Health]) -> str:
    """Return the verdicts in one line.

    >>> from reconciler.model.health import Check, Health
    >>> health_line([Health("Instance/a", ()), Health("Instance/b", (Check("deployed", "failed"),))])
    '1 healthy, 1 failed'
    """
    counts = health_counts(healths)
    parts = [f"{counts[verdict]} {word}" for verdict, word in WORDS.items() if counts[verdict]]
    return ", ".join(parts) or "nothing to verify"


def unhealthy(healths: Sequence[Health]) -> list[Health]:
    """Return what is not healthy, failures first."""
    left = [each for each in healths if each.verdict != "passed"]
    return sorted(left, key=lambda each: (-SEVERITY.index(each.verdict), natural(each.address)))


def healthy(healths: Sequence[Health]) -> list[Health]:
    """Return what is healthy, in its order."""
    return [each for each in healths if each.verdict == "passed"]


def check_line(check: Check, *, verbose: bool = False) -> str:
    """Return a check in one line; ``verbose``: with the ID of the execution that it rests on."""
    said = f": {check.reason}" if check.reason else ""
    return f"{check.name}{said}{f' (execution {check.execution})' if check.execution and verbose else ''}"


def by_cause(healths: Sequence[Health]) -> list[list[Health]]:
    """Return what is not healthy, failures first; many that are so for one cause are one group."""
    found = unhealthy(healths)
    groups = {id(each): group for group in alike(found, _cause) for each in group}
    return list({id(group): group for each in found for group in [groups.get(id(each), [each])]}.values())


def called(group: Sequence[Health]) -> str:
    """Return the one object of a group, or how many it has."""
    return group[0].shown if len(group) == 1 else in_common([each.address for each in group])


def whose(group: Sequence[Health]) -> str:
    """Return whose reason stands for those of a group, in brackets; empty if all have the same."""
    return "" if len({each.reason for each in group}) == 1 else f" ({group[0].address})"


def _cause(health: Health) -> tuple[str, ...]:
    names = (health.address, health.name, health.customer)
    return (health.verdict, *(f"{each.name}: {cause_of(each.reason, names)}" for each in health.decisive))


def health_document(healths: Sequence[Health]) -> list[dict[str, Any]]:
    """Return the healths as plain data; see ``schemas/plan.schema.json``."""
    return [
        {
            "address": each.address,
            "name": each.name,
            "customer": each.customer or None,
            "verdict": each.verdict,
            "reason": each.reason,
            "deployedAt": each.deployed_at.isoformat() if each.deployed_at else None,
            "checks": [
                {
                    "name": check.name,
                    "verdict": check.verdict,
                    "reason": check.reason,
                    "execution": check.execution or None,
                }
                for check in each.checks
            ],
        }
        for each in healths
    ]
