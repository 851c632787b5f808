"""Users: a customer's users, and the organization's team members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.user.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.user.differ import DIFFER
    from reconciler.kinds.user.editor import EDITOR
    from reconciler.kinds.user.export import EXPORT
    from reconciler.kinds.user.finder import FINDER, LOOKS
    from reconciler.kinds.user.ownership import DELETION, PARENT
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(FINDER, DIFFER, DELETION, looks=LOOKS, parent=PARENT, export=EXPORT, editor=EDITOR)


KIND = Kind(NAME, SPEC, _capabilities, level=1)
