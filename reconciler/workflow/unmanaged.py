"""Finding the live objects that nobody declares, among those that a run is restricted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.manifests.result import ManifestOptions
    from reconciler.model.listed import Listed
    from reconciler.workflow.session import Session


def find_unmanaged(session: Session, asked: ManifestOptions) -> Sequence[Listed]:
    """Return the live objects that no manifest declares and no project owns.

    ``asked`` are the options as they were given: a pattern among the targets means live objects, too. Raises
    ``UsageError`` for objects that cannot be read.
    """
    from reconciler.exporting.listing import unmanaged_objects

    facets = {**asked.facets, "label": tuple(label.lower() for label in asked.facets["label"])}
    return unmanaged_objects(session.reading(), session.manifests, asked.targets, facets)
