"""Live objects whose name another manifest is to get in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Node
    from reconciler.model.view import View


def is_taken_along(found: Iterable[Node], resource: Resource, view: View) -> bool:
    """Say whether what has a resource's name now is renamed by another manifest.

    The resource then means what has one of its former names. Where nothing has, it is not known whether the rename was
    done before and its object deleted since: two manifests that mean one object are an error.
    """
    return not view.taken_along(resource.address).isdisjoint(str(node["id"]) for node in found)
