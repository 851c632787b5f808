"""What a resource kind tells the pipeline; one subclass a kind, one file a subclass.

The pipeline never names a kind: everything particular to one is behind this interface.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from reconciler.model.declaration import Undeclarable
from reconciler.model.diff import Ignored
from reconciler.model.live import Live
from reconciler.model.step import Revision
from reconciler.text.file_names import FILES_OF_A_CUSTOMER, file_name

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from reconciler.model.appearance import Appearance, LookAlike
    from reconciler.model.declaration import Declared
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.diff import Diff
    from reconciler.model.editor_hints import EditorHints, HintContext
    from reconciler.model.resource import Reference, Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Node, Read
    from reconciler.model.version_use import Unpinned, VersionUse
    from reconciler.model.view import DiffContext, View


class Kind(ABC):
    """One resource kind. Everything here is plain computation; reading and writing happen elsewhere."""

    name: ClassVar[str]
    """As in a manifest's ``kind``."""
    level: ClassVar[int] = 0
    """Kinds of a lower level are written first and deleted last."""
    ownable: ClassVar[bool] = False
    """Whether its objects can carry an ownership label."""
    delete_flag: ClassVar[str | None] = None
    """The command line option without which no object of this kind is deleted."""
    renamable: ClassVar[bool] = True
    """Whether ``lifecycle.renamedFrom`` means something for it."""
    fixed: ClassVar[frozenset[str]] = frozenset()
    """Paths of the spec, with dots, that are never compared: ``lifecycle.ignoreChanges`` leaves them alone."""

    from_outside: ClassVar[frozenset[str]] = frozenset()
    """Fields of the spec in which ``valueFrom`` can stand, so that what is live there may be a secret."""

    @abstractmethod
    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        """Return the places of the spec that name other resources of the manifests.

        Of a manifest that is wrong elsewhere only what is right may be there.
        """

    @abstractmethod
    def identity(self, spec: Mapping[str, Any]) -> Hashable:
        """Return what tells the live object from all others; two manifests may not share it."""

    def live_identity(self, resource: Resource, view: View) -> Hashable:
        """Return ``identity`` with what is live in the place of what refers to it: two new objects may not share it."""
        del view
        return self.identity(resource.spec)

    @abstractmethod
    def title(self, spec: Mapping[str, Any]) -> str:
        """Return the name to show."""

    def belongs_to(self, spec: Mapping[str, Any]) -> str:
        """Return the name to group the resource under when it refers to no other one."""
        return self.title(spec)

    def shard_key(self, spec: Mapping[str, Any]) -> Hashable:
        """Return what decides on the shard of a resource that refers to no other one; ``repr`` tells keys apart."""
        return self.identity(spec)

    def schema(self) -> Mapping[str, Any] | None:
        """Return the JSON Schema of the kind's manifests; ``None``: it is ``schemas/<name>.schema.json``."""
        return None

    def check(self, spec: Mapping[str, Any]) -> Iterable[Diagnostic]:
        """Yield what is wrong with a spec beyond its schema, offline."""
        del spec
        return ()

    @abstractmethod
    def reads(self, resource: Resource, view: View) -> Iterable[Read]:
        """Yield what must be read to plan the resource, as far as it can be told from what is known."""

    @abstractmethod
    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        """Return the live objects that the manifest may mean; more than one is an error."""

    def check_reads(self, resource: Resource, view: View) -> Iterable[Read]:
        """Yield what must be read besides to check a resource before anything is written, once ``reads`` are answered.

        What it refers to by an ID, and what may be meant by a name that nothing has.
        """
        del resource, view
        return ()

    def look_alikes(self, resource: Resource, view: View) -> Sequence[LookAlike]:
        """Return the live objects that look like one that is to be created, and are others."""
        del resource, view
        return ()

    def appearance(self, spec: Mapping[str, Any]) -> Appearance | None:
        """Return what a spec's name looks like among those that it must not be mistaken for; ``None`` for none."""
        del spec
        return None

    def named(self, spec: Mapping[str, Any]) -> Hashable | None:
        """Return what an object is found by that ``lifecycle.renamedFrom`` can name; ``None`` for a kind without."""
        del spec
        return None

    def found_by_name(self, spec: Mapping[str, Any]) -> bool:
        """Say whether the name of a spec is all that tells its live object from others."""
        return self.named(spec) is not None

    def once(self, spec: Mapping[str, Any]) -> Appearance | None:
        """Return what of a spec the API may take once in a tenant, whatever else identifies the object."""
        del spec
        return None

    def unclear(self, resource: Resource, view: View) -> Iterable[Diagnostic]:
        """Yield why it cannot be told what a resource belongs to; asked where there is no candidate."""
        del resource, view
        return ()

    def ignored(self, resource: Resource, view: View) -> Ignored:
        """Return what is ignored of a resource, with what of it exists nowhere.

        What the schema of the kind does not have is reported before.
        """
        del view
        return Ignored(resource.lifecycle.ignore_changes)

    def conflicts(self, resource: Resource, view: View) -> Mapping[str, Diagnostic]:
        """Return, by ID, the live objects that have what the object is to have alone, with what to say of each.

        The problem's path is of the field that they share. One that gives it up in the same run goes first, and
        nothing is said of it; nor of the object itself. What is ignored is not in the spec.
        """
        del resource, view
        return {}

    @abstractmethod
    def diff(self, resource: Resource, context: DiffContext) -> Diff:
        """Compare each declared field once; return those that differ, those that are the same, and the steps to take.

        The same ones are returned only if ``context.include_unchanged`` is set.
        """

    @abstractmethod
    def deletion(self, live: Live) -> Step:
        """Return the step that deletes the object."""

    def deletion_reads(self, live: Live) -> Iterable[Read]:
        """Yield what must be read to say what would go with the object."""
        del live
        return ()

    def deletion_warnings(self, live: Live, view: View) -> Iterable[str]:
        """Yield what would go with the object."""
        del live, view
        return ()

    def deletion_observed(self, live: Live, view: View) -> Any:
        """Return what of all that would go with the object a plan to delete it rests on."""
        return list(self.deletion_warnings(live, view))

    def contained(self, live: Live, view: View) -> int:
        """Return how many objects that could carry an ownership label of their own would go with it."""
        del live, view
        return 0

    def undeletable(self, live: Live, view: View) -> str | None:
        """Return why the object cannot be deleted at all, if so."""
        del live, view
        return None

    def revise(
        self, resource: Resource, context: DiffContext, done: Step, payload: Node, rest: Sequence[Step]
    ) -> Revision:
        """Return what remains to be done, now that ``done`` was answered with the object ``payload``."""
        del resource, context, done, payload
        return Revision(rest)

    def labels(self, live: Live) -> frozenset[str]:
        """Return the labels the object carries, lower-cased."""
        return frozenset(str(label).lower() for label in live.node.get("labels") or ())

    def release(self, live: Live, labels: Sequence[str]) -> Step:
        """Return the step after which the object carries just these labels, and is otherwise as it was.

        Only kinds that are ``ownable`` have one; raises ``TypeError`` for the others.
        """
        raise TypeError(f"objects of the kind {live.kind} carry no labels, so these cannot be set: {labels}")

    def by_id(self, identifier: str) -> Read | None:
        """Return what reads the object with an ID, if it is one that a manifest can mean and that carries labels."""
        del identifier
        return None

    def labelled(self, label: str) -> Read | None:
        """Return what reads every object of the kind that carries the label, if the kind has labels."""
        del label
        return None

    def belonging_to(self, owner: Live) -> Read | None:
        """Return what reads the objects that have no label of their own and belong to an owned one."""
        del owner
        return None

    def owner_id(self, live: Live) -> str | None:
        """Return the ID of the object that this one belongs to, and goes with."""
        del live
        return None

    def owner_of(self, resource: Resource, view: View) -> str | None:
        """Return the ID of the live object that a resource belongs to, there or to be created, if it is known."""
        del resource, view
        return None

    def live(self, node: Node) -> Live:
        """Return the node as a live object."""
        return Live(self.name, str(node["id"]), str(node.get("name") or ""), node)

    def observed(self, live: Live) -> Mapping[str, Any]:
        """Return what of the object a plan rests on: no secret, nothing that changes by itself."""
        return {"id": live.id, "name": live.name}

    def live_secrets(self, view: View) -> Iterable[str]:
        """Return the secrets in what was read that no field's name shows to be one."""
        del view
        return ()

    def authorizations(self, live: Live) -> Read | None:
        """Return what reads the addresses where somebody has still to authorize something of the object."""
        del live
        return None

    def authorize_urls(self, node: Node) -> Mapping[str, str]:
        """Return those addresses by name, from the node so read. They are secrets: shown only when asked for."""
        del node
        return {}

    def outcome(self, live: Live) -> Mapping[str, Any]:
        """Return what a person needs next, once the object is there."""
        return {"id": live.id}

    def unpinned(self, spec: Mapping[str, Any]) -> Unpinned | None:
        """Return the version that a spec leaves to whatever is newest, if there is one: a lock can hold it."""
        del spec
        return None

    def takes(self, spec: Mapping[str, Any]) -> str | None:
        """Return the name of what a spec takes a version of, if it does."""
        del spec
        return None

    def takers(self, sequence: str) -> Read | None:
        """Return what reads every live object of any of the versions that share ``sequence``, if there can be any."""
        del sequence
        return None

    def taking(self, live: Live, view: View) -> VersionUse | None:
        """Return which version a live object is of, and what the one that is not published would mean to it."""
        del live, view
        return None

    def inventory(self) -> Read | None:
        """Return what reads every live object that a manifest can mean; ``None``: the kind is not exported."""
        return None

    def facets(self, live: Live) -> Mapping[str, frozenset[str]]:
        """Return what an export can be narrowed down by: the names of the things that the object has to do with."""
        del live
        return {}

    def file_of(self, handle: str, owner: str | None) -> str:
        """Return where an export writes the manifest, with ``/``; ``owner``: the folder of what it belongs to."""
        folder = owner or self.name.lower()
        name = handle.removeprefix(f"{folder.rpartition('/')[2]}-") or handle
        return f"{folder}/{file_name(name, self.name, FILES_OF_A_CUSTOMER)}.yaml"

    def handle_candidates(self, live: Live, owner: str | None) -> Sequence[str]:
        """Return words to make a handle of, the best first; ``owner``: the handle of what the object belongs to."""
        return (f"{owner} {live.name}" if owner else live.name,)

    def declaration_reads(self, live: Live) -> Iterable[Read]:
        """Yield what must be read to declare the object."""
        del live
        return ()

    def editor_hint_reads(self, known: HintContext) -> Iterable[Read]:
        """Yield what must be read to tell what is known, as far as it can be told; asked again after each answer."""
        del known
        return ()

    def editor_hints(self, known: HintContext) -> EditorHints | None:
        """Return what the tenant adds to the kind's schema for editors: no secret, and no value of an object."""
        del known
        return None

    def declare(self, live: Live, view: View, owner: Live | None, *, full: bool) -> Declared:
        """Return the manifest of a live object: what differs from the defaults, or all that can be declared."""
        del view, owner, full
        raise Undeclarable(f"objects of the kind {live.kind} are not exported")


@dataclass(frozen=True, slots=True)
class Registry:
    """The kinds a run knows, by name."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Kind:
        return self.kinds[name]

    def __iter__(self) -> Any:
        return iter(self.kinds.values())
