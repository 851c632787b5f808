"""An outcome as Markdown, for the comment under a pull request and the summary of a job.

The title states what ran and where, and the line below it what came of it. Failures, deletions and warnings follow,
then the changes: those that are alike together, the others by customer; unchanged resources are only counted. The last
line is an invisible marker, by which the next run finds the comment to edit. A report longer than a forge accepts is
first rendered with less detail, then cut between two blocks, with a pointer to the whole report. Deletions are the last
to be cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import BETWEEN, DETAILS, Block, fitting
from reconciler.reports.markdown.blocks import blocks
from reconciler.reports.markdown.comment import LONGEST_COMMENT, marker, utf16_length
from reconciler.reports.markdown.markup import alert, code, prose
from reconciler.reports.shared.headline import TITLES, headline
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

FIRST = 2
"""Parts that come before any other: the title and the headline."""


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
    return _cut(head, parts[len(head) :], outcome, limit, measure)


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


def _cut(
    head: Sequence[Block], parts: Sequence[Block], outcome: Outcome, limit: int, measure: Callable[[str], int]
) -> str:
    """Return as many whole parts as fit, deletions first of all, a line on the omitted ones, and the marker."""
    deletions = [part for part in parts if part.deletions]
    end = [_told(parts, outcome), marker_of(outcome)]
    room = limit - measure(_joined(*end))
    required = [*head, *deletions]
    short = deletions and len(fitting(required, room, measure)) < len(required)
    warning = [_warning(deletions, deletions, outcome)] if short else []
    room -= sum(measure(text) + len(BETWEEN) for text in warning)
    ordered = [*required, *(part for part in parts if not part.deletions)]
    kept = {id(part) for part in fitting(ordered, room, measure)}
    left = [part for part in (*head, *parts) if id(part) not in kept]
    if warning:
        warning = [_warning(left, deletions, outcome)]
    top = [part.text for part in head if id(part) in kept]
    end[0] = _told(left, outcome)
    return _joined(*top[:FIRST], *warning, *top[FIRST:], *(part.text for part in parts if id(part) in kept), *end)


def _warning(left: Sequence[Block], deletions: Sequence[Block], outcome: Outcome) -> str:
    """Return the lines at the top of a report that is too short for its deletions."""
    hidden, total = (sum(part.deletions for part in found) for found in (left, deletions))
    of_all = f"{hidden} of {counted(total, 'deletion')} {'is' if hidden == 1 else 'are'} not shown"
    return alert("CAUTION", [f"**{of_all}**: {_pointer(outcome)}."])


def _told(left: Sequence[Block], outcome: Outcome) -> str:
    """Return the line that stands in for the omitted parts."""
    deletions = sum(part.deletions for part in left)
    changes = sum(part.changes for part in left) - deletions
    what = [f"**{counted(deletions, 'deletion')}**"] if deletions else []
    what += [counted(changes, "other change" if deletions else "change")] if changes else []
    what += [counted(len(left), "part")] if not what else []
    hidden = f"{' and '.join(what)} {'is' if 1 in {deletions + changes, len(left)} else 'are'} not shown"
    return alert("IMPORTANT", [f"**Cut here**: {hidden}, since a comment cannot be longer; {_pointer(outcome)}."])


def _pointer(outcome: Outcome) -> str:
    where = outcome.surroundings.full_report
    linked = f"<{where}>" if re.fullmatch(r"https?://[\w.:/%-]+", where, re.ASCII) else code(where)
    return f"the whole report is {linked}" if where else "the html and json reports are complete"


def _joined(*parts: str) -> str:
    return BETWEEN.join(parts) + "\n"
