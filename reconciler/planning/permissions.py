"""What the API says that it will not allow, before it is asked to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.model.kind import Kind
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View

_REFUSED = (
    "the API does not allow {}: its field {} is false; the organization's plan does not include it, or the role of the "
    "token's user does not permit it"
)


def permission_reads(kind: Kind, resource: Resource, view: View) -> Iterable[Read]:
    """Return the reads that show whether a resource without a live object may be created."""
    if kind.permission and resource.lifecycle.managed and view.live(resource.address) is None:
        return kind.permission.reads(resource, view)
    return ()


def forbidden(
    kind: Kind, resource: Resource, live: Live | None, steps: Sequence[Step], view: View
) -> Iterator[Diagnostic]:
    """Yield that the creation or the change of an object is not allowed, if so."""
    if live is None and kind.permission and kind.permission.granted(resource, view) is False:
        yield Diagnostic(_REFUSED.format("creating it", kind.permission.field), path=())
    if live and steps and not live.allows("update"):
        yield Diagnostic(_REFUSED.format("changing it", "allowUpdate"), path=())


def undeletable(live: Live) -> str | None:
    """Return that a live object may not be deleted, if so."""
    return None if live.allows("remove") else _REFUSED.format("deleting it", "allowRemove")
