"""A manifest as a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.resource import Lifecycle, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.manifests.overlays import Manifest
    from reconciler.model.diagnostic import Diagnostic


def resource_of(manifest: Manifest) -> Resource:
    """Return a valid manifest as a resource."""
    data = manifest.data
    return Resource(
        data["kind"],
        data["metadata"]["name"],
        data["spec"],
        manifest.origin,
        _lifecycle(data.get("lifecycle", {})),
        manifest.membership,
    )


def valid_part(manifest: Manifest, wrong: Sequence[Diagnostic]) -> Resource | None:
    """Return the valid fields of an invalid manifest as a resource; ``None`` where its envelope is invalid."""
    data = manifest.data
    roots = {problem.path[0] if problem.path else None for problem in wrong}
    spec = data.get("spec")
    # A problem at the root hides the rest, which was not checked.
    if not isinstance(spec, dict) or roots & {None, "apiVersion", "kind", "metadata"}:
        return None
    touched = {problem.path[1] for problem in wrong if problem.path[:1] == ("spec",) and problem.path[1:]}
    kept = {key: value for key, value in spec.items() if key not in touched}
    lifecycle = Lifecycle() if "lifecycle" in roots else _lifecycle(data.get("lifecycle", {}))
    return Resource(data["kind"], data["metadata"]["name"], kept, manifest.origin, lifecycle, manifest.membership)


def _lifecycle(data: Mapping[str, Any]) -> Lifecycle:
    return Lifecycle(
        prevent_destroy=data.get("preventDestroy", False),
        ignore_changes=tuple(data.get("ignoreChanges", ())),
        absent=data.get("state") == "absent",
        unmanaged=data.get("state") == "unmanaged",
        renamed_from=tuple(data.get("renamedFrom", ())),
        heal=data["drift"] == "heal" if "drift" in data else None,
    )
