"""Schemas for editors, in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.pins import Pins
from reconciler.model.tenant import Tenant
from reconciler.workflow.validating import validate
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.editor_schemas.tenant_schemas import EditorSchemas
    from reconciler.manifests.result import Manifests
    from reconciler.model.resource import Resource
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection


@dataclass(frozen=True, slots=True)
class WrittenSchemas:
    """The files that were written, and what of the tenant could not be read for them."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def write_schemas(
    options: Options, folder: Path, manifests: Manifests | None = None, connection: Connection | None = None
) -> WrittenSchemas:
    """Write every schema into a folder; with a connection, those of manifests and overlays know its tenant.

    ``manifests`` are those whose handles are offered, if there are any. Raises ``UsageError`` for a folder that cannot
    be written to.
    """
    from reconciler.manifests.schema.schemas import schema_folder

    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(schema_folder().glob("*.schema.json"))}
    notes: tuple[str, ...] = ()
    if connection:
        made = tenant_schemas(options, manifests.resources if manifests else (), connection, _pins(manifests))
        texts |= made.texts
        notes = made.notes
    outputs = {Output(str(folder / name), folder / name): text for name, text in texts.items()}
    for output in outputs:
        output.resolved()
    for output, text in outputs.items():
        output.write(text, folders=True)
    return WrittenSchemas(tuple(output.path for output in outputs), notes)


def tenant_schemas(
    options: Options, resources: Sequence[Resource], connection: Connection, pins: Pins | None = None
) -> EditorSchemas:
    """Return the schemas that know a tenant, by file name, with what of it could not be read.

    ``resources`` are what the manifests declare, whose handles are offered; ``pins`` are the lock's.
    """
    from reconciler.editor_schemas.fetch_hints import know
    from reconciler.editor_schemas.tenant_schemas import editor_schemas

    tenant = Tenant(connection.identity)
    return editor_schemas(know(resources, pins or Pins(), options.registry, tenant, connection.read))


def _pins(manifests: Manifests | None) -> Pins:
    return manifests.pins if manifests else Pins()


def manifests_if_any(options: Options) -> Manifests | None:
    """Return the manifests; ``None`` where none are named and there is no Project. Raises ``ManifestErrors``."""
    from reconciler.manifests.files.finder import PROJECT_FILES

    here = any((options.cwd / name).is_file() for name in PROJECT_FILES)
    if options.files or options.environment or here:
        return validate(options, may_be_empty=True)
    return None
