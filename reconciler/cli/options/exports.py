"""The options of commands that export a tenant: which part of it, and in how much detail."""

from __future__ import annotations

from dataclasses import dataclass

import click

from reconciler.cli.options.shared import (
    add_all,
    format_option,
    no_color_option,
    profile_option,
    rate_option,
    timeout_option,
    verbose_option,
)
from reconciler.exporting.export import Wanted

export_options = add_all(
    click.option(
        "--customer", "customers", multiple=True, metavar="NAME", help="Only this customer (name or external ID)."
    ),
    click.option(
        "--integration", "integrations", multiple=True, metavar="NAME", help="Only instances of this integration."
    ),
    click.option("--label", "labels", multiple=True, metavar="LABEL", help="Only objects with this label."),
    click.option(
        "--target", "addresses", multiple=True, metavar="ADDRESS",
        help="Only the object that gets this address, such as Instance/acme, and its customer. Repeatable.",
    ),
    click.option(
        "--secrets", type=click.Choice(["unmanaged", "reference"]), default="unmanaged",
        help="Leave out everything that is or may be a secret (unmanaged, the default), or refer to environment "
        "variables (reference).",
    ),
    click.option(
        "--sets", is_flag=True,
        help="Write instances that are alike as one InstanceSet: at least five of one integration.",
    ),
    click.option("--full", is_flag=True, help="Also write defaults."),
    profile_option,
    format_option("text", "json"),
    rate_option,
    timeout_option("End the run this long after connecting (3600)."),
    click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
    verbose_option,
    no_color_option,
)  # fmt: skip
"""Which part of which tenant to export, and how to show the outcome."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Which part of the tenant to export, and in how much detail."""

    customers: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    secrets: str = "unmanaged"
    sets: bool = False
    full: bool = False

    def wanted(self) -> Wanted:
        """Return the options in the exporter's form."""
        names = {
            "customer": self.customers,
            "integration": self.integrations,
            "label": tuple(label.lower() for label in self.labels),
        }
        references = self.secrets == "reference"
        return Wanted(names, self.addresses, full=self.full, references=references, sets=self.sets)
