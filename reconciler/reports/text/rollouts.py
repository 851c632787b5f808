"""Rollouts as text for a terminal: each wave with its state, its members by state, and why it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.rollouts import SIGNS, STATES, alike, following, rollback_lines, why
from reconciler.reports.shared.topics import grouped
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.table import table
from reconciler.text.wrapping import columns, laid_out, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconciler.reports.shared.rollouts import RolloutStatus
    from reconciler.reports.shared.style import Style
    from reconciler.rollouts.decisions import RolloutStanding, WaveStanding

WAVE, INDENT = "  ", "      "
LONGEST_STATE = len("complete")
MOST_REASONS = 12
"""Reasons of one state that are shown; the JSON has all."""
MOST_NAMED = 16
"""Columns that names get on a terminal that is too narrow for them."""


def render_status(status: RolloutStatus, style: Style) -> str:
    """Return how rollouts stand, with who is in which state."""
    text = "\n".join(rollout_lines(status.standings, style, members=True)) or "No rollouts.\n"
    return laid_out(text, style.width)


def rollout_lines(standings: Iterable[RolloutStanding], style: Style, *, members: bool = False) -> Iterator[str]:
    """Yield how each rollout stands, and who is next; with ``members`` also who is in which state."""
    for standing in standings:
        state = _coloured(standing.state, style)(standing.state)
        yield f"{style.bold(f'Rollout {safe(standing.rollout.name)}')}: {state}"
        if coming := following(standing):
            yield f"  next: {safe(coming)}"
        rows = [_head(wave, style, members=members) for wave in standing.waves]
        room = None if style.width is None else style.width - len(WAVE)
        for wave, head in zip(standing.waves, table(("", "", ""), rows, room)[1], strict=True):
            yield WAVE + head.replace("\n", f"\n{WAVE}")
            yield from (style.dim(f"{INDENT}{safe(said)}") for said in why(wave, standing))
            yield from _members(wave, standing, style) if members else ()
        for line in rollback_lines(standing):
            yield style.dim(f"  {safe(line)}")
        yield ""


def _head(wave: WaveStanding, style: Style, *, members: bool) -> tuple[str, str, str]:
    """Return a wave's name, its state, and how many members it has; without ``members`` also how many of each state."""
    counts = [] if members else [together(f"{wave.count(state)} {state}") for state in filter(wave.count, STATES)]
    shown = together(f"{counted(len(wave.members), 'member')}{':' if counts else ''}")
    state = _coloured(wave.state, style)(together(wave.state.ljust(LONGEST_STATE)))
    return safe(wave.wave.name), state, " ".join([shown, ", ".join(counts)]).rstrip()


def _members(wave: WaveStanding, standing: RolloutStanding, style: Style) -> Iterator[str]:
    """Yield the members by state: a line with as many names as fit, and the reason below it."""
    for state, groups in grouped(alike(wave, standing), lambda each: each.state).items():
        for group in groups[:MOST_REASONS]:
            head = f"{INDENT}{SIGNS[state]} {len(group.members)} {state}".ljust(20)
            head += f"  {safe(group.versions).ljust(7)}  " if group.versions else "  "
            names = fitting([*map(safe, group.names)], max(style.room - columns(head), MOST_NAMED))
            yield f"{_coloured(state, style)(head)}{names}"
            if group.reason:
                yield style.dim(f"{INDENT}    {safe(group.reason)}")
        if left := groups[MOST_REASONS:]:
            yield f"{INDENT}and {sum(len(group.members) for group in left)} more {state}: --format json has all"


def fitting(names: Sequence[str], room: int) -> str:
    """Return as many names as fit into so many columns, at least one, and the number of the others.

    >>> fitting(["acme", "blue-harbor", "cirrus"], 20), fitting(["acme", "cirrus"], 20)
    ('acme and 2 more', 'acme, cirrus')
    """
    whole = ", ".join(names)
    if columns(whole) <= room:
        return whole
    shown = names[0]
    for number, name in enumerate(names[1:], 2):
        longer = f"{shown}, {name}"
        if columns(f"{longer} and {len(names) - number} more") > room:
            return f"{shown} and {len(names) - number + 1} more"
        shown = longer
    return shown


def _coloured(state: str, style: Style) -> Callable[[str], str]:
    if state in {"stopped", "held", "failed", "empty", "unhealthy"}:
        return style.bad
    if state in {"open", "soaking"}:
        return lambda text: style.action("deploy", text)
    return {"complete": style.good, "waiting": style.dim}.get(state, style.warn)
