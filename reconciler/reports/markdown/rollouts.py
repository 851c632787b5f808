"""Rollouts as Markdown: a table of the waves, who failed or is held and why, and all customers of a wave unfolding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import Block, bulleted, fitting, in_parts
from reconciler.reports.markdown.comment import LONGEST_COMMENT, marker, utf16_length
from reconciler.reports.markdown.markup import alert, code, folded, html_code, prose
from reconciler.reports.markdown.names import first_names
from reconciler.reports.shared.rollouts import SIGNS, STATES, alike, following, rollback_lines, versions, why
from reconciler.reports.shared.topics import grouped, some
from reconciler.rollouts.members import NOT_COUNTED
from reconciler.rollouts.words import moment
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.reports.shared.rollouts import Alike, RolloutStatus
    from reconciler.reports.shared.style import Style
    from reconciler.rollouts.decisions import RolloutStanding, WaveStanding

LEFT_OUT = "… the rest is left out, since a comment cannot be longer"
MOST_EXPLAINED = 25
"""Reasons of failures that are listed."""
PART = 100
"""Customers of a part."""


def render_status(status: RolloutStatus, _style: Style) -> str:
    """Return the status as long as a forge takes it, for the issue about a rollout that stopped and a job's summary.

    The last line is a marker, by which the next run finds the issue to edit.
    """
    about = [f"{code(status.organization)} at {code(status.url)}"]
    about += [f"{key} {code(value)}" for key, value in status.scope.items()]
    parts = [f"### Rollouts: {status.counts}", ", ".join([*about, f"read at {moment(status.read_at)}"])]
    end = marker("rollout", status.project, status.environment, status.marker_key)
    room = LONGEST_COMMENT - utf16_length("\n\n".join([*parts, LEFT_OUT, end, ""]))
    blocks = [*rollout_blocks(status.standings), *name_blocks(status.standings)]
    kept = fitting(blocks, room, utf16_length)
    parts += [*(block.text for block in kept), *([LEFT_OUT] if len(kept) < len(blocks) else [])]
    return "\n\n".join([*parts, end]) + "\n"


def rollout_blocks(standings: Sequence[RolloutStanding]) -> Iterator[Block]:
    """Yield each rollout in parts that are whole in themselves."""
    for standing in standings:
        yield Block(_table(standing))
        if ways := bulleted(rollback_lines(standing)):
            yield Block(ways)
        groups = [group for wave in standing.waves for group in alike(wave, standing) if group.state in NOT_COUNTED]
        if groups:
            lines = [_failure(group) for group in groups[:MOST_EXPLAINED]]
            more = sum(len(group.members) for group in groups[MOST_EXPLAINED:])
            yield Block(alert("CAUTION", [*lines, *([f"- and {more} more"] if more else [])]))


def name_blocks(standings: Sequence[RolloutStanding]) -> Iterator[Block]:
    """Yield all names of each wave of which the table shows some, last in a report: they are what can be left out."""
    for standing in standings:
        for wave in standing.waves:
            if len(some(wave.members)) < len(wave.members):
                yield from _everybody(wave, standing)


def _table(standing: RolloutStanding) -> str:
    lines = [f"#### Rollout {code(standing.rollout.name)}: {standing.state}", ""]
    if coming := following(standing):
        lines += [f"Next: {prose(coming)}", ""]
    lines += ["| Wave | State | Members | Version | Who | Why |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(wave, standing) for wave in standing.waves)])


def _row(wave: WaveStanding, standing: RolloutStanding) -> str:
    moves = versions(wave.members, standing)
    cells = [
        code(wave.wave.name),
        f"{SIGNS[wave.state]} {wave.state}",
        ", ".join(f"{wave.count(state)} {state}" for state in filter(wave.count, STATES)) or "0",
        code(moves) if moves else "",
        first_names([name for group in alike(wave, standing) for name in group.names]),
        "; ".join(map(prose, why(wave, standing))),
    ]
    # A bar would begin the next cell, within code too.
    return f"| {' | '.join(cell.replace('|', chr(92) + 'x7c') for cell in cells)} |"


def _failure(group: Alike) -> str:
    reason = group.reason or group.members[0].reason  # the wave's own, where it stopped for that
    return f"- {SIGNS[group.state]} {first_names(group.names)} {group.state}: {prose(reason)}"


def _everybody(wave: WaveStanding, standing: RolloutStanding) -> Iterator[Block]:
    """Yield the names of all members in parts that unfold, by state."""
    names = [(group.state, name) for group in alike(wave, standing) for name in group.names]
    for part, at in in_parts(names, PART):
        which = f", {at}" if at else ""
        summary = f"Wave {html_code(wave.wave.name)} of {html_code(standing.rollout.name)}: "
        lines = [
            f"- {SIGNS[state]} {len(found)} {state}: {', '.join(code(name) for _, name in found)}"
            for state, found in grouped(part, lambda each: each[0]).items()
        ]
        yield Block(folded(f"{summary}{counted(len(names), 'customer')}{which}", "\n".join(lines)))
