"""``reconciler get``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.shared import (
    RunArguments,
    format_option,
    manifest_options,
    profile_option,
    rate_option,
    timeout_option,
)
from reconciler.errors import UsageError
from reconciler.reports.text.executions import executions_document, executions_text
from reconciler.text.escape import json_text
from reconciler.workflow.executions import latest_executions, step_data
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate_for_tenant
from reconciler.writing.ci import in_ci

if TYPE_CHECKING:
    from reconciler.workflow.session import Session

CUSTOMERS_DATA = "The result of a step is the customer's data. Do not keep it longer than you need it."


@dataclass(frozen=True, slots=True)
class GetArguments(RunArguments):
    what: str = "executions"
    address: str = ""
    limit: int = 10
    step: str | None = None
    execution: str | None = None
    show_in_ci: bool = False


@click.command("get")
@click.argument("what", type=click.Choice(["executions"]))
@click.argument("address")
@click.option("--limit", type=click.IntRange(1, 100), default=10, help="How many of the latest runs to list (10).")
@click.option("--step", metavar="NAME", help="Print the result of this step instead: the customer's data.")
@click.option("--execution", metavar="ID", help="The run whose step is printed; without it the latest one.")
@click.option("--show-in-ci", is_flag=True, help="Print the result of a step also in CI, whose logs others can read.")
@manifest_options
@profile_option
@format_option("text", "json")
@rate_option
@timeout_option("End the run this long after connecting (3600).")
@takes(GetArguments)
def command(asked: GetArguments) -> int:
    """List the latest runs of an instance, or print the result of a step."""
    if asked.step is None and (asked.execution or asked.show_in_ci):
        raise click.UsageError("--execution and --show-in-ci belong to --step NAME")
    if asked.step is not None and in_ci(os.environ) and not asked.show_in_ci:
        raise UsageError(
            "the result of a step is the customer's data, and the log of a CI is read by others: nothing was fetched; "
            "--show-in-ci prints it nevertheless"
        )
    options = asked.options(targets=(asked.address,))
    with connect(options, validate_for_tenant(options)) as session:
        click.echo(_text(asked, session), nl=False)
    return 0


def _text(asked: GetArguments, session: Session) -> str:
    if asked.step is not None:
        data = step_data(session, asked.address, asked.execution, asked.step)
        click.echo(CUSTOMERS_DATA, err=True)
        return _data_text(data)
    found = latest_executions(session, asked.address, asked.limit)
    if asked.output.form == "json":
        return json_text(executions_document(asked.address, found))
    return executions_text(found, asked.output.style())


def _data_text(data: Any) -> str:
    """Return a result as JSON, in which nothing acts on a terminal."""
    try:
        return json_text(data)
    except (TypeError, ValueError):
        return json_text(str(data))
