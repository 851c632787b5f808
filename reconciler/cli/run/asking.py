"""Asks whether to apply a plan. It shows the plan first, and asks only if somebody can see it and answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconciler.cli.process.streams import is_lost
from reconciler.errors import Interrupted, UsageError
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.reports.text.plan import plan_text

if TYPE_CHECKING:
    from reconciler.cli.run.reporting import Reporting
    from reconciler.planning.plan import Plan


def can_ask() -> bool:
    """Return whether stdin is a terminal to answer on."""
    return sys.stdin is not None and sys.stdin.isatty()


def approved(plan: Plan, reporting: Reporting, question: str, *, auto_approve: bool) -> bool:
    """Show the plan on stderr and return the answer; an empty plan is approved without asking. A refusal is reported.

    Raises ``UsageError`` if the plan cannot be shown, because nobody can approve an unseen plan.
    """
    output = reporting.output
    if not (output.quiet and auto_approve):
        click.echo(plan_text(plan, output.style(err=True), verbose=output.verbose > 0), nl=False, err=True)
    if plan.empty or auto_approve:
        return True
    if is_lost(sys.stderr):
        raise UsageError("the plan could not be shown, so nobody can approve it; nothing was changed")
    try:
        agreed = click.confirm(question, err=True)
    except Interrupted:
        click.echo(err=True)
        raise
    if not agreed:
        click.echo("Nothing was changed.", err=True)
        refusal = Failure.saying("not approved: nothing was changed")
        reporting.report(Outcome(reporting.command, plan, failure=refusal))
    return agreed
