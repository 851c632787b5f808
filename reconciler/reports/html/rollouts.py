"""Rollouts as HTML that needs no script: a column for each wave, with its customers by state.

The page of ``rollout status`` is readable without its script, for a screen that somebody passes by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.reports.html.files import escaped, page
from reconciler.reports.shared.rollouts import MEANINGS, SIGNS, STATES, alike, following, progress, rollback_lines, why
from reconciler.reports.shared.topics import grouped, some
from reconciler.rollouts.members import NOT_COUNTED
from reconciler.rollouts.words import moment
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.reports.shared.rollouts import Alike, RolloutStatus
    from reconciler.reports.shared.style import Style
    from reconciler.rollouts.decisions import RolloutStanding, WaveStanding

MOST_SHOWN = 12
"""Customers of a state that are seen without unfolding the others."""
MOST_FAILED = 40
"""The same for those that failed or are held, for whom the reader looks."""
MOST_REASONS = 12


def render_status(status: RolloutStatus, _style: Style) -> str:
    """Return the page. Its script shows its age, and reloads it if the reader wants that."""
    named = {"Organization": status.organization, "At": status.url}
    about = [f"<div><dt>{key}</dt><dd><bdi>{escaped(value)}</bdi></dd></div>" for key, value in named.items()]
    parts = {
        "title": escaped(f"{status.headline} – rollouts"),
        "headline": escaped(" – ".join(["Rollouts", *status.scope.values()])),
        "read": f'<time id="read" datetime="{status.read_at.isoformat()}">{moment(status.read_at)}</time>',
        "about": "".join(about),
        "rollouts": rollouts_html(status.standings) or '<p class="card empty">No manifest declares a rollout.</p>',
        "meanings": "".join(f"<dt>{_sign(state)}</dt><dd>{meaning}</dd>" for state, meaning in MEANINGS.items()),
        "version": __version__,
    }
    return page("status.html", ["status.js"], parts)


def rollouts_html(standings: Sequence[RolloutStanding]) -> str:
    """Return a section for each rollout; every text from outside is escaped."""
    return "\n".join(map(_rollout, standings))


def _sign(state: str) -> str:
    """Return the word of a state with its sign, in its colour."""
    return f'<span class="state {_class(state)}"><span aria-hidden="true">{SIGNS[state]}</span> {state}</span>'


def _class(state: str) -> str:
    return f"is-{state.replace(' ', '-')}"


def _rollout(standing: RolloutStanding) -> str:
    name, members = escaped(standing.rollout.name), [each for wave in standing.waves for each in wave.members]
    coming, moved, ways = following(standing), progress(standing), list(rollback_lines(standing))
    counts = [(state, sum(each.state == state for each in members)) for state in STATES]
    tallies = "".join(
        f'<li class="{_class(state)}"><b>{count}</b> <span aria-hidden="true">{SIGNS[state]}</span> {state}</li>'
        for state, count in counts
        if count
    )
    parts = [
        f'<section class="rollout" aria-label="Rollout {name}">',
        f"<h2>Rollout <bdi>{name}</bdi> {_sign(standing.state)}</h2>",
        f'<p class="coming"><b>Next:</b> {escaped(coming)}</p>' if coming else "",
        f'<ul class="tallies">{tallies}<li class="versions">{escaped(moved)}</li></ul>' if members else "",
        '<ol class="waves">',
        *(_wave(number, wave, standing) for number, wave in enumerate(standing.waves, 1)),
        "</ol>",
        f'<ul class="ways">{"".join(f"<li>{escaped(way)}</li>" for way in ways)}</ul>' if ways else "",
        "</section>",
    ]
    return "\n".join(filter(None, parts))


def _versions(moves: str) -> str:
    return f'<p class="versions">version <bdi>{escaped(moves)}</bdi></p>' if moves else ""


def _wave(number: int, wave: WaveStanding, standing: RolloutStanding) -> str:
    groups = alike(wave, standing)
    approval = wave.wave.approval and wave.state == "waiting" and not wave.awaits_approval
    title = f"<h3><span>{number}</span> <bdi>{escaped(wave.wave.name)}</bdi></h3>"
    parts = [
        f'<li class="wave {_class(wave.state)}">',
        f'<div class="gate">{title}{_sign(wave.state)}</div>',
        _bar(wave),
        f'<p class="size">{counted(len(wave.members), "customer")}{", also needs an approval" if approval else ""}</p>',
        *(f'<p class="why">{escaped(said)}</p>' for said in why(wave, standing)),
        *(_state(state, found) for state, found in grouped(groups, lambda group: group.state).items()),
        "</li>",
    ]
    return "\n".join(filter(None, parts))


def _bar(wave: WaveStanding) -> str:
    """Return a bar with the share of each state, those that are done first; the groups below have the numbers."""
    done, parts = 0, []
    for state in reversed(STATES):
        if count := wave.count(state):
            parts.append(f'<rect class="{_class(state)}" x="{done}" y="0" width="{count}" height="1"></rect>')
            done += count
    svg = f'<svg class="bar" viewBox="0 0 {done} 1" preserveAspectRatio="none" aria-hidden="true">'
    return f"{svg}{''.join(parts)}</svg>" if parts else ""


def _state(state: str, found: Sequence[Alike]) -> str:
    """Return all members in a state; those with one reason together."""
    count = sum(len(group.members) for group in found)
    rest = found[MOST_REASONS:]
    apart = len({group.versions for group in found}) > 1
    together = "" if apart else _versions(found[0].versions)
    parts = [
        f'<section class="of-state {_class(state)}">',
        f'<div class="head"><h4><span aria-hidden="true">{SIGNS[state]}</span> {count} {state}</h4>{together}</div>',
        *(_alike(group, apart) for group in found[:MOST_REASONS]),
        f"<details><summary>and {sum(len(group.members) for group in rest)} more</summary>" if rest else "",
        *(_alike(group, apart) for group in rest),
        "</details>" if rest else "",
        "</section>",
    ]
    return "\n".join(filter(None, parts))


def _alike(group: Alike, apart: bool) -> str:
    """Return the names of some members, with their reason, and with their versions if other members have others."""
    names = group.names
    shown = some(names, MOST_FAILED if group.state in NOT_COUNTED else MOST_SHOWN)
    rest = names[len(shown) :]
    parts = [
        _versions(group.versions) if apart else "",
        _list(shown),
        f"<details><summary>and {len(rest)} more</summary>{_list(rest)}</details>" if rest else "",
        f'<p class="reason">{escaped(group.reason)}</p>' if group.reason else "",
    ]
    return "\n".join(filter(None, parts))


def _list(names: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li><bdi>{escaped(name)}</bdi></li>' for name in names)}</ul>"
