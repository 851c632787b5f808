"""Live objects that another manifest renames in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.answers import Node
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def is_taken_along(found: Iterable[Node], resource: Resource, view: View) -> bool:
    """Return whether another manifest renames the live object that has the resource's name now.

    Then the resource means the object with one of its former names. If no object has one, the rename may have been
    done before and the object deleted since, so two manifests mean one object, and that is an error.
    """
    return not view.taken_along(resource.address).isdisjoint(node.id for node in found)
