"""``reconciler validate``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import RunArguments, common_options, manifest_options
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.model.diagnostic import grouped
from reconciler.reports.shared.outcome import Outcome
from reconciler.workflow.validating import targeted, validate_everywhere, validate_for_tenant, validate_online


@dataclass(frozen=True, slots=True)
class ValidateArguments(RunArguments):
    online: bool = False


@click.command("validate", cls=Command)
@manifest_options
@click.option("--online", is_flag=True, help="Also check against the tenant.")
@common_options
@takes(ValidateArguments)
def command(asked: ValidateArguments) -> int:
    """Check the manifests offline, and report all problems at once, each with its FILE:LINE:COLUMN.

    No secrets are needed. With --online, roles, integrations, versions, config variables and their values are also
    checked against the tenant; nothing is changed.

    If the project declares environments, each is checked, unless you choose one. --online needs one.
    """
    check_files(outputs_of(asked.output), asked.manifests.files)
    reporting = Reporting("validate", asked.manifests, asked.output)
    with reporting:
        options = asked.options(without_secrets=True, keep_secrets=False)
        everywhere = [validate_for_tenant(options)] if asked.online else validate_everywhere(options)
        chosen = {each.address: each for found in everywhere for each in targeted(options, found)}
        if asked.online:
            warnings = validate_online(options, everywhere[0])
        else:
            warnings = grouped(each for found in everywhere for each in found.warnings_of(chosen))
        counts = Counter(resource.kind for resource in chosen.values())
        names = [found.environment.name for found in everywhere if found.environment]
        notes = [f"Checked in each environment: {', '.join(names)}"] if len(names) > 1 else []
        reporting.report(Outcome("validate", valid=counts, cautions=warnings, notes=notes))
    return 0
