"""Asks whether to apply a plan. It shows the plan first, and asks only if somebody can see it and answer."""

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
    """Return whether stdin is a terminal to answer on."""
    return sys.stdin is not None and sys.stdin.isatty()


def approved(plan: Plan, output: OutputOptions, question: str, *, auto_approve: bool) -> bool:
    """Show the plan on stderr and return the answer; an empty plan is approved without asking.

    Raises ``UsageError`` if the plan cannot be shown, because nobody can approve an unseen plan.
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
