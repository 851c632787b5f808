"""Live objects found by name, which another manifest may rename in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from reconciler.kinds.shared.look_alikes import objects_looking_like
from reconciler.kinds.shared.members import Members
from reconciler.kinds.shared.named_spec import name_of
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import Looks, Names
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Live, N, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.answers import Node
    from reconciler.model.capabilities.names import LookAlike
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Collection
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class NamedObjects(Generic[N]):
    """A kind's objects, of which the name is all that distinguishes them, and which are always listed as a whole."""

    kind: str
    noun: str
    """What to call one of them in messages."""
    collection: Collection[N]
    """All of them, with the name as their only key."""

    def live(self, node: N) -> Live[N]:
        """Return a node as a live object."""
        return Live(self.kind, node.id, node.name, node)  # type: ignore[attr-defined] # all nodes of such a kind have one

    def finder(
        self,
        managed: Callable[[Resource], Iterable[Read]] = lambda _: (),
        absent: Callable[[Live], Iterable[Read]] = lambda _: (),
        secrets: Callable[[Sequence[N]], Iterable[str]] = lambda _: (),
    ) -> Finder:
        """Return how one is found.

        ``managed`` yields the further reads for a resource that is to exist, ``absent`` those for a live object that is
        to be deleted, and ``secrets`` the secrets of the live objects that no field's name shows to be one.
        """

        def reads(resource: Resource, view: View) -> Iterator[Read]:
            # The API filters by a part of a name at most, and few organizations have more than a page of them.
            yield Read(self.collection)
            if resource.lifecycle.managed:
                yield from managed(resource)
            if resource.lifecycle.absent and (live := view.live(resource.address)):
                yield from absent(live)

        return Finder(
            reads, self._candidates, self.live, secrets=lambda view: secrets(view.tenant.all(self.collection))
        )

    def _candidates(self, resource: Resource, view: View) -> Sequence[Live[N]]:
        found = found_by_name(resource, view, lambda name: view.tenant.find(self.collection, name))
        return [self.live(node) for node in found]

    def names(self) -> Names:
        """Return the capability to be renamed."""
        return Names(name_of, self._conflicts)

    def looks(self) -> Looks:
        """Return the capability to be mistaken for one with a similar name."""
        return Looks(self._alike, beside=self._all)

    def members(self) -> Members:
        """Return how another kind's spec lists these objects: by handle, or ``{name: …}``."""
        return Members(
            self.kind,
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
