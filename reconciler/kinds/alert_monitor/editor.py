"""What an editor knows of alert monitors: the triggers and the log levels there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.finder import TRIGGERS
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.model.capabilities.editor import Editor, EditorHints, not_offered, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.capabilities.editor import HintContext


READS: Mapping[str, Read] = {"alert triggers": Read(TRIGGERS), "log levels": Read(SEVERITIES)}


def _hints(known: HintContext) -> EditorHints:
    tenant = known.view.tenant
    made = EditorHints(notes=not_offered(tenant, READS))
    made.offers["spec", "triggers", "*"] = offered({node.name: "" for node in tenant.all(TRIGGERS)})
    made.offers["spec", "logLevel"] = offered({node.id.lower(): "" for node in tenant.all(SEVERITIES)})
    return made


EDITOR = Editor(lambda _: READS.values(), _hints)
