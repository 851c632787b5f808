"""The editor hints of all kinds for one tenant, read in as few requests as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.yaml.layers import Layers
from reconciler.model.editor_hints import HintContext
from reconciler.planning.prefetch import read_rounds, view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.editor_hints import EditorHints
    from reconciler.model.kind import Registry
    from reconciler.model.pins import Pins
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Reader, Tenant


def know(
    resources: Sequence[Resource],
    pins: Pins,
    registry: Registry,
    tenant: Tenant,
    read: Reader,
) -> dict[str, EditorHints]:
    """Return the editor hints of each kind that has any, by its name."""
    layered = frozenset(
        each.address for each in resources if isinstance(each.origin, Layers) and len(each.origin.documents) > 1
    )
    known = HintContext(resources, view_of(tenant, resources, registry, pins), layered)
    editors = {kind.name: kind.editor for kind in registry if kind.editor}
    for reads in read_rounds(tenant, lambda: (each for editor in editors.values() for each in editor.reads(known))):
        read(tenant, reads)
    return {name: editor.hints(known) for name, editor in editors.items()}
