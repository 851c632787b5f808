"""Customers' connections: what one customer has in a connection. In the API they are customer config variables.

They carry no labels, so nothing but ``lifecycle.state: absent`` deletes one, or the deletion of its customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer_connection.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.customer_connection.authorization import AUTHORIZATION
    from reconciler.kinds.customer_connection.differ import DELETION, DIFFER, PARENT
    from reconciler.kinds.customer_connection.editor import EDITOR
    from reconciler.kinds.customer_connection.export import EXPORT
    from reconciler.kinds.customer_connection.finder import FINDER, LOOKS, PERMISSION
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER,
        DIFFER,
        DELETION,
        looks=LOOKS,
        parent=PARENT,
        authorization=AUTHORIZATION,
        export=EXPORT,
        editor=EDITOR,
        permission=PERMISSION,
    )


KIND = Kind(NAME, SPEC, _capabilities, level=1)
