"""The spec of a kind's manifests, without the tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.pins import Unpinned
    from reconciler.model.place import Path
    from reconciler.model.resource import Reference


class Appearance(NamedTuple):
    """The appearance of a name to a person: names that look alike and must not be confused have equal keys."""

    key: Hashable
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a rollout has to know of the spec of an object that runs a version of something."""

    source: Callable[[Mapping[str, Any]], str]
    """Return the name of what the object runs, such as an integration."""
    owner: Callable[[Mapping[str, Any]], str]
    """Return what to call the object's parent where it is in no manifest."""
    unproven: Callable[[Mapping[str, Any]], bool]
    """Return whether the object does not run as declared, so that its health shows nothing."""


@dataclass(frozen=True, slots=True)
class Unfolding:
    """The fields by which one manifest means several resources: one for each object, and one for each of its parts.

    A monitor with ``instances: {sets: [inventory]}`` and ``flows: [Sync, Report]`` means one with ``instance`` and
    ``flow`` for each member of the set and each of the two flows.
    """

    objects: str
    """The field that selects objects: by ``sets`` that they are members of, and by ``handles``."""
    object: str
    """The field that names one object by its handle instead."""
    kind: str
    """The kind of the objects."""
    sets: str
    """The kind of their sets."""
    parts: str
    """The field that lists parts of each object by name. ``all`` means those that the tenant has."""
    part: str
    """The field that names one part instead."""

    def is_open(self, spec: Mapping[str, Any]) -> bool:
        """Return whether a spec is about parts that only the tenant knows."""
        return spec.get(self.parts) == ALL


ALL = "all"


@dataclass(frozen=True, slots=True)
class Spec:
    """The rules of a spec. ``manifests/`` asks them when it checks files, ``planning/`` when it orders resources.

    >>> Spec(identity=lambda spec: spec["name"], title=lambda spec: spec["name"]).title({"name": "Acme"})
    'Acme'
    """

    identity: Callable[[Mapping[str, Any]], Hashable]
    """Return what distinguishes the live object from all others; two manifests may not share it."""
    title: Callable[[Mapping[str, Any]], str]
    """Return the name to show."""
    references: Callable[[Mapping[str, Any]], Sequence[Reference]] = lambda _: ()
    """Return the places of the spec that name other resources of the manifests.

    A manifest that is wrong elsewhere may lack fields that its schema requires.
    """
    check: Callable[[Mapping[str, Any]], Iterable[Diagnostic]] = lambda _: ()
    """Yield the problems of a spec beyond its schema, offline."""
    appearance: Callable[[Mapping[str, Any]], Appearance] | None = None
    """Return the appearance of a spec's name among those that it must not be confused with."""
    unpinned: Callable[[Mapping[str, Any]], Unpinned | None] = lambda _: None
    """Return the version that a spec leaves to the newest one, if it leaves any: a lock can hold it."""
    fixed: frozenset[str] = frozenset()
    """Paths, with dots, that are never compared: ``lifecycle.ignoreChanges`` cannot name them."""
    deployed: Deployed | None = None
    """What the object runs; ``None`` for a kind whose objects run nothing. Only those that do can be in a rollout."""
    secret_fields: frozenset[str] = frozenset()
    """Fields in which ``valueFrom`` is allowed, so that their live values may be secrets."""
    hidden_keys: frozenset[str] = frozenset()
    """Keys of a manifest below which a value may be a secret, so that no message quotes it."""
    files: Callable[[Mapping[str, Any]], Iterable[Path]] = lambda _: ()
    """Yield the places of the spec that hold ``{file: F}`` and mean the text of that file."""
    facets: Callable[[str, Mapping[str, Any]], Mapping[str, Iterable[str]]] = lambda *_: {}
    """Return, by facet such as ``label``, the names by which a run can be restricted to a handle and its spec.

    What belongs to another resource has the names of that one, too.
    """
    unfolding: Unfolding | None = None
    """How one manifest means several resources; ``None`` for a kind whose manifests mean one each."""
    sets: str = ""
    """The kind of the documents that declare one such object for each of many customers; empty: there are none."""
    schema: Mapping[str, Any] | None = None
    """The JSON Schema of the manifests; ``None``: it is ``schemas/<name>.schema.json``."""
