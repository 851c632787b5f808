"""The gate of a wave: whether its changes may be carried out now, why not, and when they may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.rollouts.windows import opening
from reconciler.rollouts.words import moment, names, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reconciler.model.rollout import Rollout, Wave
    from reconciler.rollouts.evidence import Asked
    from reconciler.rollouts.members import MemberStanding


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether something may happen now; ``opens`` is the earliest moment, as far as only time is missing."""

    open: bool = True
    reason: str = ""
    opens: datetime | None = None
    awaits_approval: bool = False
    """Whether an approval would open it now: nothing else is missing."""


OPEN = Gate()


def _customers(part: Sequence[MemberStanding], whole: Sequence[MemberStanding], what: str) -> str:
    """Return how many of a wave's customers are meant, what they are, and who: ``1 of 3 customers failed: nordlys``."""
    reasons = [each.cause or "held" if each.state == "held" else each.reason for each in part]
    listed = [
        f"{each.member.shown} ({reason})" if reason else each.member.shown
        for each, reason in zip(part, reasons, strict=True)
    ]
    return f"{len(part)} of {len(whole)} customer{'' if len(whole) == 1 else 's'} {what}: {names(listed)}"


def failures(members: Sequence[MemberStanding]) -> str:
    """Return which members failed, and why."""
    return _customers([each for each in members if each.state in {"failed", "held"}], members, "failed")


def not_yet(part: Sequence[MemberStanding], whole: Sequence[MemberStanding], what: str) -> str:
    """Return who is not ``changed`` or ``proven`` yet: ``1 of 3 customers is not changed yet: nordlys``."""
    return _customers(part, whole, f"{'is' if len(part) == 1 else 'are'} not {what} yet")


def behind(wave: Wave, members: Sequence[MemberStanding], allowed: int, now: datetime) -> Gate:
    """Return whether a wave lets later ones open.

    Members that failed do not keep them closed as long as the wave allows so many failures.
    """
    waits = f"waits for wave {wave.name}"
    if not members and wave.by_customer:
        return Gate(open=False, reason=f"{waits}, which has no members: nothing would prove the change")
    if sum(each.state in {"failed", "held"} for each in members) > allowed:
        return Gate(open=False, reason=f"{waits}, where {failures(members)}")
    due = [replace(each, reason="") for each in members if each.due]
    if due:
        return Gate(open=False, reason=f"{waits}, where {not_yet(due, members, 'changed')}")
    unproven = [each for each in members if each.state == "current"]
    if unproven:
        return Gate(open=False, reason=f"{waits}, where {not_yet(unproven, members, 'proven')}")
    ends = [each.until for each in members if each.until]
    if ends:
        until = max(ends)
        reason = f"{waits}, which soaks until {moment(until)} ({span(until - now)} left)"
        return Gate(open=False, reason=reason, opens=until)
    return OPEN


def gate(rollout: Rollout, wave: Wave, earlier: Iterable[Gate], asked: Asked, now: datetime) -> Gate:
    """Return whether a wave's changes may be carried out; ``earlier`` are the gates behind the waves before it.

    The first thing that keeps it closed is the reason. When it opens is known only if nothing but time is missing.
    """
    closed = [each for each in earlier if not each.open]
    order = rollout.wave_names
    if asked.through is not None and order.index(wave.name) > order.index(asked.through):
        closed.append(Gate(open=False, reason=f"this run ends after wave {asked.through} (--through)"))
    if wave.approval and wave.name not in asked.approved:
        reason = f"waits for approval: apply --approve {rollout.name}/{wave.name}"
        closed.append(Gate(open=False, reason=reason, awaits_approval=True))
    moments = [each.opens for each in closed if each.opens]
    from_then = max([now, *moments])
    window = opening(rollout.windows, from_then)
    if not window.open:
        closed.append(_window(window.opens, window.time_zone, now))
    if not closed:
        return OPEN
    timed = all(each.opens for each in closed)
    opens = (window.opens or from_then) if timed else None
    return replace(closed[0], opens=opens, awaits_approval=closed[0].awaits_approval and len(closed) == 1)


def _window(opens: datetime | None, time_zone: str, now: datetime) -> Gate:
    if opens is None:
        return Gate(open=False, reason="waits for its window, which never opens")
    reason = f"waits for its window, which opens at {moment(opens, time_zone)} (in {span(opens - now)})"
    return Gate(open=False, reason=reason, opens=opens)
