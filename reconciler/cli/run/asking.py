"""Asking whether a plan is to be carried out: shown first, and only where somebody can see it and answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconciler.cli.process.streams import is_lost
from reconciler.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from reconciler.cli.options.shared import OutputOptions
    from reconciler.planning.plan import Plan


def can_ask() -> bool:
    """Say whether there is a terminal to answer on."""
    return sys.stdin is not None and sys.stdin.isatty()


def approved(plan: Plan, output: OutputOptions, question: str, *, auto_approve: bool) -> bool:
    """Show the plan on stderr and ask; nothing to do needs no answer.

    Raises ``UsageError`` where the plan could not be shown: nobody approves what they have not seen.
    """
    from reconciler.reports.text.plan import plan_text

    if not (output.quiet and auto_approve):
        click.echo(plan_text(plan, output.style(err=True), verbose=output.verbose > 0), nl=False, err=True)
    if plan.empty or auto_approve:
        return True
    if is_lost(sys.stderr):
        raise UsageError("the plan could not be shown, so nobody can approve it; nothing was changed")
    try:
        return click.confirm(question, err=True)
    except Interrupted:
        click.echo(err=True)
        raise
