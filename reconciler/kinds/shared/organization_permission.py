"""What the organization may add: one of its ``allowAdd…`` fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.answers import python_name
from reconciler.model.capabilities.permission import Permission
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from reconciler.model.answers import Node
    from reconciler.model.operation import Operation
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def organization_permission(operation: Operation, field: str) -> Permission:
    """Return the permission to create objects; the operation selects the organization's ``field``."""
    organization: Collection[Node] = Collection(operation, lambda node: [node.id], listable=False, single=True)

    def granted(_: Resource, view: View) -> bool | None:
        found = view.tenant.all(organization)
        return getattr(found[0], python_name(field)) if found else None

    return Permission(f"Organization.{field}", lambda *_: [Read(organization)], granted)
