"""Reports the outcome of a run on stdout and in every report file, also if it failed."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reconciler.cli.process import terminal
from reconciler.cli.run.forge import surroundings, tell_forge
from reconciler.cli.run.progress import Progress
from reconciler.errors import EXAMINE, PlanRefused, ReconcilerError, UsageError
from reconciler.manifests.project.selection import choice_of, scope_of
from reconciler.reports.registry import render
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.reports.text.progress_line import Count
from reconciler.secrets.pasted_tokens import without_tokens
from reconciler.writing.outputs import output_of_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.applying.results import Result
    from reconciler.cli.options.shared import OutputOptions
    from reconciler.manifests.result import ManifestOptions, Manifests
    from reconciler.model.health import Health
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.http.stats import Stats
    from reconciler.reports.shared.outcome import Command
    from reconciler.workflow.session import Session


class Reporting(AbstractContextManager[None]):
    """Reports the outcome of one run, once; a context manager.

    If it is left with an error before anything was reported, it writes the error to every report, so that whoever
    collects a report finds one. What the run has come to by then is in it: the plan, the results so far, the cost.
    ``outcome`` is what was reported.
    """

    def __init__(self, command: Command, manifests: ManifestOptions, output: OutputOptions) -> None:
        self.command = command
        self.output = output
        self.progress = Progress(output)
        self.results: list[Result] = []
        self.healths: list[Health] = []
        self.session: Session | None = None
        self.outcome: Outcome | None = None
        self._manifests = manifests
        self._plan: Plan | None = None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        failure = _failure(error)
        if failure and self.outcome is None:
            if isinstance(error, PlanRefused) and error.plan:
                self._show_refused(error.plan)
            self._report_failure(Outcome(self.command, self._plan, self.results, failure, healths=self.healths))

    @contextmanager
    def connect(self, options: Options, manifests: Manifests) -> Iterator[Session]:
        """Connect to the tenant; what that costs is in the report, also if the run fails."""
        from reconciler.workflow.session import connect

        with connect(options, manifests) as self.session:
            yield self.session

    def planned(self, plan: Plan) -> Plan:
        """Note the plan, so that it is in the report if the run fails, and return it."""
        self._plan = plan
        return plan

    def _show_refused(self, plan: Plan) -> None:
        """Note a plan that its guardrails refuse, and print it: its reader decides by it what to allow."""
        self.planned(plan)
        if self.output.form == "text":
            click.echo(render(self._complete(Outcome("plan", plan)), "text", self.output.style()), nl=False)

    @contextmanager
    def applying(self, plan: Plan, title: str, stats: Stats) -> Iterator[Callable[[Result], None]]:
        """Show progress under a title, such as "Applying"; yield the function to call with each final result.

        The results so far are in the report if the run fails.
        """
        from reconciler.applying.results import IN_PART, LATER
        from reconciler.reports.text.results import result_line

        style = self.output.style(err=True)

        def count() -> Count:
            done, total = len(self.results), len(plan.changes)
            # What was skipped or cut short was not tried, so it is no failure.
            failed = sum(1 for result in list(self.results) if result.word in {"failed", "not converged"})
            return Count(done, total, failed, "Reading back" if done == total else "")

        def add(result: Result) -> None:
            self.results.append(result)
            # After Ctrl-C most of a plan is not tried, and in a rollout most of it waits: the end of the report has
            # each reason once.
            if result.status not in LATER and not (self._stopped and result.word in {"skipped", IN_PART}):
                self.progress.say(result_line(result, style, verbose=self.output.verbose > 0))

        with self.progress.during(title, "resource", count, stats):
            yield add

    @property
    def _stopped(self) -> bool:
        return self.session is not None and self.session.options.stop.asked

    @contextmanager
    def verifying(self, total: int, stats: Stats) -> Iterator[Callable[[Health], None]]:
        """Show progress while objects are verified; yield the function to call with each health.

        The healths so far are in the report if the run fails.
        """
        from reconciler.reports.text.health import progress_of

        style = self.output.style(err=True)

        def count() -> Count:
            failed = sum(1 for health in list(self.healths) if health.verdict == "failed")
            return Count(len(self.healths), total, failed)

        def add(health: Health) -> None:
            self.healths.append(health)
            self.progress.say(progress_of(health, style))

        with self.progress.during("Verifying", "instance", count, stats):
            yield add

    def report(self, outcome: Outcome) -> None:
        """Print the result and write the reports; raises ``UsageError`` for those that cannot be written."""
        self.outcome = outcome = self._complete(outcome)
        try:
            if outcome.failure is None or outcome.verdicts or outcome.healths or self.output.form != "text":
                click.echo(render(outcome, self.output.form, self.output.style()), nl=False)
        finally:
            # Also if nobody reads stdout any more: the reports have other readers.
            self._report_elsewhere(replace(outcome, authorize_urls={}))

    def _report_elsewhere(self, outcome: Outcome) -> None:
        """Write the reports and inform the forge; authorize URLs are secrets and go to neither."""
        unwritten = list(self._write(outcome))
        tell_forge(outcome)
        if unwritten:
            raise UsageError("\n".join(unwritten))

    def _report_failure(self, outcome: Outcome) -> None:
        """Report why there is no result. The original error ends the run, even if a report cannot be written."""
        try:
            self.report(outcome)
        except UsageError as error:
            for line in str(error).splitlines():
                terminal.say(f"error: {line}")

    def _complete(self, outcome: Outcome) -> Outcome:
        plan = outcome.plan
        # A validation is of every environment, unless one is chosen.
        chosen_only = self.command == "validate"
        asked, found = self._manifests, (plan.project, plan.inputs.get("environment")) if plan else None
        choice = choice_of(asked.environment, os.environ)
        project, environment = found or scope_of(asked.files, asked.cwd, choice, chosen_only=chosen_only)
        return replace(
            outcome,
            project=project,
            environment=environment,
            stats=self.session.stats if self.session else None,
            verbose=self.output.verbose > 0,
            surroundings=surroundings(self.output.reports),
            notes=(*outcome.notes, *_advice(outcome)),
        )

    def _write(self, outcome: Outcome) -> Iterator[str]:
        """Write each report; yield a message for each that cannot be written."""
        for form, path in self.output.reports:
            try:
                output_of_report(form, path).write(render(outcome, form))
            except UsageError as error:
                yield str(error)


def _failure(error: BaseException | None) -> Failure | None:
    """Return the failure to report for an error; ``None`` without one, and for a mistake in reconciler itself."""
    if isinstance(error, ReconcilerError):
        return Failure.of(error)
    if isinstance(error, click.ClickException):
        return Failure.saying(without_tokens(error.format_message()))
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return Failure.saying("interrupted")
    return None


def _advice(outcome: Outcome) -> Sequence[str]:
    """Return what to do where the API did not answer a change as it is known to."""
    said = [message for result in outcome.results for message in result.messages]
    if not said:
        return []
    from reconciler.prismatic.graphql.mismatches import is_unexpected

    return [EXAMINE] if any(map(is_unexpected, said)) else []
