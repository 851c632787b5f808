"""An outcome as GitLab's code quality report, which a merge request shows at the lines of its files.

It takes what Code Climate calls issues: description, check_name, fingerprint, severity, location.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import PROJECT_FILE
from reconciler.reports.ci.findings import findings, in_repository
from reconciler.text.escape import json_text

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

SEVERITIES = {"error": "major", "warning": "minor", "notice": "info"}


def render(outcome: Outcome, _style: Style) -> str:
    """Return the outcome as a list of issues."""
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
                "severity": SEVERITIES[finding.severity],
                "location": {"path": path, "lines": {"begin": finding.place.line if finding.place else 1}},
            }
        )
    return json_text(issues)
