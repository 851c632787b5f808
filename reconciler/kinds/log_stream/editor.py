"""What an editor knows of log streams: their names, and the severities there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.log_stream.finder import OBJECTS, STREAMS
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.kinds.shared.named_editor import name_hints
from reconciler.model.capabilities.editor import Editor, not_offered, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.model.capabilities.editor import EditorHints, HintContext

READ = Read(SEVERITIES)


def _hints(known: HintContext) -> EditorHints:
    tenant = known.view.tenant
    names = {node.id.lower(): "" for node in tenant.all(SEVERITIES)}
    made = name_hints(OBJECTS, known)
    made.offers["spec", "severities", "*"] = offered(names)
    made.notes += not_offered(tenant, {"severities of log streams": READ})
    return made


EDITOR = Editor(lambda _: (READ, Read(STREAMS)), _hints)
