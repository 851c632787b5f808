"""The rounds of a watch as lines of a log: one a round, and one more for each piece of news."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import MOST_NAMED
from reconciler.reports.shared.health import by_cause, called, whose
from reconciler.reports.shared.names import without_live_ids
from reconciler.reports.shared.repeated import ALIKE, alike_and_others, first_of, in_common
from reconciler.reports.shared.rounds import STATES, WRITTEN, waves_of
from reconciler.text.causes import cause_of
from reconciler.text.escape import safe
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from reconciler.reports.shared.rounds import Difference, Round, Seen
    from reconciler.rollouts.decisions import RolloutStanding


def round_lines(now: Round, seen: Seen) -> Iterator[str]:
    """Yield the line of a round, and a line for each difference, problem and rollout that is news.

    They name fields without their values, except for one that the API did not keep.
    """
    requests = f", {counted(now.outcome.stats.requests, 'request')}" if now.outcome.stats else ""
    ended = now.ended.strftime("%Y-%m-%dT%H:%M:%SZ")
    found = list(now.differences())
    yield f"{ended}  {_headline(now, found)} ({now.seconds:.1f} s{requests})"
    if now.failures != seen.failures:
        readable = str if now.outcome.verbose else without_live_ids
        yield from (f"  {safe(readable(line))}" for line in now.failures)
    if now.outcome.plan is None:
        return
    known = seen.differences
    yield from _news([each for each in found if each.is_news(known.get(each.address))])
    there = {each.address for each in found}
    again = [each.address for each in known.values() if each.address not in there and each.state not in WRITTEN]
    yield from (f"  as declared again  {line}" for line in _listed(again))
    for standing in now.outcome.plan.rollouts:
        if seen.rollouts.get(standing.rollout.name) != waves_of(standing):
            yield _rollout(standing)
    yield from _sick(now)


def _headline(now: Round, found: list[Difference]) -> str:
    plan = now.outcome.plan
    if plan is None:
        return f"nothing compared: {counted(len(now.failures), 'problem')}"
    unchanged = f"{plan.unchanged} unchanged"
    if not found:
        text = f"as declared, {unchanged}"
    else:
        counts = Counter(each.state for each in found)
        states = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
        text = f"{len(found)} {'differs' if len(found) == 1 else 'differ'}: {states}; {unchanged}"
    return text if now.ready else f"{text}; {counted(len(now.failures), 'problem')}"


def _news(found: Sequence[Difference]) -> Iterator[str]:
    """Yield a line for each difference, and one for many that are alike; each deletion has one of its own."""
    together, alone = alike_and_others(found, _shape)
    yield from (_line(each, f"{each.address} {each.name!r}") for each in alone)
    for group in together:
        same = len({each.reason for each in group}) == 1
        whose = "" if same else f" ({group[0].address})"
        yield _line(group[0], in_common([each.address for each in group])) + safe(whose)
        yield f"    {first_of(each.address for each in group)}"


def _shape(each: Difference) -> tuple[Hashable, ...]:
    """Return what equals for differences of which a line says the same; empty for a deletion."""
    if "delete" in each.actions:
        return ()
    return (each.kind, each.state, each.actions, each.fields, cause_of(each.reason, (each.address, each.name)))


def _line(each: Difference, called: str) -> str:
    fields = f" ({listed(each.fields, MOST_NAMED)})" if each.fields else ""
    why = f": {each.reason}" if each.reason else ""
    return "  " + safe(f"{each.state}  {called}  {', '.join(each.actions)}{fields}{why}")


def _listed(addresses: Sequence[str]) -> Iterator[str]:
    """Yield each address, or how many there are and the first of them."""
    if len(addresses) < ALIKE:
        yield from map(safe, addresses)
    else:
        yield f"{in_common(addresses)}: {first_of(addresses)}"


def _rollout(standing: RolloutStanding) -> str:
    waves = ", ".join(f"{name} {state}" for name, state in waves_of(standing))
    why = next((f"; {wave.reason}" for wave in standing.waves if wave.reason), "")
    return "  " + safe(f"rollout {standing.rollout.name}: {standing.state} ({waves}){why}")


def _sick(now: Round) -> Iterator[str]:
    for group in by_cause(now.outcome.healths):
        first = group[0]
        yield "  " + safe(f"{first.verdict}  {called(group)}: {first.reason}{whose(group)}")
        if len(group) > 1:
            yield f"    {first_of(each.address for each in group)}"
