"""Writing the schemas for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.editor_schemas.tenant_schemas import editor_schemas
from reconciler.manifests.schema.schemas import schema_folder
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.workflow.session import Session


def write_schemas(folder: Path, session: Session | None = None) -> tuple[list[Path], Sequence[str]]:
    """Write every schema into a folder; with a session, those of manifests and overlays know its tenant.

    They offer the handles of the session's manifests. Return the files, and notes on what could not be read of the
    tenant. Raises ``UsageError`` for a folder that cannot be written to.
    """
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(schema_folder().glob("*.schema.json"))}
    notes: Sequence[str] = ()
    if session:
        manifests = session.manifests
        made, notes = editor_schemas(session.reading(), manifests.resources, manifests.pins)
        texts |= made
    outputs = {Output(str(folder / name), folder / name): text for name, text in texts.items()}
    for output in outputs:
        output.resolved()
    for output, text in outputs.items():
        output.write(text, folders=True)
    return [output.path for output in outputs], notes
