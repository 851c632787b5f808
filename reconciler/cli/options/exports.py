"""What commands that export the tenant share: which part of it, and how much is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.options.numbers import Finite
from reconciler.prismatic.settings import defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.exporting.export import Wanted

Command = TypeVar("Command", bound=Callable[..., Any])


def export_options(command: Command) -> Command:
    """Add what says which part of the tenant is exported, from which tenant, and how the outcome is told."""
    for option in reversed((
        click.option(
            "--customer", "customers", multiple=True, metavar="NAME", help="Only this customer (name or external ID)."
        ),
        click.option(
            "--integration", "integrations", multiple=True, metavar="NAME", help="Only instances of this integration."
        ),
        click.option("--label", "labels", multiple=True, metavar="LABEL", help="Only what carries this label."),
        click.option(
            "--target", "targets", multiple=True, metavar="ADDRESS",
            help="Only what gets this address, such as Instance/acme, and what it belongs to. Repeatable.",
        ),
        click.option(
            "--secrets", type=click.Choice(["unmanaged", "reference"]), default="unmanaged",
            help="What is or may be a secret: leave it out (unmanaged, the default), or take it from environment "
            "variables (reference).",
        ),
        click.option("--full", is_flag=True, help="Write down defaults as well."),
        click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool."),
        click.option(
            "--format", "form", type=click.Choice(["text", "json"]), default="text", help="What stdout carries."
        ),
        click.option("--rate", type=Finite(0.1, 1000), default=defaults.RATE, help="Requests a second, at most."),
        click.option(
            "--timeout", type=Finite(1), metavar="SECONDS", default=defaults.TIMEOUT, help="Give up after so long."
        ),
        click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
        click.option("-v", "--verbose", count=True, help="Say more; -vv still more. Never a secret."),
        click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same."),
    )):  # fmt: skip
        command = option(command)
    return command


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    """Return what is to be exported, for a command's options."""
    from reconciler.exporting.export import Wanted
    from reconciler.exporting.inventory import Narrowing
    from reconciler.exporting.unmanaged import SecretMode

    narrowing = {
        "customer": given["customers"],
        "integration": given["integrations"],
        "label": tuple(label.lower() for label in given["labels"]),
    }
    return Wanted(Narrowing(narrowing), given["targets"], full=given["full"], secrets=SecretMode(given["secrets"]))
