"""Rollouts as text for a terminal: each wave with its state, its members by state, and why it waits."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, get_args

from reconciler.rollouts.members import MemberState
from reconciler.text.escape import safe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.planning.plan import Change
    from reconciler.reports.shared.style import Style
    from reconciler.rollouts.decisions import RolloutStanding, WaveStanding

WIDTH = 80
INDENT = "      "


def rollout_lines(standings: Iterable[RolloutStanding], style: Style, *, members: bool = False) -> Iterator[str]:
    """Yield how each rollout stands; with ``members`` also who is in which state."""
    for standing in standings:
        state = _coloured(standing.state, standing.state, style)
        yield f"{style.bold(f'Rollout {safe(standing.rollout.name)}')}: {state}"
        width = max(len(wave.wave.name) for wave in standing.waves)
        for wave in standing.waves:
            yield from _wave(wave, width, style, members=members)
        yield ""


def _wave(wave: WaveStanding, width: int, style: Style, *, members: bool) -> Iterator[str]:
    counts = [f"{wave.count(state)} {state}" for state in get_args(MemberState) if wave.count(state)]
    state = _coloured(wave.state, wave.state.ljust(9), style)
    shown = f"{counted(len(wave.members), 'member')}{': ' if counts else ''}{', '.join(counts)}"
    yield f"  {safe(wave.wave.name).ljust(width)}  {state} {shown}"
    if wave.reason:
        yield from (style.dim(line) for line in _wrapped(wave.reason))
    for each in wave.members if members else ():
        if each.state != "complete":
            reason = f": {each.reason}" if each.reason and each.reason != wave.reason else ""
            yield from _wrapped(f"{each.member.shown} {each.state}{reason}")


def _wrapped(text: str) -> Sequence[str]:
    return wrap(safe(text), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)


def _coloured(state: str, text: str, style: Style) -> str:
    if state in {"stopped", "held", "empty"}:
        return style.bad(text)
    return style.good(text) if state == "complete" else style.warn(text)


def waiting_lines(changes: Sequence[Change], style: Style) -> Iterator[str]:
    """Yield the changes that a rollout keeps for later, each with its reason: they are no drift."""
    if changes:
        yield style.bold("Waits in a rollout, which is no drift")
        for change in changes:
            reason = change.rollout.reason if change.rollout else ""
            yield style.dim(f"  … {safe(change.address)}: {safe(reason)}")
        yield ""
