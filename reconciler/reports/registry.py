"""The report formats: one module each, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from reconciler.reports.shared.style import Style

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Outcome

FORMATS = {
    "text": "reconciler.reports.text.report",
    "json": "reconciler.reports.json.report",
    "markdown": "reconciler.reports.markdown.report",
    "html": "reconciler.reports.html.report",
    "junit": "reconciler.reports.ci.junit",
    "codequality": "reconciler.reports.ci.findings",
}
"""The module of each format; its ``render(outcome, style)`` returns the report. Only text has colours."""
PLAIN = Style()


def render(outcome: Outcome, form: str, style: Style = PLAIN) -> str:
    """Return the outcome in a format, complete also when something failed, and the same for the same outcome."""
    report: str = import_module(FORMATS[form]).render(outcome, style)
    return report
