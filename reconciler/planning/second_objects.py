"""Objects about to be created beside a live one that may be meant: a name was changed without ``renamedFrom``.

Kinds whose objects carry no labels are found by name. With another name in the manifest a second object is created, and
the first one stays. A hint needs one live object, and one only, that no manifest declares and that is as the new one in
everything else that is declared. Only what was read anyway is looked at.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.view import DiffContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View
    from reconciler.planning.plan import Change

MOST_COMPARED = 20
"""Beside more undeclared objects than this nobody can say which one is meant, and comparing them all takes time."""
NAME = ("name",)
RENAME = (
    "this creates a second {kind} beside {name!r} ({id}), which no manifest declares and which is the same but for its "
    "name: if that is this one, add it to lifecycle.renamedFrom"
)
REPLACE = (
    "this creates a second {kind} beside {name!r} ({id}), which no manifest declares and which is the same in "
    "everything else: what identifies it cannot be changed; delete that one with a manifest of its own (state: "
    "absent), or declare this one as it is there"
)


def second_objects(
    changes: Sequence[Change], claimed: Mapping[str, str], view: View
) -> Iterator[tuple[Resource, Diagnostic]]:
    """Yield a warning for each object to be created that may be a live one, under another name.

    ``claimed`` maps the ID of a live object to the address of its manifest.
    """
    found = [(change, live) for change in changes if (live := _meant(change, claimed, view))]
    wanted = Counter(live.id for _, live in found)
    for change, live in found:
        if change.resource and wanted[live.id] == 1:
            message = (RENAME if change.kind.names else REPLACE).format(
                kind=change.kind.name, name=live.name, id=live.id
            )
            yield change.resource, Diagnostic(message, path=NAME if change.kind.names else ())


def _meant(change: Change, claimed: Mapping[str, str], view: View) -> Live | None:
    """Return the one live object that a change may mean which creates another one."""
    resource, looks = change.resource, change.kind.looks
    if change.live or change.deletes or resource is None or looks is None or resource.lifecycle.renamed_from:
        return None
    beside = [live for live in looks.beside(resource, view) if live.id not in claimed]
    if not beside or len(beside) > MOST_COMPARED:
        return None
    elsewhere = _meant_elsewhere(change.kind, view)
    beside = [live for live in beside if live.id not in elsewhere]
    same = [live for live in beside if _is_same(change, resource, live, view)]
    return same[0] if len(same) == 1 else None


def _meant_elsewhere(kind: Kind, view: View) -> frozenset[str]:
    """Return the IDs of the live objects that manifests mean which this run does not plan."""

    def make() -> frozenset[str]:
        others = [each for each in view.left_out if each.kind == kind.name and not each.lifecycle.absent]
        return frozenset(live.id for each in others for live in kind.finder.candidates(each, view))

    made: frozenset[str] = view.tenant.derived(("meant elsewhere", kind.name, view), make)
    return made


def _is_same(change: Change, resource: Resource, live: Live, view: View) -> bool:
    """Return whether a live object has every declared field but the name, and at least one of these."""
    diff = change.kind.differ.diff(resource, DiffContext(view, live, include_unchanged=True))
    known = any(each.path != NAME for each in diff.same)
    return known and not diff.problems and all(each.path == NAME for each in diff.fields)
