"""The results of an apply as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.applying.results import IN_PART
from reconciler.reports.shared.entries import Entry
from reconciler.reports.shared.fleets import causes, set_of
from reconciler.reports.shared.headline import results_in_words
from reconciler.reports.shared.names import without_live_ids
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.repeated import alike_and_others, first_of
from reconciler.reports.shared.topics import grouped
from reconciler.reports.text.fleet import INDENT, names
from reconciler.text.causes import cause_of
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.wrapping import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.reports.shared.fleets import Group
    from reconciler.reports.shared.style import Style

SIGNS = {
    "applied": "✓",
    "failed": "✗",
    IN_PART: "◐",
    "skipped": "-",
    "not converged": "≠",
    "waiting": "…",
    "held": "‖",
}
TITLES = {"webhookUrls": "webhook of"}
"""What outcomes are called on a screen, where their names in the JSON report would read badly."""


def result_line(result: Result, style: Style, *, verbose: bool = False) -> str:
    """Return one line on one result, for showing while the others are still under way; ``verbose``: with IDs.

    One that failed has the reason, which begins with the operation that failed; others name the operations that were
    done. What was skipped or cut short has no reason here: many are for one, and the end of the report has it once.
    """
    sign = SIGNS[result.word]
    marked = style.good(sign) if result.ok else style.bad(sign)
    tried = not result.ok and result.word not in {"skipped", IN_PART}
    reason = result.messages[0] if result.messages and tried else ""
    reason = reason if verbose else without_live_ids(reason)
    more = safe(reason.partition("\n")[0]) if reason else ", ".join(result.done)
    said = f"  {style.bad(more) if reason else style.dim(more)}" if more else ""
    return f"  {marked} {safe(_called(result, verbose=verbose))} {result.word}{said}"


def _called(result: Result, *, verbose: bool = False) -> str:
    """Return the address of an object; of one in no manifest, whose address is its ID, its name unless ``verbose``."""
    return result.change.address if result.change.source or verbose else result.change.shown


def results_text(results: Sequence[Result], style: Style, *, verbose: bool = False) -> str:
    """Return the end of the report: failures, notes, outcomes, and the count.

    ``verbose``: of each member of a set and each of many alike, with IDs and addresses. Those of webhooks are often as
    good as a password, and others read the log of a CI.
    """
    lines: list[str] = []
    by_set = grouped(results, lambda result: "" if verbose else set_of(result.change))
    others = by_set.pop("", [])
    repeated, single = ([], others) if verbose else alike_and_others(others, _cause_of)
    for result in single:
        lines += _details(result, style, verbose=verbose)
    for group in repeated:
        lines += _alike(group, style)
    for address, members in sorted(by_set.items()):
        lines += _of_set(address, members, style)
    created = sum("create" in result.change.actions and bool(result.outcome) for result in results)
    if created and not verbose:
        line = f"{created} created: -v and the JSON report have their IDs and addresses"
        lines += [*([""] if lines else []), style.dim(line)]
    lines += [""] if lines else []
    total = results_in_words(results)
    ok = all(result.ok for result in results)
    lines.append(style.good(f"Done: {total or 'nothing to do'}.") if ok else style.bad(f"Not all done: {total}."))
    return laid_out("\n".join(lines) + "\n", style.width)


def _cause_of(result: Result) -> tuple[str, ...]:
    """Return what equals for results that failed, were not tried or wait for the same reasons; empty for others."""
    if result.status == "applied" or not (result.messages or result.notes):
        return ()
    change = result.change
    if result.ok:  # the reasons of two waves may differ in a name only
        return (result.word, change.kind.name, *result.notes)
    causes = (cause_of(said, (change.name, change.address)) for said in (*result.messages, *result.notes))
    return (result.word, change.kind.name, *causes)


def _alike(results: Sequence[Result], style: Style) -> Iterator[str]:
    """Yield results of one cause as one block: how many, why, and which; of reasons that differ it shows one's."""
    first = results[0]
    what = f"{SIGNS[first.word]} {counted(len(results), first.change.kind.name)} {first.word}"
    yield style.bold(what if first.ok else style.bad(what))
    same = all((each.messages, each.notes) == (first.messages, first.notes) for each in results)
    whose = "" if same else f" ({_called(first)})"
    yield from _reasons(first, style, whose)
    yield f"    {first_of(map(_called, results))}"


def _reasons(result: Result, style: Style, whose: str = "") -> Iterator[str]:
    yield from (style.bad(f"    {safe(message + whose)}") for message in result.messages)
    yield from (style.warn(f"    {safe(note + whose)}") for note in result.notes)


def _details(result: Result, style: Style, *, verbose: bool) -> Iterator[str]:
    """Yield one result: its ID beside its address, and its other outcomes below."""
    has_outcome = verbose and ("create" in result.change.actions or not result.ok)
    outcome = dict(result.outcome) if has_outcome else {}
    if not (outcome or result.messages or result.notes):
        return
    identifier = outcome.pop("id", None)
    yield style.bold(safe(_called(result, verbose=verbose))) + (f"  {safe(str(identifier))}" if identifier else "")
    yield from _reasons(result, style)
    yield from (f"    {line}" for line in _outcome_lines(outcome))


def _of_set(address: str, results: Sequence[Result], style: Style) -> Iterator[str]:
    """Yield the results of the members of a set: their counts, each cause once, and who is concerned."""
    yield f"{style.bold(safe(address))}: {results_in_words(results)}"
    remarkable = [result for result in results if result.messages or result.notes or not result.ok]
    outcome = Outcome("apply")
    for group in causes(Entry(outcome, result.change, result) for result in remarkable):
        yield from _cause(group, style)


def _cause(group: Group, style: Style) -> Iterator[str]:
    sign = SIGNS[group.word] if group.first.result else ""
    who = safe(group.customer(0).handle) if len(group.entries) == 1 else group.in_words
    yield f"  {(style.bad if group.first.bad else style.good)(sign)} {who} {group.word}"
    for said in group.remarks:
        yield (style.bad if group.first.bad else style.warn)(f"{INDENT}{safe(said)}")
    if len(group.entries) > 1:
        yield names(group.customers, verbose=False)


def _outcome_lines(outcome: Mapping[str, Any]) -> Iterator[str]:
    for key, value in outcome.items():
        title = TITLES.get(key, key)
        if isinstance(value, dict):
            yield from (f"{title} {safe(name)}: {safe(str(item))}" for name, item in value.items())
        else:
            yield f"{title}: {safe(str(value))}"


def authorize_text(urls: Mapping[str, Mapping[str, str]]) -> str:
    """Return where connections must be authorized, by address and connection; nothing if none must be."""
    return "".join(
        f"{safe(address)}: authorize {safe(key)!r} at {safe(url)}\n"
        for address, connections in urls.items()
        for key, url in connections.items()
    )
