"""The impact of a definition as parts of a Markdown report: problems by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.markup import code, located
from reconciler.reports.shared.impact import about, by_group, others_wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.impact.verdict import Judged
    from reconciler.reports.shared.outcome import Outcome


def forecast_parts(outcome: Outcome) -> Iterator[str]:
    """Yield a part for each customer with a problem or warning, and one for all other problems."""
    for verdict in outcome.verdicts:
        for group, members in by_group(verdict).items():
            yield "\n".join([f"#### {code(group)}", "", *(line for each in members for line in _judged(each))])
    others = [f"- {located(each.place, each.message)}" for each in others_wrong(outcome)]
    if others:
        yield "\n".join(["#### Wrong besides", "", *others])


def _judged(judged: Judged) -> Iterator[str]:
    word = "**would break**" if judged.breaks else "wrong today too" if judged.already else "to look at"
    yield f"- {code(judged.address)}: {word}"
    yield from (f"  - {located(each.place, about(each, judged))}" for each in judged.breaks)
    yield from (f"  - {located(each.place, about(each, judged))} (today too)" for each in judged.already)
    yield from (f"  - {located(each.place, each.message)}" for each in judged.notices)
