"""Live objects found by name, which another manifest may rename in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from reconciler.kinds.shared.look_alikes import objects_looking_like
from reconciler.kinds.shared.members import Members
from reconciler.kinds.shared.named_spec import name_of
from reconciler.model.capabilities.names import Looks, Names
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import N, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.answers import Node
    from reconciler.model.capabilities.names import LookAlike
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Collection, Live
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class NamedObjects(Generic[N]):
    """A kind's objects, of which the name is all that distinguishes them, and which are always listed as a whole."""

    noun: str
    """What to call one of them in messages."""
    collection: Collection[N]
    """All of them, with the name as their only key."""
    live: Callable[[N], Live[N]]
    """Return a node as a live object."""

    def candidates(self, resource: Resource, view: View) -> Sequence[Live[N]]:
        """Return the live objects that a manifest may mean."""
        found = found_by_name(resource, view, lambda name: view.tenant.find(self.collection, name))
        return [self.live(node) for node in found]

    def names(self) -> Names:
        """Return the capability to be renamed."""
        return Names(name_of, self._conflicts)

    def looks(self) -> Looks:
        """Return the capability to be mistaken for one with a similar name."""
        return Looks(self._alike, beside=self._all)

    def members(self, kind: str) -> Members:
        """Return how another kind's spec lists these objects, which are of ``kind``: by handle, or ``{name: …}``."""
        return Members(
            kind,
            self.noun,
            "name",
            reads=lambda _: [Read(self.collection)],
            find=lambda named, view: [self.live(node) for node in view.tenant.find(self.collection, named["name"])],
            title=lambda live: live.name,
            known=lambda view: [self.live(node).name for node in view.tenant.all(self.collection)],
        )

    def _conflicts(self, resource: Resource, view: View) -> Mapping[str, Diagnostic]:
        """Return which other object has the name already: a second one would be mistaken for it."""
        name = resource.spec.get("name")
        return {
            node.id: Diagnostic(
                f"the name {name!r} is taken by another {self.noun} ({node.id}), to which no manifest gives "
                "another; correct one of the names",
                path=("name",),
            )
            for node in view.tenant.find(self.collection, name)
        }

    def _all(self, _: Resource, view: View) -> Sequence[Live[N]]:
        return [self.live(node) for node in view.tenant.all(self.collection)]

    def _alike(self, resource: Resource, view: View) -> Sequence[LookAlike]:
        def objects() -> Iterable[tuple[Live, str]]:
            return ((live, live.name) for live in map(self.live, view.tenant.all(self.collection)))

        return objects_looking_like(resource.spec["name"], "name", view, self.noun, objects)


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
