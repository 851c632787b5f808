"""The decision about a rollout: the state of each wave and each member, and which changes are carried out now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from reconciler.model.rollout import Standing
from reconciler.rollouts.evidence import Asked, Evidence
from reconciler.rollouts.gates import OPEN, Gate, behind, failures, gate, not_yet
from reconciler.rollouts.members import NOT_COUNTED, stand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from reconciler.model.rollout import Rollout, Wave
    from reconciler.rollouts.members import MemberStanding
    from reconciler.rollouts.rollback import MemberRollback
    from reconciler.rollouts.waves import Assignment

WaveState = Literal["complete", "soaking", "open", "waiting", "stopped", "empty"]
RolloutState = Literal["complete", "under way", "stopped", "held", "unhealthy"]
AFTERMATH = timedelta(days=1)
"""A member that is unhealthy for so long after its deploy, or for its wave's soak if that is longer, may be so because
of its rollout; later, something else has broken it."""
NEW = "new: created at once"
NOTHING = Evidence()
NOBODY = Asked()


@dataclass(frozen=True, slots=True)
class WaveStanding:
    """How one wave stands."""

    wave: Wave
    state: WaveState
    members: tuple[MemberStanding, ...]
    allowed: int
    """How many of its members may fail."""
    reason: str = ""
    """Why its changes wait, or why it stopped."""
    opens: datetime | None = None
    """When it opens, if nothing but time is missing."""
    awaits_approval: bool = False
    """Whether an approval would open it now."""
    room: int = 0
    """How many members may be changed now, at the same time."""

    def count(self, state: str) -> int:
        """Return how many members are in a state."""
        return sum(1 for each in self.members if each.state == state)

    @property
    def failures(self) -> int:
        return self.count("failed") + self.count("held")

    @property
    def next(self) -> list[MemberStanding]:
        """The members to change now, in the order of their addresses, at most as many as there is room for.

        Every machine that looks at the same tenant comes to the same answer.
        """
        return [each for each in self.members if each.state == "open" and not each.at_once][: self.room]


@dataclass(frozen=True, slots=True)
class RolloutStanding:
    """How one rollout stands."""

    rollout: Rollout
    waves: tuple[WaveStanding, ...]
    assignment: Assignment = field(compare=False, repr=False)
    evidence: Mapping[str, Evidence] = field(compare=False, repr=False)
    asked: Asked = field(compare=False, repr=False)
    rollbacks: Sequence[MemberRollback] = field(default=(), compare=False, repr=False)
    """Of a rollout with ``onFailure: rollback``: where its members go back to if they fail, or since they failed."""
    over: bool = False
    """Whether nothing is left to roll out, and what is unhealthy broke later."""

    @property
    def state(self) -> RolloutState:
        """``stopped`` and ``held`` need a person; ``under way`` goes on with later runs.

        ``unhealthy``: the rollout itself is done, but more members than a wave may have do not work now.
        """
        if any(wave.state == "stopped" for wave in self.waves):
            return "unhealthy" if self.over else "stopped"
        if any(wave.count("held") for wave in self.waves):
            return "held"
        return "complete" if all(wave.state in {"complete", "empty"} for wave in self.waves) else "under way"

    @property
    def at_once(self) -> frozenset[str]:
        """The addresses of the members whose changes wait for no wave."""
        return frozenset(each.member.address for wave in self.waves for each in wave.members if each.at_once)

    @property
    def stopped(self) -> frozenset[str]:
        """The addresses of the members whose wave, or one before it, stopped."""
        first = next((at for at, wave in enumerate(self.waves) if wave.state == "stopped"), len(self.waves))
        return frozenset(each.member.address for wave in self.waves[first:] for each in wave.members)

    def changes(self) -> Iterator[tuple[str, Standing]]:
        """Yield how each change stands, by the address of its member; members without a change are left out."""
        for wave in self.waves:
            for each in wave.members:
                if each.due or each.state == "held":
                    state = each.state if each.state in {"open", "waiting"} else "held"
                    yield each.member.address, Standing(self.rollout.name, wave.wave.name, state, each.reason)


def decide(
    rollout: Rollout,
    assignment: Assignment,
    evidence: Mapping[str, Evidence],
    now: datetime,
    asked: Asked = NOBODY,
) -> RolloutStanding:
    """Return how a rollout stands now.

    ``evidence`` is by address. A wave opens when every member of the earlier waves is what its manifest says now, is
    healthy since its last deploy, and has soaked.
    """
    earlier: list[Gate] = []
    standings = []
    for wave in rollout.waves:
        members = []
        for member in assignment.waves[wave.name]:
            known = evidence.get(member.address, NOTHING)
            members.append(_created_at_once(rollout, stand(rollout.name, wave, member, known, now), known))
        standing = _wave(rollout, wave, members, gate(rollout, wave, earlier, asked, now))
        standings.append(standing)
        earlier.append(behind(wave, standing.members, standing.allowed, now))
    over = all(_is_over(each, wave, evidence, now) for wave in standings for each in wave.members)
    return RolloutStanding(rollout, tuple(standings), assignment, dict(evidence), asked, over=over)


def _is_over(member: MemberStanding, wave: WaveStanding, evidence: Mapping[str, Evidence], now: datetime) -> bool:
    """Return whether the rollout of a member is done, whatever became of its health later."""
    if member.state == "complete":
        return True
    known = evidence.get(member.member.address, NOTHING)
    deployed = known.health.deployed_at if known.health else None
    if member.state != "failed" or known.failed or deployed is None:
        return False
    return deployed + max(wave.wave.soak or AFTERMATH, AFTERMATH) <= now


def _created_at_once(rollout: Rollout, standing: MemberStanding, evidence: Evidence) -> MemberStanding:
    if evidence.difference != "create" or rollout.create != "at-once":
        return standing
    if standing.due:
        return replace(standing, state="open", reason=NEW, at_once=True)
    return replace(standing, at_once=standing.state == "failed")


def _wave(rollout: Rollout, wave: Wave, members: Sequence[MemberStanding], before: Gate) -> WaveStanding:
    """Return how a wave stands behind its gate."""
    allowed = rollout.max_failures.of(len(members))
    # A mistake about a new customer stops nobody else in its wave; the waves behind it wait.
    failed = sum(each.state in NOT_COUNTED and not each.at_once for each in members)
    unproven = [each for each in members if each.state == "current"]
    own = before
    if failed > allowed:
        own = Gate(open=False, reason=f"wave {wave.name} stopped, because {failures(members)}")
    room = max(0, min(rollout.max_concurrent, allowed + 1 - failed - len(unproven)))
    if own.open and not room:
        own = Gate(open=False, reason=f"waits, because {not_yet(unproven, members, 'proven')}")
    placed = tuple(_behind_gate(each, own) for each in members)
    state = _state(wave, placed, stopped=failed > allowed)
    told = own if state in {"waiting", "stopped"} else OPEN
    return WaveStanding(
        wave, state, placed, allowed, told.reason, told.opens, told.awaits_approval, room if own.open else 0
    )


def _behind_gate(standing: MemberStanding, own: Gate) -> MemberStanding:
    if not standing.due or standing.at_once:
        return standing
    return replace(standing, state="open") if own.open else replace(standing, state="waiting", reason=own.reason)


def _state(wave: Wave, members: Sequence[MemberStanding], *, stopped: bool) -> WaveState:
    if stopped:
        return "stopped"
    if not members:
        return "empty" if wave.by_customer else "complete"
    states = {"open" if each.at_once else each.state for each in members}
    if "waiting" in states:
        return "waiting"
    if states & {"open", "current"}:
        return "open"
    return "soaking" if "soaking" in states else "complete"
