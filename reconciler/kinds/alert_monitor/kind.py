"""Alert monitors: what is watched of an instance or of one of its flows, and who is notified.

A monitor carries no labels. It is deleted by ``lifecycle.state: absent``, with its instance, or by
``prune.children: [AlertMonitor]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.alert_monitor.differ import DELETION, DIFFER
    from reconciler.kinds.alert_monitor.editor import EDITOR
    from reconciler.kinds.alert_monitor.export import EXPORT
    from reconciler.kinds.alert_monitor.finder import FINDER, LOOKS, NAMES, PERMISSION
    from reconciler.kinds.alert_monitor.flows import PARTS, SECOND_LOOK
    from reconciler.kinds.alert_monitor.follow_up import FOLLOW_UP
    from reconciler.kinds.alert_monitor.ownership import PARENT
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER,
        DIFFER,
        DELETION,
        names=NAMES,
        looks=LOOKS,
        parent=PARENT,
        follow_up=FOLLOW_UP,
        export=EXPORT,
        editor=EDITOR,
        permission=PERMISSION,
        parts=PARTS,
        second_look=SECOND_LOOK,
    )


KIND = Kind(NAME, SPEC, _capabilities, level=4)
