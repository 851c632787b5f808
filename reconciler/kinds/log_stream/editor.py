"""What an editor knows of log streams: their names, and the severities there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.log_stream.finder import OBJECTS, STREAMS
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.kinds.shared.named_editor import name_hints
from reconciler.model.capabilities.editor import Editor, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import EditorHints, HintContext

READ = Read(SEVERITIES)


def _reads(_known: HintContext) -> Iterator[Read]:
    yield READ
    yield Read(STREAMS)


def _hints(known: HintContext) -> EditorHints:
    tenant = known.view.tenant
    names = {node.id.lower(): "" for node in tenant.all(SEVERITIES)}
    made = name_hints(OBJECTS, known)
    made.offers["spec", "severities", "*"] = offered(names)
    if refusal := tenant.refusal(READ):
        made.notes.append(f"severities of log streams are not offered: {refusal}")
    return made


EDITOR = Editor(_reads, _hints)
