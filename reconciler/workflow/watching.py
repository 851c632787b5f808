"""Watching a tenant: a round reads the manifests anew, plans, and carries out what may be carried out by itself."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from reconciler.errors import Interrupted, ManifestErrors, PlanRefused, ReconcilerError, StalePlan, UsageError
from reconciler.manifests.digest import resource_digest
from reconciler.manifests.files.tree_state import tree_state
from reconciler.manifests.project.selection import choice_of, scope_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.reports.shared.rounds import Left, Round
from reconciler.workflow.activity import who_changed
from reconciler.workflow.applying import carry_out
from reconciler.workflow.backing_off import BackOff
from reconciler.workflow.healing import Permission, part_to_carry_out
from reconciler.workflow.planning import plan_with_guard
from reconciler.workflow.saved_plans import check_still_true
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate_for_tenant
from reconciler.workflow.verifying import to_verify, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.manifests.files.tree_state import TreeState
    from reconciler.manifests.result import Manifests
    from reconciler.model.health import Health
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session

JITTER = 0.1
"""How much shorter or longer a pause is, at most, so that many watches do not ask at the same moment."""
TRIES = 3
"""How often a round reads manifests that change while it reads them."""
NOBODY = Left("reported", "")
MOVED = "the manifests kept changing while they were read; nothing was compared, and the next round reads them again"


class WatchClock(Protocol):
    """A clock that tests replace, so that they wait for nothing."""

    def monotonic(self) -> float:
        """Return seconds since some moment."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; a signal ends it with ``Interrupted``."""


class SystemClock:
    """The clock of the machine."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How a tenant is watched; ``interval`` is the pause between two rounds, in seconds."""

    interval: float = 300.0
    heal: bool = False
    """Whether objects are changed back that are declared so."""
    rollouts: bool = False
    """Whether the open waves of rollouts are carried out."""
    verify: bool = True
    """Whether what a round deployed is verified."""


@dataclass(slots=True)
class Watch:
    """Rounds one after another, never two at once.

    ``options`` returns the options of a round: made anew each time, so that no round remembers another one's secrets.
    """

    options: Callable[[], Options]
    asked: WatchOptions
    clock: WatchClock = field(default_factory=SystemClock)
    rounds: int = 0
    back_off: BackOff = field(init=False)
    healed: dict[str, datetime] = field(default_factory=dict)
    """When the objects that back off were changed, by the API's clock."""

    def __post_init__(self) -> None:
        self.back_off = BackOff(self.asked.interval)

    def run(self, report: Callable[[Round], None]) -> None:
        """Make rounds, and report each, until the run is asked to stop.

        Raises ``Interrupted`` where a round is cut off by that, and the ``UsageError`` of the first round: a command
        line that never worked is a mistake, and one that worked before has met a tree or a tenant that changed.
        """
        while True:
            options = self.options()
            report(self.round(options))
            if options.stop.asked:
                return
            del options  # what it knows is not needed during the pause
            self.clock.sleep(self.asked.interval * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - spreads load

    def round(self, options: Options) -> Round:
        """Make one round; the errors of the manifests, the tenant and the network are its outcome."""
        self.rounds += 1
        started = self.clock.monotonic()
        found = _Findings()
        try:
            manifests, tree = read_whole(options)
            with connect(options, manifests) as session:
                found.session = session
                self._reconcile(session, tree, found)
        except Interrupted:
            raise
        except UsageError as error:
            if self.rounds == 1:
                raise
            found.failure = Failure.of(error)
        except ReconcilerError as error:
            found.failure = Failure.of(error)
        except OSError as error:
            found.failure = Failure.saying(f"{error.filename or 'the system'}: {error.strerror or error}")
        return Round(
            self.rounds, self.clock.now(), self.clock.monotonic() - started, found.outcome(options), dict(found.left)
        )

    def _reconcile(self, session: Session, tree: TreeState, found: _Findings) -> None:
        """Plan, and carry out what may be carried out."""
        # What is left alone may be more than the guardrails allow; they are asked about what is carried out.
        session = session.planning(enforce_guardrails=False)
        plan, refusals = plan_with_guard(session)
        found.plan = plan
        declared = _declared(session, plan)
        self.back_off.forget(declared, self.clock.monotonic())
        due, found.left = part_to_carry_out(
            plan, self._permission(session), self.back_off.reasons(declared, self.clock.monotonic())
        )
        found.left = {**found.left, **self._explained(session, plan, found.left)}
        if due.empty:
            return
        problems = refusals(due.changes)
        if problems:
            raise PlanRefused(problems)
        moved = _moved(session, plan, tree)
        if moved:
            found.left = {**found.left, **{change.address: Left("reported", moved) for change in due}}
        else:
            self._carry_out(session, due, declared, found)

    def _carry_out(self, session: Session, due: Plan, declared: Mapping[str, str], found: _Findings) -> None:
        with session.options.stop.holding():
            found.results, after = carry_out(session, due)
            if found.plan and after.rollouts:
                found.plan = replace(found.plan, rollouts=after.rollouts)
            for result in found.results:
                self._note(session, result, declared.get(result.change.address, ""))
            if self.asked.verify and not session.options.stop.asked:
                found.healths, subjects = to_verify(session, after, found.results)
                verified = verify(session, subjects) if subjects else None
                if verified:
                    found.healths = [*found.healths, *verified.healths]
                    found.failure = Failure.of(verified.ended_by) if verified.ended_by else None

    def _explained(self, session: Session, plan: Plan, left: Mapping[str, Left]) -> dict[str, Left]:
        """Return the objects that somebody else keeps changing, with who does, as far as that shows."""
        self.healed = {address: when for address, when in self.healed.items() if address in self.back_off.tries}
        asked = {
            change.address: (change.name, self.healed[change.address])
            for change in plan
            if change.address in self.healed and left.get(change.address, NOBODY).state == "backing off"
        }
        people = who_changed(session, asked) if asked else {}
        return {
            address: Left("backing off", f"{left[address].reason}; the organization's activity since names {names}")
            for address, names in people.items()
        }

    def _note(self, session: Session, result: Result, declared: str) -> None:
        """Remember what was changed; a failure of the network shows nothing about the object."""
        if result.status == "applied":
            self.healed[result.change.address] = session.connection.now()
            self.back_off.note(result.change.address, declared, self.clock.monotonic())
        elif result.status in {"failed", "not converged"} and not result.unreached:
            why = result.messages[0] if result.messages else "it is not as declared afterwards"
            self.healed.pop(result.change.address, None)
            self.back_off.note(result.change.address, declared, self.clock.monotonic(), why)

    def _permission(self, session: Session) -> Permission:
        project = session.manifests.project
        return Permission(
            heal=self.asked.heal,
            rollouts=self.asked.rollouts,
            deletions=session.options.plan.allow_deletes is not None,
            project_heals=project is not None and project.heal,
        )


@dataclass(slots=True)
class _Findings:
    """What a round has come to so far."""

    session: Session | None = None
    plan: Plan | None = None
    left: Mapping[str, Left] = field(default_factory=dict)
    results: Sequence[Result] = ()
    healths: Sequence[Health] = ()
    failure: Failure | None = None

    def outcome(self, options: Options) -> Outcome:
        plan, session = self.plan, self.session
        found = (plan.project, plan.inputs.get("environment")) if plan else None
        asked = options.manifests
        project, environment = found or scope_of(asked.files, asked.cwd, choice_of(asked.environment, asked.environ))
        return Outcome(
            "watch",
            plan,
            self.results,
            self.failure,
            project=project,
            environment=environment,
            stats=session.stats if session else None,
            healths=self.healths,
        )


def read_whole(options: Options) -> tuple[Manifests, TreeState]:
    """Return the manifests as they were at one moment, and the state of their files then.

    Raises ``ManifestErrors`` for what is wrong with them, and where somebody keeps changing them meanwhile.
    """
    asked = options.manifests
    for _ in range(TRIES):
        before = tree_state(asked.files, asked.cwd)
        manifests, wrong = _read(options)
        if tree_state(asked.files, asked.cwd) != before:
            continue
        if wrong:
            raise wrong
        if manifests:
            return manifests, before
    raise ManifestErrors([Diagnostic(MOVED)])


def _moved(session: Session, plan: Plan, tree: TreeState) -> str:
    """Return why the plan is not true any more; empty if the manifests and the tenant are as they were read."""
    asked = session.options.manifests
    if tree_state(asked.files, asked.cwd) != tree:
        return "the manifests changed since this round read them; the next round reads them again"
    try:
        # Labels are written as a whole set, so what somebody added meanwhile would be lost.
        check_still_true(session, plan)
    except StalePlan as stale:
        return f"the plan was not true any more, and the next round makes it anew: {stale.problems[0]}"
    return ""


def _read(options: Options) -> tuple[Manifests | None, ManifestErrors | None]:
    try:
        return validate_for_tenant(options), None
    except ManifestErrors as wrong:
        return None, wrong


def _declared(session: Session, plan: Plan) -> dict[str, str]:
    """Return what identifies the manifest of each object that differs, by address; nothing for an orphan's."""
    written = {resource.address: resource for resource in session.with_parts(plan.parts).manifests.written}
    return {
        change.address: resource_digest(written[change.address]) if change.address in written else "" for change in plan
    }
