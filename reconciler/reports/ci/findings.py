"""Findings: the parts of an outcome that belong to a line of a manifest, which a forge shows at that line.

GitHub Actions takes them as commands in its log. GitLab takes a code quality report of what Code Climate calls issues:
description, check_name, fingerprint, severity, location.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reconciler.manifests.files.finder import PROJECT_FILE
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.topics import grouped, summarized
from reconciler.text.escape import json_text, safe

if TYPE_CHECKING:
    from reconciler.model.place import Place
    from reconciler.reports.shared.entries import Entry
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


def findings(outcome: Outcome) -> list[Finding]:
    """Return the problems, then the warnings, then the changes."""
    problems = outcome.failure.problems if outcome.failure else ()
    found = [
        *(Finding("error", "problem", each.message, each.place) for each in problems),
        *(_of(entry) for entry in entries(outcome)),
        *(Finding("warning", "warning", each.message, each.place) for each in summarized(outcome.warnings)),
    ]
    order: dict[Severity, int] = {"error": 0, "warning": 1, "notice": 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def _of(entry: Entry) -> Finding:
    """Return the finding of a change: a failure, a drift, a deletion, or the planned change."""
    said = "; ".join(entry.sayings) or entry.change.reason
    message = f"{entry.change.address} {entry.word}: {said}"
    if entry.bad:
        return Finding("error", "result", message, entry.change.source)
    if entry.command == "drift":
        return Finding("warning", "drift", message, entry.change.source)
    return Finding("warning" if entry.change.deletes else "notice", "change", message, entry.change.source)


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
        if len(shown) < len(found):
            lines.append(f"::{severity} title=reconciler::and {len(found) - len(shown)} more; the log has them all")
    return lines


def _command(finding: Finding, folder: str) -> str:
    place = finding.place
    properties = {"title": "reconciler"}
    if place:
        properties = {
            "file": in_repository(place.file, folder),
            "line": str(place.line),
            "col": str(place.column),
            **properties,
        }
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
        key = (outcome.command, finding.rule, path, finding.message)
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
