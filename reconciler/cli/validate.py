"""``reconciler validate``."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.forge import surroundings, tell_forge
from reconciler.cli.options import manifest_options, style_of, workflow_options
from reconciler.errors import ReconcilerError
from reconciler.reports.outcome import Failure, Outcome
from reconciler.reports.plan_text import warning_lines


@click.command("validate")
@manifest_options
@click.option("--online", is_flag=True, help="Check against the tenant as well: what its integrations declare.")
@click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool.")
def command(**given: Any) -> int:
    """Check the manifests, offline: all problems at once, each at its FILE:LINE:COLUMN.

    Secrets are not resolved: none is needed to check what is written. Roles, integrations, versions, config variables
    and their values are checked against the tenant too, with --online; nothing is changed.
    """
    options = workflow_options({**given, "without_secrets": True, "keep_secrets": False})
    try:
        manifests = workflow.validate(options)
        warnings = workflow.validate_online(options, manifests) if given["online"] else ()
    except ReconcilerError as error:
        tell_forge(Outcome("validate", failure=Failure.of(error), surroundings=surroundings(())))
        raise
    for line in warning_lines(warnings, style_of(given, err=True), verbose=given["verbose"] > 0):
        click.echo(line, err=True)
    counts = Counter(resource.kind for resource in manifests.resources)
    listed = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(counts.items()))
    listed = listed or "no resources"
    click.echo(style_of(given).good(f"Valid: {listed}."))
    return 0
