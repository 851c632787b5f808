"""What an editor knows of log streams: the severities there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.model.capabilities.editor import Editor, EditorHints, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import HintContext

READ = Read(SEVERITIES)


def _reads(_known: HintContext) -> Iterator[Read]:
    yield READ


def _hints(known: HintContext) -> EditorHints:
    tenant = known.view.tenant
    names = {node.id.lower(): "" for node in tenant.all(SEVERITIES)}
    made = EditorHints({("spec", "severities", "*"): offered(names)})
    if refusal := tenant.refusal(READ):
        made.notes.append(f"severities of log streams are not offered: {refusal}")
    return made


EDITOR = Editor(_reads, _hints)
