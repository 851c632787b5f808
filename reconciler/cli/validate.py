"""``reconciler validate``."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options import common_options, manifest_options, workflow_options
from reconciler.cli.outputs import check_files
from reconciler.cli.reporting import Reporting
from reconciler.reports.outcome import Outcome


@click.command("validate")
@manifest_options
@click.option("--online", is_flag=True, help="Check against the tenant as well: what its integrations declare.")
@common_options
def command(**given: Any) -> int:
    """Check the manifests, offline: all problems at once, each at its FILE:LINE:COLUMN.

    Secrets are not resolved: none is needed to check what is written. Roles, integrations, versions, config variables
    and their values are checked against the tenant too, with --online; nothing is changed.
    """
    check_files(given)
    with Reporting("validate", given) as reporting:
        options = workflow_options({**given, "without_secrets": True, "keep_secrets": False})
        manifests = workflow.validate(options)
        chosen = workflow.targeted(options, manifests)
        online = workflow.validate_online(options, manifests) if given["online"] else None
        warnings = workflow.validate_offline(manifests, chosen) if online is None else online
        counts = Counter(resource.kind for resource in chosen)
        reporting.tell(Outcome("validate", valid=counts, cautions=warnings))
    return 0
