"""The health of objects, as every report shows it: the verdicts counted, the unhealthy first, each with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.model.health import SEVERITY
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
    order: tuple[Verdict, ...] = ("passed", "failed", "inconclusive")
    parts = [f"{counts[verdict]} {WORDS[verdict]}" for verdict in order if counts[verdict]]
    return ", ".join(parts) or "nothing to verify"


def unhealthy(healths: Sequence[Health]) -> list[Health]:
    """Return what is not healthy, failures first."""
    left = [each for each in healths if each.verdict != "passed"]
    return sorted(left, key=lambda each: (-SEVERITY.index(each.verdict), natural(each.address)))


def check_line(check: Check) -> str:
    """Return a check in one line, with the execution that it rests on."""
    said = f": {check.reason}" if check.reason else ""
    return f"{check.name}{said}{f' (execution {check.execution})' if check.execution else ''}"


def health_document(healths: Sequence[Health]) -> list[dict[str, Any]]:
    """Return the healths as plain data; see ``schemas/plan.schema.json``."""
    return [
        {
            "address": each.address,
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
