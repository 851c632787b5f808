"""The formats that an outcome can be told in: one file each, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from reconciler.reports.style import Style

if TYPE_CHECKING:
    from reconciler.reports.outcome import Outcome

FORMATS = {
    "text": "reconciler.reports.text_report",
    "json": "reconciler.reports.json_report",
    "markdown": "reconciler.reports.markdown_report",
    "html": "reconciler.reports.html_report",
    "junit": "reconciler.reports.junit_report",
    "codequality": "reconciler.reports.codequality_report",
}
"""By name, the module whose ``render(outcome, style)`` returns the report. Colours are the text's alone."""
PLAIN = Style()


def render(outcome: Outcome, form: str, style: Style = PLAIN) -> str:
    """Return the outcome in a format, complete also when something failed, and the same for the same outcome."""
    report: str = import_module(FORMATS[form]).render(outcome, style)
    return report
