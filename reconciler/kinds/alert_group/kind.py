"""Alert groups: the users and the webhooks that alerts go to.

They carry no labels, so nothing but ``lifecycle.state: absent`` deletes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_group.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.alert_group.differ import DELETION, DIFFER
    from reconciler.kinds.alert_group.editor import EDITOR
    from reconciler.kinds.alert_group.export import EXPORT
    from reconciler.kinds.alert_group.finder import FINDER, LOOKS, NAMES, PERMISSION
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER, DIFFER, DELETION, names=NAMES, looks=LOOKS, export=EXPORT, editor=EDITOR, permission=PERMISSION
    )


KIND = Kind(NAME, SPEC, _capabilities, level=2)
