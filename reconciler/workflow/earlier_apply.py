"""What an earlier apply tried, from its JSON report: the tenant does not show that a change was refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.workflow.rollouts import Fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.planning.plan import Plan
    from reconciler.rollouts.decisions import RolloutStanding
    from reconciler.workflow.session import Session

EXPECTED = "expected what 'reconciler apply --report json=FILE' writes"


def failures_of(path: Path, plan: Plan) -> dict[str, str]:
    """Return why the changes of members failed in an apply, by address; the plan is of now.

    Raises ``UsageError`` for a file that is no report of an apply, or that is one of another tenant or of other
    manifests, and for an apply that ended before it changed anything: it shows nothing about the members.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if "error" in document and "results" not in document:
            raise UsageError(f"--after {path}: this apply ended before it changed anything, so it shows nothing")
        theirs = (document["tenant"]["organizationId"], document["manifestDigest"])
        waves = [wave for rollout in document.get("rollouts", ()) for wave in rollout["waves"]]
        failures = {str(each["address"]): str(each["reason"]) for wave in waves for each in wave["failures"]}
        _ = document["results"]
    except OSError as error:
        raise UsageError(f"--after {path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise UsageError(f"--after {path}: this is not the report of an apply; {EXPECTED}") from None
    if theirs != (plan.tenant.organization_id, plan.manifest_digest()):
        raise UsageError(f"--after {path}: this apply was of other manifests or of another tenant; apply these first")
    return failures


def with_failures(session: Session, standing: RolloutStanding, failures: Mapping[str, str]) -> RolloutStanding:
    """Return how a rollout stands now if the changes of some members failed before; those without a change did not."""
    fleet = Fleet.of(standing)
    for address, reason in failures.items():
        known = fleet.evidence.get(address)
        if known and known.difference:
            fleet.evidence[address] = replace(known, failed=reason)
    return fleet.standing(session.connection.now())
