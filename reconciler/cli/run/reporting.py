"""Telling what a run came to: on stdout, and in every report that was asked for, also when it failed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from reconciler.cli.options.shared import style_of
from reconciler.cli.run.forge import surroundings, tell_forge
from reconciler.errors import ReconcilerError, UsageError
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.connection import Connection
    from reconciler.reports.shared.outcome import Command


class Reporting:
    """Tells the outcome of one run, once; a context manager.

    Leaving it with an error before anything was told tells the error in every report: whoever collects a report
    finds one. ``plan``, ``results`` (as they come) and ``connection``, set as soon as there are any, add what was to be
    done, what was done and what it cost by then. ``outcome`` is what was told.
    """

    def __init__(self, command: Command, given: Mapping[str, Any]) -> None:
        self.plan: Plan | None = None
        self.results: list[Result] = []
        self.connection: Connection | None = None
        self._command = command
        self.given = given
        self.outcome: Outcome | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        failure = _failure(error)
        if failure and self.outcome is None:
            self._tell_failure(Outcome(self._command, self.plan, self.results, failure))

    def tell(self, outcome: Outcome) -> None:
        """Print the result and write the reports; raises ``UsageError`` for those that cannot be written."""
        self.outcome = outcome = self._complete(outcome)
        try:
            if outcome.failure is None or outcome.verdicts or self.given["form"] != "text":
                self._print(outcome)
        finally:
            # Also when whoever reads stdout has gone: the reports are for others.
            self._tell_others(replace(outcome, authorize_urls={}))

    def _tell_others(self, outcome: Outcome) -> None:
        """Write the reports and tell the forge; where to authorize is a secret that goes neither way."""
        unwritten = list(self._write(outcome))
        tell_forge(outcome)
        if unwritten:
            raise UsageError("\n".join(unwritten))

    def _tell_failure(self, outcome: Outcome) -> None:
        """Tell why there is no result; the error that led here is the one that ends the run, whatever else fails."""
        try:
            self.tell(outcome)
        except UsageError as error:
            for line in str(error).splitlines():
                click.echo(f"error: {line}", err=True)

    def _complete(self, outcome: Outcome) -> Outcome:
        plan = outcome.plan
        project, environment = (plan.project, plan.inputs.get("environment")) if plan else self._scope()
        return replace(
            outcome,
            project=project,
            environment=environment,
            stats=self.connection.stats if self.connection else None,
            verbose=self.given["verbose"] > 0,
            surroundings=surroundings(self.given["reports"]),
        )

    def _scope(self) -> tuple[str | None, str | None]:
        """Return the project and the environment of a run that has no plan: its reports are the same one's as ever."""
        from reconciler.manifests.project.environments import choice_of
        from reconciler.manifests.project.project_file import glance_at_project
        from reconciler.secrets.pasted_tokens import shown

        found = glance_at_project(self.given["files"], Path.cwd())
        choice = choice_of(self.given["environment"], os.environ)
        if choice:
            return found.name, choice.name if choice.name in found.environments else shown(choice.name)
        # A validation is of every environment, unless one is chosen.
        return found.name, None if self._command == "validate" else found.default_environment

    def _print(self, outcome: Outcome) -> None:
        from reconciler.reports.registry import render

        click.echo(render(outcome, self.given["form"], style_of(self.given)), nl=False)

    def _write(self, outcome: Outcome) -> Iterator[str]:
        """Write each report; yield what has to be said of those that cannot be."""
        from reconciler.reports.registry import render

        for form, path in self.given["reports"]:
            try:
                output_of_report(form, path).write(render(outcome, form))
            except UsageError as error:
                yield str(error)


def output_of_report(form: str, path: Path) -> Output:
    """Return the file of a report; unlike others it may be a pipe or a terminal."""
    return Output(f"--report {form}={path}", path, streams=True)


def _failure(error: BaseException | None) -> Failure | None:
    """Return what an error means to a report; ``None`` without one, and for a mistake in our own code."""
    if isinstance(error, ReconcilerError):
        return Failure.of(error)
    if isinstance(error, click.ClickException):
        from reconciler.secrets.pasted_tokens import without_tokens

        return Failure.saying(without_tokens(error.format_message()))
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return Failure.saying("interrupted")
    return None
