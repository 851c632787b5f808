"""What an editor knows of alert monitors: the triggers and the log levels there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.finder import TRIGGERS
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.model.capabilities.editor import Editor, EditorHints, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import HintContext


def _reads(_known: HintContext) -> Iterator[Read]:
    yield Read(TRIGGERS)
    yield Read(SEVERITIES)


def _hints(known: HintContext) -> EditorHints:
    tenant = known.view.tenant
    made = EditorHints()
    for what, collection in (("alert triggers", TRIGGERS), ("log levels", SEVERITIES)):
        if refusal := tenant.refusal(Read(collection)):
            made.notes.append(f"{what} are not offered: {refusal}")
    made.offers["spec", "triggers", "*"] = offered({node.name: "" for node in tenant.all(TRIGGERS)})
    made.offers["spec", "logLevel"] = offered({node.id.lower(): "" for node in tenant.all(SEVERITIES)})
    return made


EDITOR = Editor(_reads, _hints)
