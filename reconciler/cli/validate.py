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


@click.command("validate")
@manifest_options
def command(**given: Any) -> int:
    """Check the manifests, offline: all problems at once, each at its FILE:LINE:COLUMN.

    Secrets are not resolved: none is needed to check what is written.
    """
    try:
        manifests = workflow.validate(workflow_options({**given, "without_secrets": True, "keep_secrets": False}))
    except ReconcilerError as error:
        tell_forge(Outcome("validate", failure=Failure.of(error), surroundings=surroundings(())))
        raise
    counts = Counter(resource.kind for resource in manifests.resources)
    listed = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(counts.items()))
    listed = listed or "no resources"
    click.echo(style_of(given).good(f"Valid: {listed}."))
    return 0
