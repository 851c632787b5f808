"""The report formats: one module each, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from reconciler.reports.shared.style import Style

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.rollouts import RolloutStatus

FORMATS = {
    "text": "reconciler.reports.text.report",
    "json": "reconciler.reports.json.report",
    "markdown": "reconciler.reports.markdown.report",
    "html": "reconciler.reports.html.report",
    "junit": "reconciler.reports.ci.junit",
    "codequality": "reconciler.reports.ci.findings",
}
"""The module of each format; its ``render(outcome, style)`` returns the report. Only text has colours."""
STATUS_FORMATS = {
    "text": "reconciler.reports.text.rollouts",
    "json": "reconciler.reports.json.rollouts",
    "markdown": "reconciler.reports.markdown.rollouts",
    "html": "reconciler.reports.html.rollouts",
}
"""The module of each format of a rollout's status; its ``render_status(status, style)`` returns the report."""
PLAIN = Style()


def render(outcome: Outcome, form: str, style: Style = PLAIN) -> str:
    """Return the outcome in a format, complete also when something failed, and the same for the same outcome."""
    shown = outcome if form == "json" else outcome.for_people
    report: str = import_module(FORMATS[form]).render(shown, style)
    return report


def render_status(status: RolloutStatus, form: str, style: Style = PLAIN) -> str:
    """Return how rollouts stand, in one of ``STATUS_FORMATS``."""
    report: str = import_module(STATUS_FORMATS[form]).render_status(status, style)
    return report
