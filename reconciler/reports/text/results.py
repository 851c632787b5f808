"""The results of an apply as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.headline import result_counts
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.reports.shared.style import Style

SIGNS = {"applied": "✓", "failed": "✗", "skipped": "-", "not converged": "≠"}
TITLES = {"webhookUrls": "webhook of"}
"""What outcomes are called on a screen, where their names in the JSON report would read badly."""


def result_line(result: Result, style: Style) -> str:
    """Return one line on one result, for showing while the others are still under way."""
    sign = SIGNS[result.status]
    marked = style.good(sign) if result.ok else style.bad(sign)
    steps = style.dim(f"  {', '.join(result.done)}") if result.done else ""
    return f"  {marked} {safe(result.change.address)} {result.status}{steps}"


def results_text(results: Sequence[Result], style: Style) -> str:
    """Return the end of the report: failures, notes, outcomes, and the count."""
    lines: list[str] = []
    for result in results:
        lines += _details(result, style)
    lines += [""] if lines else []
    total = ", ".join(f"{count} {status}" for status, count in result_counts(results).items() if count)
    ok = all(result.ok for result in results)
    lines.append(style.good(f"Done: {total or 'nothing to do'}.") if ok else style.bad(f"Not all done: {total}."))
    return "\n".join(lines) + "\n"


def _details(result: Result, style: Style) -> Iterator[str]:
    """Yield one result: its ID beside its address, and its other outcomes below."""
    has_outcome = "create" in result.change.actions or not result.ok
    outcome = dict(result.outcome) if has_outcome else {}
    if not (outcome or result.messages or result.notes):
        return
    identifier = outcome.pop("id", None)
    yield style.bold(safe(result.change.address)) + (f"  {safe(str(identifier))}" if identifier else "")
    for message in result.messages:
        yield style.bad(f"    {safe(message)}")
    for note in result.notes:
        yield style.warn(f"    {safe(note)}")
    yield from (f"    {line}" for line in _outcome_lines(outcome))


def _outcome_lines(outcome: Mapping[str, Any]) -> Iterator[str]:
    for key, value in outcome.items():
        title = TITLES.get(key, key)
        if isinstance(value, dict):
            yield from (f"{title} {safe(name)}: {safe(str(item))}" for name, item in value.items())
        else:
            yield f"{title}: {safe(str(value))}"


def authorize_text(urls: Mapping[str, Mapping[str, str]]) -> str:
    """Return where connections must be authorized, by address and connection; nothing if none must be."""
    lines = [
        f"{safe(address)}: authorize {safe(key)!r} at {safe(url)}"
        for address, connections in urls.items()
        for key, url in connections.items()
    ]
    return "".join(f"{line}\n" for line in lines)
