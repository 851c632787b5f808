"""Live objects found by name, which another manifest may rename in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.answers import Node
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import N
    from reconciler.model.view import View


def found_by_name(resource: Resource, view: View, find: Callable[[str], Sequence[N]]) -> Sequence[N]:
    """Return the nodes with the resource's name or, where none has it, with a former one; ``find`` is by name."""
    found = find(resource.spec["name"])
    if found and not is_taken_along(found, resource, view):
        return found
    return next(filter(None, map(find, resource.lifecycle.renamed_from)), found)


def is_taken_along(found: Iterable[Node], resource: Resource, view: View) -> bool:
    """Return whether another manifest renames the live object that has the resource's name now.

    Then the resource means the object with one of its former names. If no object has one, the rename may have been
    done before and the object deleted since, so two manifests mean one object, and that is an error.
    """
    return not view.taken_along(resource.address).isdisjoint(node.id for node in found)
