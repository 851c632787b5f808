"""A digest of the desired content, by which a saved plan shows whether the manifests have changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.manifests.project.project import Project
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Rollout


def digest_of(resources: Sequence[Resource], project: Project | None, rollouts: Sequence[Rollout] = ()) -> str:
    """Return a digest of the desired content, with ``valueFrom`` in place of each secret."""
    digest = hashlib.sha256()
    # One resource at a time, since all of them as one JSON text may be large.
    settings: Any = None
    if project:
        children: Any = sorted(project.prune_children)
        # Digests of plans that were saved before other kinds could be pruned stay valid.
        children = bool(children) if children in ([], ["User"]) else children
        settings = [project.name, project.ownership_label, project.prune, children]
    digest.update(f'{{"project":{_json(settings)},"resources":['.encode())
    for number, resource in enumerate(resources):
        digest.update(("," * bool(number) + _json(_content(resource))).encode())
    digest.update(b"]}")
    for rollout in rollouts:
        digest.update(repr(rollout).encode())
    return f"sha256:{digest.hexdigest()}"


def resource_digest(resource: Resource, version: int | str | None = None) -> str:
    """Return sixteen hex digits that identify the content of one manifest, by which a label holds it back.

    ``version`` is the version that the manifest leaves open, and that it means now.
    """
    return hashlib.sha256(_json([_content(resource), version]).encode()).hexdigest()[:16]


def _content(resource: Resource) -> dict[str, Any]:
    return {
        "address": resource.address,
        "spec": resource.spec,
        "lifecycle": [
            resource.lifecycle.prevent_destroy,
            sorted(resource.lifecycle.ignore_changes),
            "unmanaged" if resource.lifecycle.unmanaged else resource.lifecycle.absent,
            list(resource.lifecycle.renamed_from),
        ],
    }


def _json(value: Any) -> str:
    return _ENCODER.encode(value)


# Made once, not for each resource. Decimal numbers are the only values that JSON lacks: they get all their digits, in a
# form that no manifest value has.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=lambda number: ["number", str(number)])
