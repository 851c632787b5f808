"""The impact of an unpublished version as Markdown: its changes, and what would break, the same problem once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import bulleted, fenced, paragraphs
from reconciler.reports.markdown.markup import code, folded, located, prose
from reconciler.reports.shared.impact import PLAIN, alike_judged, change_lines, others_wrong, told, undeclared_sentence
from reconciler.reports.shared.topics import some
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.impact.verdict import Judged, Verdict
    from reconciler.reports.shared.outcome import Outcome


def forecast_parts(outcome: Outcome) -> Iterator[str]:
    """Yield the changes of each definition, a part for each problem that many have, and one for each other customer."""
    for verdict in outcome.verdicts:
        yield from _changes(verdict)
        same, others = alike_judged(verdict)
        for group in same:
            yield from _alike(group)
        for name, members in others.items():
            lines = (line for each in members for line in _judged_lines(each))
            yield "\n".join([f"#### {code(name)}", "", *lines])
    wrong = [f"- {located(each.place, each.message)}" for each in others_wrong(outcome)]
    if wrong:
        yield "\n".join(["#### Wrong besides", "", *wrong])


def _changes(verdict: Verdict) -> Iterator[str]:
    """Yield the verdict in a sentence, and from each version in use what changes."""
    yield prose(f"{verdict.sentence}.")
    for step in verdict.steps:
        about_step = f"{code(verdict.integration)} {step.before} → {code(verdict.file)}"
        title = f"#### {about_step}, {counted(step.count, 'instance')}"
        if step.changes is None:
            yield f"{title}\n\nVersion {step.before} cannot be read any more, so its changes are unknown."
            continue
        lines = [line[2:] for line in change_lines(step.changes, PLAIN)]
        yield f"{title}\n\n{fenced(lines) or 'Nothing changes.'}"
    if verdict.undeclared:
        yield prose(f"{undeclared_sentence(verdict)}.")


def _alike(group: Sequence[Judged]) -> Iterator[str]:
    """Yield what is said of many resources once, as it is said of the first one, and who they are."""
    first = group[0]
    names = [f"{code(each.address)} of {code(each.group)}" for each in group]
    customers = [code(each.group) for each in group]
    shown = some(customers if len({*customers}) == len(customers) else names)
    more = f", … and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    place = f"The first one is at {code(f'{first.source.file}:{first.source.line}')}."
    said = bulleted(message for _, _, message in told(first))
    title = f"#### {counted(len(group), 'resource')}: {_word(first)}"
    yield paragraphs(title, said, f"{', '.join(shown)}{more}", place)
    if more:
        lines = [f"- {name} – {code(str(each.source))}" for name, each in zip(names, group, strict=True)]
        yield folded(f"All {len(names)}", "\n".join(lines))


def _word(judged: Judged) -> str:
    return "would break" if judged.breaks else "wrong today too" if judged.already else "to look at"


def _judged_lines(judged: Judged) -> Iterator[str]:
    word = _word(judged)
    yield f"- {code(judged.address)}: {f'**{word}**' if judged.breaks else word}"
    yield from (f"  - {located(place, said)}" for _, place, said in told(judged))
