"""One round of a watch, as reports show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from reconciler.model.place import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.rollouts.decisions import RolloutStanding

State = Literal["healed", "carried out", "failed", "skipped", "backing off", "waiting", "reported"]
"""What a round did about a difference. ``carried out`` in the wave of a rollout; ``waiting``: for its wave.

``skipped``: not tried, because of a failure or the end of the round.
"""
STATES: tuple[State, ...] = get_args(State)
WRITTEN: frozenset[State] = frozenset({"healed", "carried out"})
"""States of what a round has made as declared."""
TRIED: frozenset[State] = frozenset({"healed", "carried out", "failed"})
"""States of what a round wrote, or may have written."""


@dataclass(frozen=True, slots=True)
class Left:
    """Why a round left a difference alone."""

    state: Literal["reported", "waiting", "backing off"]
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that differed when a round began. ``fields`` are names, never values."""

    address: str
    kind: str
    name: str
    actions: tuple[str, ...]
    fields: tuple[str, ...]
    state: State
    reason: str = ""

    def is_news(self, before: Difference | None) -> bool:
        """Return whether it is news after the round ``before``: every write, and what differs otherwise than then.

        A reason alone, which may have a time in it, is no news.
        """
        now = (self.state, self.actions, self.fields)
        return self.state in TRIED or before is None or now != (before.state, before.actions, before.fields)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: ``ended`` is in UTC. Its outcome has a plan unless the manifests or the tenant could not be read."""

    number: int
    ended: datetime
    seconds: float
    outcome: Outcome
    left: Mapping[str, Left] = field(default_factory=dict)
    """Why changes were left alone, by address."""

    @property
    def ready(self) -> bool:
        """Whether the round could do its work, with or without differences."""
        return self.outcome.failure is None

    @property
    def failures(self) -> tuple[str, ...]:
        """Why it could not, each as one line."""
        failure = self.outcome.failure
        return tuple(str(problem) for problem in failure.problems) if failure else ()

    @property
    def success(self) -> bool:
        """Whether, besides, nothing went wrong with a change or a verification."""
        outcome = self.outcome
        sick = any(health.verdict == "failed" for health in outcome.healths)
        return self.ready and not sick and all(result.ok for result in outcome.results)

    def differences(self) -> Iterator[Difference]:
        """Yield what differed when the round began, in the order of the plan."""
        results = {result.change.address: result for result in self.outcome.results}
        planned = list(self.outcome.plan.changes) if self.outcome.plan else []
        known = {change.address for change in planned}
        # A second look may find more.
        planned += [result.change for address, result in results.items() if address not in known]
        for change in planned:
            left, result = self.left.get(change.address), results.get(change.address)
            if result is None:
                left = left or Left("reported", "the round ended before it")
                yield _difference(change, left.state, left.reason)
            elif result.status in {"waiting", "held"}:
                yield _difference(change, "waiting", "; ".join(result.notes))
            else:
                yield _difference(change, _state(result), "; ".join(result.messages))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the log of a watch has said about a round, by which it knows what is news in the next one."""

    failures: tuple[str, ...] = ()
    differences: Mapping[str, Difference] = field(default_factory=dict)
    """By address; those of the last round that could compare."""
    rollouts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """The state of each wave, by the name of the rollout."""

    def after(self, found: Round) -> Seen:
        """Return what has been said after another round; one that compared nothing leaves the differences."""
        plan = found.outcome.plan
        if plan is None:
            return Seen(found.failures, self.differences, self.rollouts)
        differences = {each.address: each for each in found.differences()}
        return Seen(found.failures, differences, {each.rollout.name: waves_of(each) for each in plan.rollouts})


def waves_of(standing: RolloutStanding) -> tuple[tuple[str, str], ...]:
    """Return the name and the state of each wave."""
    return tuple((wave.wave.name, wave.state) for wave in standing.waves)


def _state(result: Result) -> State:
    if result.status == "skipped":
        return "skipped"
    if not result.ok:
        return "failed"
    return "carried out" if result.change.rollout else "healed"


def _difference(change: Change, state: State, reason: str) -> Difference:
    return Difference(
        change.address,
        change.kind.name,
        change.name,
        tuple(change.actions),
        tuple(dict.fromkeys(dotted(each.path) for each in change.fields)),
        state,
        reason,
    )
