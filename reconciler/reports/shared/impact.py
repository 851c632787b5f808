"""The impact of an unpublished version: its changes, and the resources that would break, as data and as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from reconciler.kinds.integration.version_changes import shown_default, type_of
from reconciler.model.resource import SetCustomer
from reconciler.reports.shared.json_documents import problem_document
from reconciler.reports.shared.mentions import without_mentions
from reconciler.reports.shared.repeated import alike_and_others
from reconciler.reports.shared.style import Style
from reconciler.reports.shared.topics import grouped
from reconciler.text.escape import safe
from reconciler.text.natural import natural
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.impact.verdict import Judged, Verdict
    from reconciler.kinds.integration.version_changes import Listed, VersionChanges
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Place
    from reconciler.reports.shared.outcome import Outcome

PLAIN = Style()


def change_lines(changes: VersionChanges, style: Style) -> Iterator[str]:
    """Yield a line for each variable and flow that is new, called otherwise, changed, or gone."""
    changed = style.warn("~")
    for each in changes.added:
        default = "" if each.data_type == "CONNECTION" else f", {_default(shown_default(each))}"
        yield f"  {style.good('+')} {safe(each.key)} ({safe(type_of(each))}{default})"
    for old, new in changes.renamed:
        yield f"  {changed} {safe(old)} is called {safe(new)}"
    for key, before, after in changes.retyped:
        yield f"  {changed} {safe(key)}: {safe(before)} → {safe(after)}"
    for key, first, second in changes.defaults:
        yield f"  {changed} {safe(key)}: {_default(first)} → {_default(second)}"
    for listed in changes.options:
        yield f"  {changed} {safe(listed.key)}: {_listed(listed, 'option')}"
    for listed in changes.inputs:
        yield f"  {changed} {safe(listed.key)}: {_listed(listed, 'input')}"
    for key in changes.removed:
        yield f"  {style.bad('-')} {safe(key)}"
    for name in changes.flows.new:
        yield f"  {style.good('+')} flow {safe(name)}"
    for name in changes.flows.gone:
        yield f"  {style.bad('-')} flow {safe(name)}"


def _default(text: str | None) -> str:
    return "no default" if text is None else f"default {safe(text) or 'empty'}"


def _listed(listed: Listed, noun: str) -> str:
    """Return the removed and the added items of a list, in words."""
    parts = [
        f"{word} {noun}{'' if len(names) == 1 else 's'} {', '.join(map(safe, names))}"
        for word, names in (("no longer the", listed.gone), ("new", listed.new))
        if names
    ]
    return "; ".join(parts)


def changes_document(changes: VersionChanges) -> dict[str, Any]:
    return {
        "added": [{"key": each.key, "type": type_of(each), "default": shown_default(each)} for each in changes.added],
        "removed": list(changes.removed),
        "renamed": [{"before": old, "after": new} for old, new in changes.renamed],
        "retyped": _moved(changes.retyped),
        "defaults": _moved(changes.defaults),
        "options": [_difference(listed) for listed in changes.options],
        "inputs": [_difference(listed) for listed in changes.inputs],
        "flows": {"added": list(changes.flows.new), "removed": list(changes.flows.gone)},
    }


def _moved(found: Sequence[tuple[str, str | None, str | None]]) -> list[dict[str, str | None]]:
    return [{"key": key, "before": before, "after": after} for key, before, after in found]


def _difference(listed: Listed) -> dict[str, Any]:
    return {"key": listed.key, "added": list(listed.new), "removed": list(listed.gone)}


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return everything about one definition as plain data."""
    return {
        "definition": verdict.file,
        "integration": verdict.integration,
        "sentence": verdict.sentence,
        "wouldBreak": verdict.broken,
        "resources": [_judged(each) for each in verdict.judged],
        "versions": [
            {"before": step.before, "resources": step.count, "changes": step.changes and changes_document(step.changes)}
            for step in verdict.steps
        ],
        "undeclared": [msgspec.to_builtins(each) for each in verdict.undeclared],
    }


def _judged(judged: Judged) -> dict[str, Any]:
    return {
        "address": judged.address,
        "group": judged.group,
        "source": {"file": judged.source.file, "line": judged.source.line},
        "version": judged.version,
        "breaks": [problem_document(each) for each in judged.breaks],
        "already": [problem_document(each) for each in judged.already],
        "notices": [problem_document(each) for each in judged.notices],
    }


def verdict_sentences(verdict: Verdict) -> Iterator[str]:
    """Yield the verdict and the remarks, one sentence each, without a full stop."""
    yield verdict.sentence
    for step in verdict.steps:
        about = f"{verdict.integration} {step.before} → {verdict.file} ({counted(step.count, 'instance')})"
        if step.changes is None:
            yield f"{about}: version {step.before} cannot be read any more, so its changes are unknown"
        else:
            lines = [line.strip() for line in change_lines(step.changes, PLAIN)]
            yield f"{about}: {'; '.join(lines) or 'nothing changes'}"
    if verdict.undeclared:
        yield undeclared_sentence(verdict)


def alike_judged(verdict: Verdict) -> tuple[list[list[Judged]], dict[str, list[Judged]]]:
    """Return the resources with the same problems and warnings together, and the others by their parent."""
    remarkable = [each for found in by_group(verdict).values() for each in found]
    same, others = alike_and_others(remarkable, lambda each: tuple(_plain(each)))
    return same, grouped(others, lambda each: each.group)


def _plain(judged: Judged) -> Iterator[str]:
    """Yield what is said about a resource, without its names, each with what it means for the verdict."""
    names = SetCustomer(judged.group, judged.group)
    for word, found in (("breaks", judged.breaks), ("already", judged.already), ("notice", judged.notices)):
        yield from (f"{word} {without_mentions(about(each, judged), judged.address, names)}" for each in found)


def by_group(verdict: Verdict) -> dict[str, list[Judged]]:
    """Return the resources with problems or warnings, by their parent."""
    remarkable = (each for each in verdict.judged if each.breaks or each.already or each.notices)
    return grouped(sorted(remarkable, key=lambda each: natural(each.group)), lambda each: each.group)


def about(problem: Diagnostic, judged: Judged) -> str:
    """Return a problem's message without the address, which is the heading."""
    return problem.message.removeprefix(f"{judged.address}: ")


def told(judged: Judged) -> Iterator[tuple[bool, Place | None, str]]:
    """Yield what is said about a resource: whether it is a problem, its place, and the message."""
    yield from ((True, each.place, about(each, judged)) for each in judged.breaks)
    yield from ((True, each.place, f"{about(each, judged)} (today too)") for each in judged.already)
    yield from ((False, each.place, each.message) for each in judged.notices)


def others_wrong(outcome: Outcome) -> Iterator[Diagnostic]:
    """Yield the problems of resources that do not use the integrations."""
    judged = [each for verdict in outcome.verdicts for each in verdict.judged]
    known = {problem for each in judged for problem in (*each.breaks, *each.already)}
    yield from (each for each in (outcome.failure.problems if outcome.failure else ()) if each not in known)


def without_told(warnings: Sequence[Diagnostic], outcome: Outcome) -> list[Diagnostic]:
    """Return the warnings without those that the verdicts contain."""
    known = {notice for verdict in outcome.verdicts for each in verdict.judged for notice in each.notices}
    unused = {verdict.unused for verdict in outcome.verdicts}
    return [notice for notice in warnings if notice not in known and notice.message not in unused]


def undeclared_sentence(verdict: Verdict) -> str:
    """Return the number of undeclared live objects, and of those that may lose values."""
    losing = sum(bool(each.losses) for each in verdict.undeclared)
    lost = f", {losing} of which may lose values" if losing else ""
    return f"{counted(len(verdict.undeclared), 'instance')} of {verdict.integration} in none of these manifests{lost}"
