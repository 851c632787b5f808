"""Undeclared renames: the plan creates an object, and a similar owned one lost its manifest."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.plan import Change

NEAR = 60
"""How alike two names must be, of 100, where several objects are created or are in no manifest."""
MOST = 200
"""Orphans of one owner among which an old name is looked for."""


def rename_hints(
    changes: Iterable[Change], orphans: Iterable[tuple[Kind, Live]], deleted: Container[str], view: View
) -> Iterator[tuple[Resource, Live, Diagnostic]]:
    """Yield for each creation the orphan that is probably the same object under its old name, with a diagnostic.

    ``deleted`` are the IDs of the orphans that the plan deletes.
    """
    left: dict[tuple[str, str | None], list[Live]] = defaultdict(list)
    for kind, live in orphans:
        if kind.names:
            left[kind.name, kind.parent_id(live)].append(live)
    if not left:
        return
    made: dict[tuple[str, str | None], list[Resource]] = defaultdict(list)
    for change in changes:
        if change.live is None and change.resource is not None:
            made[change.kind.name, change.kind.parent_id_of(change.resource, view)].append(change.resource)
    for key, resources in made.items():
        for resource in resources if key in left else ():
            former = _former(resource.spec["name"], left[key], alone=len(resources) == 1)
            if former:
                yield resource, former, _hint(resource, former, deleted=former.id in deleted)


def _former(name: str, orphans: Sequence[Live], *, alone: bool) -> Live | None:
    """Return the orphan that a name probably belongs to; the only one where one object alone is created."""
    from rapidfuzz import process, utils

    if alone and len(orphans) == 1:
        return orphans[0]
    names = [live.name for live in orphans[:MOST]]
    found = process.extractOne(name, names, processor=utils.default_process, score_cutoff=NEAR)
    return orphans[found[2]] if found else None


def _hint(resource: Resource, live: Live, *, deleted: bool) -> Diagnostic:
    fate = "is deleted" if deleted else "stays"
    message = (
        f"{resource.spec['name']!r} is created, and {live.name!r} ({live.id}), which is in no manifest, {fate}; this "
        f"looks like a rename: if it is one, add lifecycle.renamedFrom: [{json.dumps(live.name, ensure_ascii=False)}], "
        "which keeps the object"
    )
    return Diagnostic(message, path=("name",))
