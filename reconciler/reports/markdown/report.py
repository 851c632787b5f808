"""An outcome as Markdown, for the comment under a pull request and the summary of a job.

The title states what ran and where, and the line below it what came of it. Failures, deletions and warnings follow,
then the changes: those that are alike together, the others by customer; unchanged resources are only counted. The last
line is an invisible marker, by which the next run finds the comment to edit. A report longer than a forge accepts is
first rendered with less detail, then cut between two blocks, with a pointer to the whole report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import DETAILS, Block
from reconciler.reports.markdown.blocks import blocks
from reconciler.reports.markdown.comment import LONGEST_COMMENT, marker, utf16_length
from reconciler.reports.markdown.markup import alert, code, prose
from reconciler.reports.shared.headline import TITLES, headline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

BETWEEN = "\n\n"


def render(outcome: Outcome, _style: Style) -> str:
    """Return a comment that the forge takes."""
    return markdown(outcome, LONGEST_COMMENT, utf16_length)


def markdown(outcome: Outcome, limit: int, measure: Callable[[str], int]) -> str:
    """Return the outcome as Markdown that measures ``limit`` at most."""
    head, end = [Block(text) for text in _head(outcome)], marker_of(outcome)
    for detail in DETAILS:
        parts = [*head, *blocks(outcome, detail)]
        text = _joined(*(part.text for part in parts), end)
        if measure(text) <= limit:
            return text
    return _cut(parts, outcome, limit, measure)


def marker_of(outcome: Outcome) -> str:
    """Return the invisible marker of an outcome: equal for every run of its command on a project and an environment."""
    return marker(outcome.command, outcome.project, outcome.environment, outcome.surroundings.marker_key)


def _head(outcome: Outcome) -> Iterator[str]:
    """Yield the title, which states what ran and where, the headline, and the remarks on the whole run."""
    plan = outcome.plan
    organization = plan.tenant.organization if plan else None
    named = {"project": outcome.project, "environment": outcome.environment, "tenant": organization}
    where = ", ".join(f"{key} {code(value)}" for key, value in named.items() if value)
    yield f"### {TITLES[outcome.command]}{f': {where}' if where else ''}"
    yield f"**{headline(outcome)}**" + (f" at {code(plan.tenant.url)}" if plan else "")
    if plan and plan.without_secrets:
        yield "Secrets were not resolved and not compared (`--without-secrets`): this plan cannot be applied."
    # What is said about an unpublished version is a part of its own.
    yield from (prose(f"{note}.") for note in outcome.notes if not outcome.verdicts)


def _cut(parts: Sequence[Block], outcome: Outcome, limit: int, measure: Callable[[str], int]) -> str:
    """Return as many whole parts as fit, a line on the omitted ones, and the marker."""
    end = [_told(len(parts), sum(part.changes for part in parts), outcome), marker_of(outcome)]
    room = limit - measure(_joined(*end))
    kept: list[Block] = []
    for part in parts:
        room -= measure(part.text) + len(BETWEEN)
        if room < 0:
            break
        kept.append(part)
    left = parts[len(kept) :]
    end[0] = _told(len(left), sum(part.changes for part in left), outcome)
    return _joined(*(part.text for part in kept), *end)


def _told(parts: int, changes: int, outcome: Outcome) -> str:
    """Return the line that stands in for the omitted parts."""
    what = f"{changes} changes are" if changes else f"{parts} parts are"
    where = outcome.surroundings.full_report
    linked = f"<{where}>" if re.fullmatch(r"https?://[\w.:/%-]+", where, re.ASCII) else code(where)
    pointer = f"the whole report is {linked}" if where else "the html and json reports are complete"
    return alert("IMPORTANT", [f"**Cut here**: {what} not shown, since a comment cannot be longer; {pointer}."])


def _joined(*parts: str) -> str:
    return BETWEEN.join(parts) + "\n"
