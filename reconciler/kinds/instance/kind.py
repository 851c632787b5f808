"""Instances: one integration deployed for one customer, with its config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.instance.deployment import AUTHORIZATION
    from reconciler.kinds.instance.differ import DIFFER
    from reconciler.kinds.instance.editor import EDITOR
    from reconciler.kinds.instance.export import EXPORT
    from reconciler.kinds.instance.finder import FINDER, LOOKS, NAMES
    from reconciler.kinds.instance.health import HEALTH
    from reconciler.kinds.instance.ownership import DELETION, LABELS, PARENT
    from reconciler.kinds.instance.revision import FOLLOW_UP
    from reconciler.kinds.instance.rollback import ROLLBACK
    from reconciler.kinds.instance.versions import VERSIONS
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER,
        DIFFER,
        DELETION,
        names=NAMES,
        looks=LOOKS,
        labels=LABELS,
        parent=PARENT,
        follow_up=FOLLOW_UP,
        authorization=AUTHORIZATION,
        versions=VERSIONS,
        export=EXPORT,
        editor=EDITOR,
        health=HEALTH,
        rollback=ROLLBACK,
    )


KIND = Kind(NAME, SPEC, _capabilities, level=1)
