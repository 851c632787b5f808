"""Connections that instances share. In the API they are scoped config variables.

They carry no labels, so nothing but ``lifecycle.state: absent`` deletes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.connection.authorization import AUTHORIZATION
    from reconciler.kinds.connection.differ import DELETION, DIFFER
    from reconciler.kinds.connection.editor import EDITOR
    from reconciler.kinds.connection.export import EXPORT
    from reconciler.kinds.connection.finder import FINDER, LOOKS, PERMISSION
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER,
        DIFFER,
        DELETION,
        looks=LOOKS,
        authorization=AUTHORIZATION,
        export=EXPORT,
        editor=EDITOR,
        permission=PERMISSION,
    )


KIND = Kind(NAME, SPEC, _capabilities)
