"""Findings: the parts of an outcome that belong to a line of a manifest, which a forge shows at that line.

GitHub Actions takes them as commands in its log. GitLab takes a code quality report of what Code Climate calls issues:
description, check_name, fingerprint, severity, location.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from reconciler.manifests.files.finder import PROJECT_FILE
from reconciler.planning.masking import Mask
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fleets import causes, members_of, sorted_by_set
from reconciler.reports.shared.health import WORDS, by_cause, called, whose
from reconciler.reports.shared.repeated import ALIKE, first_of
from reconciler.reports.shared.topics import grouped, some, summarized
from reconciler.text.escape import json_text, safe
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.health import Health
    from reconciler.model.place import Place
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.fleets import Group
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

Severity = Literal["error", "warning", "notice"]
MOST = 10
"""Of each severity so many annotations of one step are shown; GitHub drops the others without a word."""
GITLAB = {"error": "major", "warning": "minor", "notice": "info"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to see, what sort of thing it is, and at which place, where that is known."""

    severity: Severity
    rule: str
    message: str
    place: Place | None = None
    constant: str = ""
    """The message without what may change from run to run, such as how many are concerned; empty: all of it."""
    deletions: int = 0


def findings(outcome: Outcome) -> list[Finding]:
    """Return the problems, then the warnings, then the changes."""
    problems = outcome.failure.problems if outcome.failure else ()
    warnings = summarized(outcome.warnings, members_of(outcome.plan))
    found = [
        *(Finding("error", "problem", each.message, each.place) for each in problems),
        *_changes(outcome),
        *map(_of_health, by_cause(outcome.healths)),
        *(Finding("warning", "warning", each.message, each.place) for each in warnings),
    ]
    order: dict[Severity, int] = {"error": 0, "warning": 1, "notice": 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def _changes(outcome: Outcome) -> Iterator[Finding]:
    """Yield a finding for each change, and one for all failures of one cause and all members that change alike."""
    mask = Mask.for_plan(outcome.plan) if outcome.plan else Mask()
    fleets, others = sorted_by_set(entries(outcome), outcome.plan, mask)
    failures = [group for group in causes(entry for entry in others if entry.bad) if len(group.entries) >= ALIKE]
    together = {entry.change.address for group in failures for entry in group.entries}
    yield from map(_of_cause, failures)
    yield from (_of(entry) for entry in others if entry.change.address not in together)
    for group in (group for fleet in fleets for group in fleet.groups):
        yield _of(group.first) if len(group.entries) == 1 else _of_group(group)


def _of_group(group: Group) -> Finding:
    first = _of(group.first)
    said = "; ".join(group.remarks) or group.change.reason
    fields = ", ".join(row.label for row in group.rows)
    handles = [each.handle for each in group.customers]
    most = len(handles if group.separate else some(handles))
    constant = f"{group.set_address} {group.word}: {said}" + (f" ({fields})" if fields else "")
    who = f"{counted(len(handles), 'customer')} ({listed(handles, most)})"
    message = f"{group.set_address} {group.word} for {who}: {said}" + (f" ({fields})" if fields else "")
    deletions = len(group.entries) * first.deletions
    return replace(first, message=message, constant=constant, deletions=deletions)


def _of_cause(group: Group) -> Finding:
    """Return one finding of many failures, at the manifest of the first."""
    customers = [entry.change.group for entry in group.entries]
    who = listed(customers, len(some(customers)))
    said = "; ".join(group.remarks)
    constant = f"{group.change.kind.name} {group.word}: {said}"
    message = f"{group.in_words} {group.word} ({who}): {said}"
    return Finding("error", "result", message, group.change.source, constant)


def _of_health(group: Sequence[Health]) -> Finding:
    first = group[0]
    severity: Severity = "error" if first.verdict == "failed" else "warning"
    which = f" ({first_of(each.address for each in group)})" if len(group) > 1 else ""
    said = f"{WORDS[first.verdict]}{which}: {first.reason}{whose(group)}"
    constant = "" if which else f"{first.address} {said}"
    return Finding(severity, "health", f"{called(group)} {said}", constant=constant)


def _of(entry: Entry) -> Finding:
    """Return the finding of a change: a failure, a drift, a deletion, or the planned change."""
    said = "; ".join(entry.sayings) or entry.change.reason
    constant = f"{entry.change.address} {entry.word}: {said}"
    message = f"{entry.title} {entry.word}: {said}"
    place = entry.change.source
    if entry.bad:
        return Finding("error", "result", message, place, constant)
    if entry.command == "drift":
        return Finding("warning", "drift", message, place, constant)
    severity: Severity = "warning" if entry.change.deletes else "notice"
    return Finding(severity, "change", message, place, constant, int(entry.deleted))


def in_repository(file: str, folder: str) -> str:
    """Return a file's path from the repository's root, for one named from ``folder`` in it; ``/`` between names."""
    path = posixpath.normpath(posixpath.join(folder, file.replace("\\", "/")))
    return path.removeprefix("./")


def workflow_commands(outcome: Outcome) -> list[str]:
    """Return one command for each finding, and one with the number of findings over the limit."""
    lines = []
    for severity, found in grouped(findings(outcome), lambda finding: finding.severity).items():
        shown = found if len(found) <= MOST else found[: MOST - 1]
        lines += [_command(finding, outcome.surroundings.folder) for finding in shown]
        if left := found[len(shown) :]:
            deletions = sum(finding.deletions for finding in left)
            among = f", with {counted(deletions, 'deletion')}" if deletions else ""
            lines.append(f"::{severity} title=reconciler::and {len(left)} more{among}; the log has them all")
    return lines


def _command(finding: Finding, folder: str) -> str:
    at = finding.place
    place = {"file": in_repository(at.file, folder), "line": str(at.line), "col": str(at.column)} if at else {}
    properties = {**place, "title": "reconciler"}
    attributes = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{finding.severity} {attributes}::{_data(finding.message)}"


def _data(text: str) -> str:
    """Return text as the runner decodes it: characters that would end the command become ``%XX``."""
    return safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(outcome: Outcome, _style: Style) -> str:
    seen: Counter[tuple[str, ...]] = Counter()
    issues = []
    for finding in findings(outcome):
        # GitLab takes no issue without a path.
        path = in_repository(finding.place.file if finding.place else PROJECT_FILE, outcome.surroundings.folder)
        # Not the line: an edit above must not make an old issue a new one. Of equal ones each has its own.
        key = (outcome.command, finding.rule, path, finding.constant or finding.message)
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        issues.append(
            {
                "description": finding.message,
                "check_name": f"reconciler/{outcome.command}/{finding.rule}",
                "fingerprint": hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest(),
                "severity": GITLAB[finding.severity],
                "location": {"path": path, "lines": {"begin": finding.place.line if finding.place else 1}},
            }
        )
    return json_text(issues)
