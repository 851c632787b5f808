"""``reconciler get``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    RunArguments,
    format_option,
    manifest_options,
    profile_option,
    rate_option,
    timeout_option,
)
from reconciler.cli.options.values import Whole, completed
from reconciler.cli.process.terminal import say
from reconciler.errors import UsageError
from reconciler.exporting.listing import list_objects
from reconciler.exporting.listing_text import listing_document, listing_text
from reconciler.kinds.registry import default_registry
from reconciler.manifests.selectors import is_glob
from reconciler.reports.text.executions import executions_document, executions_text
from reconciler.text.escape import json_text
from reconciler.text.suggest import did_you_mean
from reconciler.workflow.executions import latest_executions, step_data
from reconciler.workflow.session import connect
from reconciler.workflow.validating import manifests_if_any, validate_for_tenant, with_live_customers
from reconciler.writing.ci import in_ci

if TYPE_CHECKING:
    from reconciler.workflow.session import Session

EXECUTIONS = "executions"
CUSTOMERS_DATA = "The result of a step is the customer's data. Do not keep it longer than you need it."


class What(click.ParamType[str]):
    """``executions``, or the name of a kind, in any case of letters and in the plural, too."""

    name = "what"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        kinds = {name.lower(): name for name in default_registry().kinds}
        word = value.lower()
        if word == EXECUTIONS:
            return word
        if word in kinds or word.removesuffix("s") in kinds:
            return kinds[word if word in kinds else word.removesuffix("s")]
        known = [EXECUTIONS, *kinds.values()]
        return self.fail(f"{value!r} cannot be listed; {did_you_mean(value, known)}", param, ctx)


@dataclass(frozen=True, slots=True)
class GetArguments(RunArguments):
    what: str = EXECUTIONS
    name: str | None = None
    limit: int = 10
    step: str | None = None
    execution: str | None = None
    show_in_ci: bool = False
    customers: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        labels = tuple(label.lower() for label in self.labels)
        return {"customer": self.customers, "integration": self.integrations, "label": labels}


@click.command("get", cls=Command)
@click.argument("what", type=What(), metavar="executions|KIND", shell_complete=completed("kind"))
@click.argument("name", required=False, metavar="[ADDRESS|NAME]", shell_complete=completed("object"))
@click.option("--limit", type=Whole(1, 100), default=10, help="How many of the latest runs to list (10).")
@click.option("--step", metavar="NAME", help="Print the result of this step instead: the customer's data.")
@click.option("--execution", metavar="ID", help="The run whose step is printed; without it the latest one.")
@click.option("--show-in-ci", is_flag=True, help="Print the result of a step also in CI, whose logs others can read.")
@click.option(
    "--customer",
    "customers",
    multiple=True,
    metavar="NAME",
    shell_complete=completed("customer"),
    help="List only what belongs to this customer.",
)
@click.option(
    "--integration",
    "integrations",
    multiple=True,
    metavar="NAME",
    shell_complete=completed("integration"),
    help="List only instances of this integration.",
)
@click.option(
    "--label", "labels", multiple=True, metavar="LABEL", shell_complete=completed("label"),
    help="List only what has this label.",
)  # fmt: skip
@manifest_options
@profile_option
@format_option("text", "json")
@rate_option
@timeout_option("End the run this long after connecting (3600).")
@takes(GetArguments)
def command(asked: GetArguments) -> int:
    """List the objects of a kind, live and declared side by side, or the latest runs of an instance.

    get KIND [NAME], such as "get instances": each object with its state. NAME is a handle, a name or a pattern.

    get executions ADDRESS: the latest runs, or with --step the result of a step.
    """
    if asked.what == EXECUTIONS:
        return _executions(asked)
    if asked.step is not None or asked.execution or asked.show_in_ci:
        raise click.UsageError("--step, --execution and --show-in-ci belong to get executions")
    options = with_live_customers(asked.options(without_secrets=True, keep_secrets=False))
    kind = options.registry[asked.what]
    with connect(options, manifests_if_any(options)) as session:
        found = list_objects(session.reading(), session.manifests, kind, asked.name, asked.wanted)
    asked.output.print(listing_document(kind.name, found), listing_text(found, asked.output.style()))
    return 0


def _executions(asked: GetArguments) -> int:
    if asked.name is None or is_glob(asked.name) or any(asked.wanted.values()):
        raise click.UsageError("get executions takes the address of one instance, such as Instance/acme")
    if asked.step is None and (asked.execution or asked.show_in_ci):
        raise click.UsageError("--execution and --show-in-ci belong to --step NAME")
    if asked.step is not None and in_ci(os.environ) and not asked.show_in_ci:
        raise UsageError(
            "the result of a step is the customer's data, and the log of a CI is read by others: nothing was fetched; "
            "--show-in-ci prints it nevertheless"
        )
    options = asked.options(targets=(asked.name,))
    with connect(options, validate_for_tenant(options)) as session:
        _show_executions(asked, asked.name, session)
    return 0


def _show_executions(asked: GetArguments, address: str, session: Session) -> None:
    if asked.step is not None:
        data = step_data(session, address, asked.execution, asked.step)
        say(CUSTOMERS_DATA)
        click.echo(_data_text(data), nl=False)
        return
    found = latest_executions(session, address, asked.limit)
    asked.output.print(executions_document(address, found), executions_text(found, asked.output.style()))


def _data_text(data: Any) -> str:
    """Return a result as JSON, in which nothing acts on a terminal."""
    try:
        return json_text(data)
    except (TypeError, ValueError):
        return json_text(str(data))
