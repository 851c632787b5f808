"""The state of each member: what its change and its health mean together."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reconciler.rollouts.words import moment, span

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.model.rollout import Member, Wave
    from reconciler.rollouts.evidence import Evidence

MemberState = Literal["complete", "soaking", "current", "failed", "held", "open", "waiting"]
"""``complete``: what its manifest says, healthy, soaked. ``soaking``: only the time is missing. ``current``: what its
manifest says, and nobody knows yet whether it works. ``open`` and ``waiting``: it has a change, due or not yet."""
NOT_COUNTED: frozenset[MemberState] = frozenset({"failed", "held"})
"""States of failures: a wave does not wait for these members, as long as it allows so many failures."""
HELD = (
    "this manifest was tried here and failed; change it, or take the hold off with "
    "'reconciler rollout retry {rollout} {customer}'"
)
UNPROVEN = "nothing shows yet whether it works"


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """How one member stands: its state, the reason in words, and when a soak ends."""

    member: Member
    state: MemberState
    reason: str = ""
    until: datetime | None = None
    cause: str = ""
    """Of a held one: why its change failed, if that was in this run."""
    at_once: bool = False
    """Whether its change waits for no wave: a new object, where the rollout creates at once."""

    @property
    def due(self) -> bool:
        """Whether it has a change that may be carried out once its wave is open."""
        return self.state in {"open", "waiting"}


def stand(rollout: str, wave: Wave, member: Member, evidence: Evidence, now: datetime) -> MemberStanding:
    """Return how a member stands; one that has a change waits, until the gate of its wave is looked at."""
    if evidence.unknown:
        return MemberStanding(member, "current", evidence.unknown)
    if evidence.held and evidence.difference:
        # The customer may be anybody's text, such as a name with spaces, and the command is there to be copied.
        reason = HELD.format(rollout=rollout, customer=shlex.quote(member.shown))
        return MemberStanding(member, "held", reason, cause=evidence.failed)
    if evidence.failed:
        return MemberStanding(member, "failed", evidence.failed)
    if evidence.difference:
        return MemberStanding(member, "waiting")
    if evidence.exempt:
        return MemberStanding(member, "complete")
    return _by_health(wave, member, evidence, now)


def _by_health(wave: Wave, member: Member, evidence: Evidence, now: datetime) -> MemberStanding:
    health = evidence.health
    if health is None:
        return MemberStanding(member, "current", UNPROVEN)
    if health.verdict == "failed":
        return MemberStanding(member, "failed", health.reason)
    if health.verdict == "inconclusive":
        return MemberStanding(member, "current", health.reason or UNPROVEN)
    if wave.soak and health.deployed_at and (until := health.deployed_at + wave.soak) > now:
        return MemberStanding(member, "soaking", f"soaks until {moment(until)} ({span(until - now)} left)", until)
    return MemberStanding(member, "complete")
