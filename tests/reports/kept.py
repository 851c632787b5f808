"""What is kept of the reports of every scene, in ``golden/formats``: whole, or as a digest and a count of parts.

``PYTHONPATH=tests python -m reports.kept`` writes it anew; read the difference before it is committed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.fleets import FLEETS
from reports.scenes import LARGE, SCENES, UNFRIENDLY
from reports.waves import STATUSES, broken, half_way, verified, waits

from reconciler import __version__
from reconciler.reports.ci.notification import notice_of, payload
from reconciler.reports.registry import FORMATS, render, render_status
from reconciler.reports.shared.style import Style
from reconciler.reports.text.rollouts import rollout_lines

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Outcome

FOLDER = Path(__file__).parent / "golden" / "formats"
FLEETS_FOLDER = FOLDER.parent / "fleets"
WAVES_FOLDER = FOLDER.parent / "waves"
DIGESTS = FOLDER / "digests.json"
ENDINGS = {
    "text": "txt",
    "json": "json",
    "markdown": "md",
    "html": "html.json",
    "junit": "xml",
    "codequality": "codequality.json",
}
"""Of a page the data is kept: what the browser makes of it is looked at in ``tests/browser``."""
PARTS = {
    "text": {"lines": r"^.", "changes": r"^  [+~^=o-] "},
    "json": {"changes": r'"address": "', "fields": r'"sensitive": '},
    "markdown": {"headings": r"^#", "fences": r"^```diff", "folds": r"^<details>", "characters": r"(?s)."},
    "html": {"changes": r'"address": "', "fields": r'"path": '},
    "junit": {"suites": r"<testsuite ", "cases": r"<testcase ", "failures": r"<failure "},
    "codequality": {"issues": r'"fingerprint": '},
}
"""Of each format, what a large report is counted in."""


def whole() -> dict[str, str]:
    """Return every report that is kept as it is, by the name of its file."""
    return {f"{name}.{ENDINGS[form]}": kept(scene(), form) for name, scene in SCENES.items() for form in FORMATS}


def fleets() -> dict[str, str]:
    """Return the reports of sets of instances that are kept as they are, by the name of their file."""
    found = {}
    for name, scene in FLEETS.items():
        outcome = scene()
        found |= {f"{name}.{width}.txt": render(outcome, "text", Style(width=width)) for width in (60, 80, 120)}
        found[f"{name}.v.txt"] = render(replace(outcome, verbose=True), "text")
        found[f"{name}.md"] = kept(outcome, "markdown")
        found[f"{name}.codequality.json"] = kept(outcome, "codequality")
        sets = json.loads(render(outcome, "json"))["sets"]
        found[f"{name}.sets.json"] = json.dumps(sets, ensure_ascii=False, indent=1) + "\n"
        notice = notice_of(outcome)
        found[f"{name}.notice.json"] = (
            json.dumps(payload(notice, "hooks.slack.com"), indent=1, ensure_ascii=False) + "\n"
        )
    return found


def waves() -> dict[str, str]:
    """Return the reports of how rollouts stand that are kept as they are, by the name of their file."""
    found = {f"{name}.txt": render_status(scene(), "text", Style(width=80)) for name, scene in STATUSES.items()}
    for width in (60, 120):
        found[f"half-way.{width}.txt"] = render_status(STATUSES["half-way"](), "text", Style(width=width))
    for name in ("stopped", "half-way", "several", "none"):
        found[f"{name}.md"] = render_status(STATUSES[name](), "markdown")
    found["plan.txt"] = "\n".join(rollout_lines([half_way(), broken()], Style())) + "\n"
    found |= {f"drift.{ENDINGS[form]}": kept(waits(), form) for form in ("text", "markdown")}
    found |= {f"test-runs.{ENDINGS[form]}": kept(verified(), form) for form in ("text", "markdown")}
    return found


def kept(outcome: Outcome, form: str) -> str:
    """Return what is kept of a report: the version of the product is left out."""
    text = render(outcome, form)
    if form == "html":
        text = json.dumps(data_of(text), ensure_ascii=False, indent=1) + "\n"
    return re.sub(rf'"(reconcilerVersion|version)": "{re.escape(__version__)}"', r'"\1": "x.y.z"', text)


def data_of(page: str) -> dict[str, Any]:
    """Return the data that stands in a page."""
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


def digests() -> dict[str, dict[str, Any]]:
    """Return, by scene and format, the digest of each large or hostile report, and how many of what it has."""
    return {
        name: {form: _digest(kept(outcome, form), form) for form in FORMATS}
        for name, outcome in ((name, scene()) for name, scene in (LARGE | UNFRIENDLY).items())
    }


def _digest(text: str, form: str) -> dict[str, Any]:
    counts = {what: len(re.findall(pattern, text, re.MULTILINE)) for what, pattern in PARTS[form].items()}
    return {**counts, "sha256": hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, report in whole().items():
        (FOLDER / file).write_text(report, encoding="utf-8")
    FLEETS_FOLDER.mkdir(exist_ok=True)
    for file, report in fleets().items():
        (FLEETS_FOLDER / file).write_text(report, encoding="utf-8")
    WAVES_FOLDER.mkdir(exist_ok=True)
    for file, report in waves().items():
        (WAVES_FOLDER / file).write_text(report, encoding="utf-8")
    DIGESTS.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")
