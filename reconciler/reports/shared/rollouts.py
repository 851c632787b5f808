"""Rollouts as every report shows them: the members of a wave by state and reason, when it opens, and who is next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.resource import SetCustomer
from reconciler.reports.shared.fleets import concerned, customer_of, set_of
from reconciler.reports.shared.marker_key import NO_KEY
from reconciler.reports.shared.mentions import PLACEHOLDER, without_mentions
from reconciler.reports.shared.topics import grouped
from reconciler.rollouts.words import moment, names
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from reconciler.model.rollout import Rollout
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.marker_key import MarkerKey
    from reconciler.rollouts.decisions import RolloutStanding, WaveStanding
    from reconciler.rollouts.members import MemberStanding, MemberState

WAITS = "Waits in a rollout, which is no drift"
STATES: tuple[MemberState, ...] = ("failed", "held", "current", "open", "soaking", "waiting", "complete")
"""The states of members, those that need a person first."""
SIGNS: Mapping[str, str] = {
    "failed": "✗", "stopped": "✗", "empty": "✗", "unhealthy": "✗", "held": "‖", "current": "?", "open": "▸",
    "under way": "▸", "soaking": "◔", "waiting": "…", "complete": "✓",
}  # fmt: skip
"""A sign for each state of a member, a wave and a rollout: a reader may not see colours."""
MOST_VERSIONS = 3
"""Of more versions only the number is shown."""
MEANINGS: Mapping[MemberState, str] = {
    "failed": "is as its manifest says and not healthy, or its change failed",
    "held": "was tried with this manifest and failed; nobody tries again until the manifest changes, or a retry",
    "current": "is as its manifest says; nothing shows yet whether it works",
    "open": "is changed by the next apply, as far as failures of others let it",
    "soaking": "works; only time is missing",
    "waiting": "has a change, and its wave is not open",
    "complete": "is as its manifest says, works, and has soaked",
}
ANYBODY = "CUSTOMER"
"""What a reason that many members have calls each of them."""


@dataclass(frozen=True, slots=True)
class RolloutStatus:
    """How rollouts stand, with the moment and the place of the reading: what ``rollout status`` reports."""

    standings: Sequence[RolloutStanding]
    read_at: datetime
    organization: str
    url: str
    project: str | None = None
    environment: str | None = None
    marker_key: MarkerKey = NO_KEY
    """Signs the hidden line of a comment."""

    @property
    def headline(self) -> str:
        """The state of the one rollout, or how many are in which state."""
        if len(self.standings) == 1:
            return f"{self.standings[0].rollout.name}: {self.standings[0].state}"
        return f"{counted(len(self.standings), 'rollout')}: {self.counts}" if self.standings else "No rollouts"

    @property
    def scope(self) -> Mapping[str, str]:
        """The project and the environment, as far as there are any."""
        named = {"project": self.project, "environment": self.environment}
        return {key: value for key, value in named.items() if value}

    @property
    def counts(self) -> str:
        """How many rollouts are in which state."""
        states = Counter(each.state for each in self.standings)
        return ", ".join(f"{count} {state}" for state, count in states.items()) or "none"


@dataclass(frozen=True, slots=True)
class Alike:
    """Members of a wave in one state, for one reason."""

    state: MemberState
    members: tuple[MemberStanding, ...]
    reason: str = ""
    """Why they are in that state, where the wave does not have the same reason."""
    versions: str = ""
    """The versions that they run and are to run: ``12 → 13``."""

    @property
    def names(self) -> list[str]:
        return [each.member.shown for each in self.members]


def alike(wave: WaveStanding, standing: RolloutStanding) -> list[Alike]:
    """Return the members of a wave by state, and those of a state by the reason."""
    found = []
    for state in STATES:
        members = [each for each in wave.members if each.state == state]
        for reason, same in grouped(members, lambda each: _reason(each, wave)).items():
            reasons = {_said(each) for each in same}
            shown = reasons.pop() if len(reasons) == 1 else reason.replace(PLACEHOLDER, ANYBODY)
            if state == "soaking" and wave.state != "soaking":
                shown = _soaks(same, standing.rollout)
            elif not reason:
                shown = ""
            found.append(Alike(state, tuple(same), shown, versions(same, standing)))
    return found


def _said(member: MemberStanding) -> str:
    """Return why a member is in its state; of one that this run set back also why its change failed."""
    return "; ".join(filter(None, (member.cause, member.reason)))


def _reason(member: MemberStanding, wave: WaveStanding) -> str:
    """Return the reason without the member's own names; empty for one that its wave explains."""
    if member.state == "soaking" or member.reason == wave.reason:
        return ""
    customer = SetCustomer(member.member.customer, member.member.title)
    return without_mentions(_said(member), member.member.address, customer)


def _soaks(members: Sequence[MemberStanding], rollout: Rollout) -> str:
    ends = [each.until for each in members if each.until]
    return f"soaks until {clock(max(ends), rollout)}" if ends else ""


def versions(members: Sequence[MemberStanding], standing: RolloutStanding) -> str:
    """Return the versions that members run and are to run; empty where none is known."""
    known = [standing.evidence[each.member.address] for each in members if each.member.address in standing.evidence]
    live = _labels(each.live.label for each in known if each.live)
    desired = _labels(each.desired.label for each in known if each.desired)
    if live == desired or not desired:
        return live
    return f"{live} → {desired}" if live else f"→ {desired}"


def progress(standing: RolloutStanding) -> str:
    """Return how many members run the version that they are to run: ``93 of 300 run version 13``."""
    known = standing.evidence.values()
    moved = sum(each.live is not None and each.live == each.desired for each in known)
    desired = _labels(each.desired.label for each in known if each.desired)
    return f"{moved} of {len(known)} run version {desired}" if desired else ""


def _labels(labels: Iterable[int | str]) -> str:
    distinct = sorted(set(labels), key=lambda label: (isinstance(label, str), label))
    return ", ".join(map(str, distinct)) if len(distinct) <= MOST_VERSIONS else f"{len(distinct)} versions"


def clock(at: datetime, rollout: Rollout) -> str:
    """Return a moment in the time zone of the rollout's windows, and in UTC."""
    zones = [window.time_zone for window in rollout.windows if window.time_zone != "UTC"]
    return moment(at, zones[0] if zones else "UTC")


def when(wave: WaveStanding, rollout: Rollout) -> str:
    """Return when a wave opens or has soaked, or what it lacks; empty where its state and its reason say it."""
    if wave.opens and (at := clock(wave.opens, rollout)) not in wave.reason:
        return f"opens at {at}"
    if wave.state == "soaking":
        return _soaks(wave.members, rollout)
    return "chooses nobody: correct its labels or names" if wave.state == "empty" else ""


def why(wave: WaveStanding, standing: RolloutStanding) -> list[str]:
    """Return why a wave waits or stopped, and when it opens; a reason that an earlier wave has is named by that."""
    same = next((each.wave.name for each in standing.waves if wave.reason and each.reason == wave.reason), "")
    reason = wave.reason if same in {"", wave.wave.name} else f"waits as wave {same} does"
    return [said for said in (reason, when(wave, standing.rollout)) if said]


def following(standing: RolloutStanding) -> str:
    """Return who is next, and when, in one sentence; empty for a complete rollout."""
    if standing.state == "unhealthy":
        broken = [each for wave in standing.waves for each in wave.members if each.state == "failed"]
        return f"nobody, since all is rolled out; find out why {some_names(broken)} stopped working since"
    new = [each for wave in standing.waves for each in wave.members if each.at_once]
    wave = next((wave for wave in standing.waves if wave.next), None)
    if wave is None:
        return f"{some_names(new)}, with the next apply" if new else _later(standing)
    more = sum(each.state == "open" and not each.at_once for each in wave.members) - len(wave.next)
    then = f", then {more} more" if more else ""
    first = f"{some_names(new)}, and " if new else ""
    return f"{first}{some_names(wave.next)} of wave {wave.wave.name}{then}, with the next apply"


def waiting_lines(changes: Sequence[Change], origins: Mapping[str, str]) -> list[str]:
    """Return a line for each wave and reason for which changes wait, with whom that concerns.

    ``origins`` has the cause of a difference by address, if it is known; it comes before the reason.
    """
    lines = []
    by_cause = grouped(changes, lambda change: (origins.get(change.address, ""), *_place(change)))
    for (origin, rollout, wave, reason), found in by_cause.items():
        reasons = {change.rollout.reason for change in found if change.rollout}
        said = reasons.pop() if len(reasons) == 1 else reason.replace(PLACEHOLDER, ANYBODY)
        lines.append(f"{concerned(found)} in wave {wave} of {rollout}: {'; '.join(filter(None, (origin, said)))}")
    return lines


def _place(change: Change) -> tuple[str, str, str]:
    """Return the rollout and the wave of a change, and why it waits, without its own names."""
    place = change.rollout
    if place is None:
        return "", "", ""
    customer = customer_of(change) if set_of(change) else SetCustomer("", change.group)
    return place.rollout, place.wave, without_mentions(place.reason, change.address, customer)


def some_names(members: Sequence[MemberStanding]) -> str:
    """Return some names and the number of the others: ``acme, blue-harbor, cirrus and 264 more``."""
    return names([each.member.shown for each in members])


def _later(standing: RolloutStanding) -> str:
    """Return what a rollout waits for, of which nobody can be changed now."""
    first = {wave.state: wave for wave in reversed(standing.waves)}
    if stopped := first.get("stopped"):
        return f"nobody, since wave {stopped.wave.name} stopped; correct the manifests and apply them"
    if waiting := first.get("waiting"):
        size = counted(sum(each.due for each in waiting.members), "customer")
        opens = when(waiting, standing.rollout)
        said = waiting.reason if waiting.reason.startswith("waits ") else f"waits: {waiting.reason}"
        return f"wave {waiting.wave.name} ({size}) {said}{f'; {opens}' if opens else ''}"
    if unproven := first.get("open"):
        members = [each for each in unproven.members if each.state == "current"]
        return f"nobody, since wave {unproven.wave.name} waits for proof of {some_names(members)}"
    if soaking := first.get("soaking"):
        return f"nobody, since wave {soaking.wave.name} {when(soaking, standing.rollout)}"
    if held := sum(wave.count("held") for wave in standing.waves):
        retry = f"'reconciler rollout retry {standing.rollout.name}'"
        are = "customer is" if held == 1 else "customers are"
        return f"nobody, since {held} {are} held; change the manifests, or take the hold off with {retry}"
    return ""


def rollback_lines(standing: RolloutStanding) -> Iterator[str]:
    """Yield a line for each version that members go back to, and for each reason why some cannot go back."""
    failed = {each.member.address for wave in standing.waves for each in wave.members if each.state == "failed"}
    groups: dict[tuple[bool, int | str | None, str], list[str]] = {}
    for each in standing.rollbacks:
        label = each.version.label if each.version else None
        # One that cannot go back is not due, also if it failed already.
        now = each.due or (label is None and each.member.address in failed)
        groups.setdefault((now, label, each.reason), []).append(each.member.shown)
    for (now, label, reason), members in groups.items():
        when = "failed" if now else "if it fails"
        where = f"back to version {label}, {reason}" if label is not None else f"not set back: {reason}"
        yield f"{when}: {where} ({counted(len(members), 'member')}: {names(members)})"
