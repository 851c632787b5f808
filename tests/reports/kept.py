"""What is kept of the reports of every scene, in ``golden/formats``: whole, or as a digest and a count of parts.

``PYTHONPATH=tests python -m reports.kept`` writes it anew; read the difference before it is committed.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.scenes import LARGE, SCENES

from reconciler import __version__
from reconciler.reports.registry import FORMATS, render

if TYPE_CHECKING:
    from reconciler.reports.outcome import Outcome

FOLDER = Path(__file__).parent / "golden" / "formats"
DIGESTS = FOLDER / "digests.json"
ENDINGS = {"text": "txt", "json": "json", "markdown": "md", "junit": "xml", "codequality": "codequality.json"}
PARTS = {
    "text": {"lines": r"^.", "changes": r"^  [+~^=-] "},
    "json": {"changes": r'"address": "', "fields": r'"sensitive": '},
    "markdown": {"headings": r"^#", "fences": r"^```diff", "folds": r"^<details>", "characters": r"(?s)."},
    "junit": {"suites": r"<testsuite ", "cases": r"<testcase ", "failures": r"<failure "},
    "codequality": {"issues": r'"fingerprint": '},
}
"""Of each format, what a large report is counted in."""


def whole() -> dict[str, str]:
    """Return every report that is kept as it is, by the name of its file."""
    return {f"{name}.{ENDINGS[form]}": kept(scene(), form) for name, scene in SCENES.items() for form in FORMATS}


def kept(outcome: Outcome, form: str) -> str:
    """Return what is kept of a report: the version of the product is left out."""
    return render(outcome, form).replace(f'"reconcilerVersion": "{__version__}"', '"reconcilerVersion": "x.y.z"')


def digests() -> dict[str, dict[str, Any]]:
    """Return, by scene and format, the digest of each large report and how many of what it has."""
    return {
        name: {form: _digest(kept(outcome, form), form) for form in FORMATS}
        for name, outcome in ((name, scene()) for name, scene in LARGE.items())
    }


def _digest(text: str, form: str) -> dict[str, Any]:
    counts = {what: len(re.findall(pattern, text, re.MULTILINE)) for what, pattern in PARTS[form].items()}
    return {**counts, "sha256": hashlib.sha256(text.encode()).hexdigest()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, report in whole().items():
        (FOLDER / file).write_text(report, encoding="utf-8")
    DIGESTS.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")
