"""Alert groups as members of something: by handle, or ``{name: …}``."""

from __future__ import annotations

from reconciler.kinds.alert_group.finder import GROUPS, live_group
from reconciler.kinds.alert_group.spec import NAME
from reconciler.kinds.shared.members import Members
from reconciler.model.tenant import Read

MEMBERS = Members(
    NAME,
    "alert group",
    "name",
    reads=lambda _: [Read(GROUPS)],
    find=lambda named, view: [live_group(node) for node in view.tenant.find(GROUPS, named["name"])],
    title=lambda live: live.name,
    known=lambda view: [node.name for node in view.tenant.all(GROUPS)],
)
