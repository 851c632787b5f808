"""Exporting a tenant as manifests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.exporting.export import Exported, Wanted
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.workflow.session import Session


def export(session: Session, wanted: Wanted, folder: Path) -> Exported:
    """Write the tenant as manifests into a folder; the session's manifests are brought up to date in place."""
    from reconciler.exporting.export import Exporter

    tenant, read = session.empty_tenant(), session.connection.read
    return Exporter(session.registry, tenant, read, folder, session.manifests).run(wanted)


def existing_manifests(options: Options, folder: Path) -> Manifests | None:
    """Return the manifests in a folder, ``None`` if the folder does not exist; raises ``ManifestErrors``."""
    asked = options.manifests
    if (asked.cwd / folder).is_dir():
        manifests = replace(asked, files=(str(folder),), keep_secrets=True)
        return validate(replace(options, manifests=manifests), may_be_empty=True)
    if asked.environment:
        message = f"no Project declares it, since the folder {folder} does not exist"
        raise UsageError(f"--environment {asked.environment}: {message}; export without --environment first")
    return None
