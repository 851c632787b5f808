"""``reconciler rollout``: how rollouts stand, and trying held members again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Action, Actions
from reconciler.cli.options.shared import PlanningArguments, manifest_options, plan_options_of
from reconciler.cli.options.values import completed
from reconciler.cli.process.terminal import say
from reconciler.cli.run.asking import can_ask
from reconciler.cli.run.forge import surroundings
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.errors import UsageError
from reconciler.reports.registry import STATUS_FORMATS, render_status
from reconciler.reports.shared.rollouts import RolloutStatus
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.suggest import did_you_mean
from reconciler.workflow.earlier_apply import failures_of, with_failures
from reconciler.workflow.planning import make_plan
from reconciler.workflow.retrying import find_holds, take_off
from reconciler.workflow.validating import validate_for_tenant
from reconciler.writing.outputs import output_of_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.applying.results import Result
    from reconciler.workflow.retrying import Hold, Holds

UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class RolloutArguments(PlanningArguments):
    action: str = "status"
    name: str | None = None
    customers: tuple[str, ...] = ()
    auto_approve: bool = False
    after: Path | None = None


UNUSED = ("--metrics", "--resend-secrets", "--allow-delete", "--allow-delete-customers", "--allow-deletes")
ACTIONS = {
    "status": Action(
        "[NAME]",
        "Show each wave with its customers, of all rollouts or of one. Exit 0: complete; 2: under way; 1: stopped or "
        "held, or an error.",
        ("--auto-approve",),
    ),
    "retry": Action(
        "NAME [CUSTOMER...]",
        "Take the hold off all held members, or off those of these customers (handle, name or external ID), and change "
        "nothing else. The next apply tries them again.",
        (
            "--after", "--report", "--take-over", "--allow-exec", "--without-secrets", "--keep-secrets", "--locked",
            "--target", "--customer", "--integration", "--label", "--shard",
        ),
    ),
}  # fmt: skip


@click.command("rollout", cls=Actions, silent=UNUSED, actions=ACTIONS)
@click.argument("action", type=click.Choice(["status", "retry"]))
@click.argument("name", required=False, shell_complete=completed("rollout"))
@click.argument("customers", metavar="[CUSTOMER...]", nargs=-1, shell_complete=completed("customer"))
@manifest_options
@plan_options_of(("text", "json"), STATUS_FORMATS)
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--after",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The JSON report of an apply of these manifests. What failed in it counts as failed.",
)
@takes(RolloutArguments)
def command(asked: RolloutArguments) -> int:
    """Show how rollouts stand, or try held members again.

    "reconciler rollout status --help" and "reconciler rollout retry --help" say more. Below are the options of both.
    """
    return _retry(asked) if asked.action == "retry" else _status(asked)


def _status(asked: RolloutArguments) -> int:
    if asked.customers:
        raise click.UsageError("rollout status takes the name of one rollout, and no customers")
    if any(form not in STATUS_FORMATS for form, _ in asked.output.reports):
        raise click.UsageError(f"rollout status supports --report {', '.join(STATUS_FORMATS)}, and no other report")
    check_files(outputs_of(asked.output), asked.manifests.files, [asked.after])
    reporting = Reporting("plan", asked.manifests, asked.output)
    options = asked.planning(enforce_guardrails=False)
    with reporting.connect(options, validate_for_tenant(options)) as session:
        known = [rollout.name for rollout in session.manifests.rollouts]
        if asked.name is not None and asked.name not in known:
            raise UsageError(f"unknown rollout {asked.name!r}; {did_you_mean(asked.name, known)}")
        with reporting.progress.reading(session.stats):
            plan = make_plan(session)
        found = [each for each in plan.rollouts if asked.name in {None, each.rollout.name}]
        if asked.after:
            failures = failures_of(asked.after, plan)
            found = [with_failures(session, each, failures) for each in found]
    status = RolloutStatus(
        found,
        datetime.fromisoformat(plan.created_at),
        plan.tenant.organization,
        plan.tenant.url,
        plan.project,
        plan.inputs.get("environment"),
        surroundings(asked.output.reports).marker_key,
    )
    click.echo(render_status(status, asked.output.form, asked.output.style()), nl=False)
    for form, path in asked.output.reports:
        output_of_report(form, path).write(render_status(status, form))
    states = {each.state for each in status.standings}
    return 1 if states & {"stopped", "held"} else UNDER_WAY if "under way" in states else 0


def _retry(asked: RolloutArguments) -> int:
    """Show the held members, ask, take the hold off, and say of each member how it went."""
    if asked.name is None:
        raise click.UsageError("rollout retry needs the name of a rollout")
    if asked.manifests.targets or any(asked.manifests.facets.values()) or asked.plan.shard:
        raise click.UsageError(
            "rollout retry takes names of customers; leave out --target, --customer, --integration, --label and --shard"
        )
    if asked.after:
        raise click.UsageError("--after belongs to rollout status")
    if asked.output.reports:
        raise click.UsageError("rollout retry writes no reports; --format json prints what it did")
    if not asked.auto_approve and not can_ask():
        raise click.UsageError("there is no terminal to ask on; --auto-approve retries without asking")
    reporting = Reporting("apply", asked.manifests, asked.output)
    # To take a label off, neither the secrets of a member nor its version is needed.
    options = asked.options(without_secrets=True, follow_lock=False)
    with reporting.connect(options, validate_for_tenant(options)) as session:
        with reporting.progress.reading(session.stats):
            holds = find_holds(session, asked.name, asked.customers)
        if holds.held and not asked.auto_approve:
            say("\n".join(f"  {_shown(each)}" for each in holds.held))
            if not click.confirm(f"Take the hold off {counted(len(holds.held), 'member')}?", err=True):
                click.echo("Nothing was changed.", err=True)
                return 1
            # The answer may have taken long, and label sets are written whole.
            holds = find_holds(session, asked.name, asked.customers)
        with options.stop.holding():
            results = take_off(session, holds.held)
    asked.output.print(_retry_document(asked.name, holds, results), _retry_text(asked, holds, results))
    return options.stop.exit_code or (0 if all(result.ok for result in results) else 1)


def _shown(hold: Hold) -> str:
    return safe(f"{hold.member.shown} ({hold.resource.address})")


def _retry_text(asked: RolloutArguments, holds: Holds, results: Sequence[Result]) -> str:
    lines = [
        f"{_shown(hold)}: {'the hold is off' if result.ok else safe('; '.join(result.messages))}"
        for hold, result in zip(holds.held, results, strict=True)
    ]
    if asked.customers:
        lines += [f"{safe(member.shown)} ({safe(member.address)}): not held" for member in holds.free]
    done = sum(result.ok for result in results)
    end = f"The next apply tries {counted(done, 'member')} again." if done else "Nothing was changed."
    return "\n".join([*lines, end, ""]) if holds.held or asked.customers else f"No member is held. {end}\n"


def _retry_document(name: str, holds: Holds, results: Sequence[Result]) -> dict[str, Any]:
    members = [
        {
            "customer": hold.member.shown,
            "address": hold.resource.address,
            "retried": result.ok,
            "messages": result.messages,
        }
        for hold, result in zip(holds.held, results, strict=True)
    ]
    return {"rollout": name, "members": members}
