"""Writing the schemas for editors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.editor_schemas.tenant_schemas import editor_schemas
from reconciler.manifests.schema.schemas import schema_folder
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.editor_schemas.tenant_schemas import EditorSchemas
    from reconciler.model.resource import Resource
    from reconciler.workflow.session import Session


@dataclass(frozen=True, slots=True)
class WrittenSchemas:
    """The written files, and notes on what could not be read of the tenant."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def write_schemas(folder: Path, session: Session | None = None) -> WrittenSchemas:
    """Write every schema into a folder; with a session, those of manifests and overlays know its tenant.

    They offer the handles of the session's manifests. Raises ``UsageError`` for a folder that cannot
    be written to.
    """
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(schema_folder().glob("*.schema.json"))}
    notes: tuple[str, ...] = ()
    if session:
        made = tenant_schemas(session, session.manifests.resources)
        texts |= made.texts
        notes = made.notes
    outputs = {Output(str(folder / name), folder / name): text for name, text in texts.items()}
    for output in outputs:
        output.resolved()
    for output, text in outputs.items():
        output.write(text, folders=True)
    return WrittenSchemas(tuple(output.path for output in outputs), notes)


def tenant_schemas(session: Session, resources: Sequence[Resource]) -> EditorSchemas:
    """Return the schemas that know a tenant, by file name, with notes on what could not be read.

    ``resources`` are what the manifests declare, whose handles are offered.
    """
    return editor_schemas(session.reading(), resources, session.manifests.pins)
