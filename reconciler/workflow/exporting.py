"""The tenant as manifests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.model.tenant import Tenant
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.exporting.export import Exported, Wanted
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection


def export(
    options: Options, wanted: Wanted, folder: Path, manifests: Manifests | None, connection: Connection
) -> Exported:
    """Write the tenant as manifests into a folder; ``manifests``, which are there, are brought up to date in place."""
    from reconciler.exporting.export import Exporter

    tenant = Tenant(connection.identity)
    return Exporter(options.registry, tenant, connection.read, folder, manifests).run(wanted)


def existing_manifests(options: Options, folder: Path) -> Manifests | None:
    """Return the manifests in a folder, ``None`` where there is no folder; raises ``ManifestErrors``."""
    if (options.cwd / folder).is_dir():
        return validate(replace(options, files=(str(folder),), keep_secrets=True), may_be_empty=True)
    if options.environment:
        message = f"needs a Project that declares it, and there is no folder {folder}"
        raise UsageError(f"--environment {options.environment} {message}")
    return None
