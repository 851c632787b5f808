"""The headline of a run: one line with its result."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from reconciler.applying.results import IN_PART, LATER, Status
from reconciler.planning.orphans import PRUNING_OFF
from reconciler.reports.shared.entries import drifted
from reconciler.reports.shared.health import health_line
from reconciler.reports.shared.outcome import valid_line
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.outcome import Outcome

TITLES = {
    "plan": "Plan",
    "apply": "Apply",
    "drift": "Drift",
    "verify": "Health",
    "validate": "Validation",
    "forget": "Forget",
}
VERBS = {action: f"to {action}" for action in ("create", "adopt", "forget", "update", "delete", "deploy")}
SOUGHT = {
    "plan": "No plan",
    "apply": "Not applied",
    "drift": "No drift report",
    "verify": "Not verified",
    "validate": "Not valid",
    "forget": "Nothing forgotten",
    "watch": "Nothing compared",
}
REFUSED = {"plan": "Plan refused", "apply": "Not applied"}
"""The same where there is a plan, which is not carried out."""
UNDECLARED = "owned but not declared"
WITHOUT_SECRETS = "Secrets were not resolved and not compared (--without-secrets): this plan cannot be applied."
WRITING = frozenset({"apply", "forget"})
"""Commands that have results."""
RARER = {IN_PART, *LATER}
WORDS = ("applied", "failed", IN_PART, *(status for status in get_args(Status) if status not in {"applied", "failed"}))


def headline(outcome: Outcome) -> str:
    """Return the result of the run in one line, without names and colours."""
    if outcome.verdicts:
        return "; ".join(verdict.counts for verdict in outcome.verdicts).capitalize()
    if outcome.failure:
        return _failed(outcome, counted(len(outcome.failure.problems), "problem"))
    if outcome.valid is not None:
        return valid_line(outcome.valid)
    if outcome.plan is None:
        return health_line(outcome.healths).capitalize() if outcome.command == "verify" else "Nothing to report"
    if outcome.command == "drift":
        return _drift(outcome.plan)
    return _results(outcome, outcome.plan) if outcome.command in WRITING else _plan(outcome.plan)


def _failed(outcome: Outcome, problems: str) -> str:
    if outcome.results:
        done = results_in_words(outcome.results)
        return f"Not all done: {', '.join(filter(None, [problems, done]))}"
    if outcome.plan and outcome.command in REFUSED:
        return f"{REFUSED[outcome.command]}: {problems} – {_plan(outcome.plan)}"
    return f"{SOUGHT[outcome.command]}: {problems}"


def _plan(plan: Plan) -> str:
    counts = plan.summary
    parts = [f"{counts[action]} {verb}" for action, verb in VERBS.items() if counts.get(action)]
    return f"{', '.join(parts) or 'Nothing to do'}{waiting_note(plan)} – {plan.unchanged} unchanged"


def waiting_note(plan: Plan) -> str:
    """Return how many of the changes wait in a rollout, in parentheses; empty if none does."""
    waits = sum(1 for change in plan if change.waits)
    return f" ({waits} of {len(plan.changes)} wait in a rollout)" if waits else ""


def drift_counts(plan: Plan) -> Mapping[str, int]:
    """Return how many are not as declared, by how; ``orphans`` are those that no manifest declares: no difference."""
    counts = Counter(str(drifted(change)) for change in plan)
    return {**{word: counts[word] for word in ("differs", "missing", "present")}, "unclaimed": len(plan.orphans)}


def undeclared_heading(plan: Plan) -> str:
    reasons = {each.kept for each in plan.orphans}
    why = f": {PRUNING_OFF}" if reasons == {PRUNING_OFF} else ""
    return f"Owned by this project but not declared (kept{why})"


def later_note(plan: Plan) -> str:
    """Return how many waiting changes a drift does not count; empty if none waits."""
    count = len(plan.later)
    return f", {count} {'waits' if count == 1 else 'wait'} in a rollout" if count else ""


def _drift(plan: Plan) -> str:
    counts = drift_counts(plan)
    words = {
        "differs": "differs" if counts["differs"] == 1 else "differ",
        "missing": "missing",
        "present": "to be gone",
    }
    parts = [f"{counts[each]} {word}" for each, word in words.items() if counts[each]]
    owned = f", {len(plan.orphans)} {UNDECLARED}" if plan.orphans else ""
    return f"{', '.join(parts) or 'No drift'} – {plan.unchanged} as declared{owned}{later_note(plan)}"


def result_counts(results: Iterable[Result]) -> dict[str, int]:
    """Return how many results have each status; what was changed in part counts as failed."""
    counts = Counter(result.status for result in results)
    return {status: counts[status] for status in get_args(Status) if counts[status] or status not in LATER}


def word_counts(results: Iterable[Result]) -> dict[str, int]:
    """Return how many results a person reads as each word; of the rarer words only those that have one."""
    counts = Counter(result.word for result in results)
    return {word: counts[word] for word in WORDS if counts[word] or word not in RARER}


def results_in_words(results: Iterable[Result]) -> str:
    """Return the counts in one line: ``77 applied, 4 failed, 177 changed in part``."""
    return ", ".join(f"{count} {word}" for word, count in word_counts(results).items() if count)


def _results(outcome: Outcome, plan: Plan) -> str:
    parts = results_in_words(outcome.results)
    ok = all(result.ok for result in outcome.results)
    verified = f"; health: {health_line(outcome.healths)}" if outcome.healths else ""
    return f"{'' if ok else 'Not all done: '}{parts or 'Nothing to do'} – {plan.unchanged} unchanged{verified}"
