"""An outcome as commands of GitHub Actions' log, each of which shows a message at a line of a file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.reports.ci.findings import findings
from reconciler.reports.ci.paths import in_repository
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from reconciler.reports.ci.findings import Finding
    from reconciler.reports.shared.outcome import Outcome

MOST = 10
"""Of each severity so many annotations of one step are shown; GitHub drops the others without a word."""


def workflow_commands(outcome: Outcome) -> list[str]:
    """Return one command for each finding, and one with the number of findings over the limit."""
    by_severity: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings(outcome):
        by_severity[finding.severity].append(finding)
    lines = []
    for severity, found in by_severity.items():
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
