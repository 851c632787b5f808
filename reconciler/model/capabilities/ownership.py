"""The owners of an object: its parent, and the project whose label it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View

THE_ORGANIZATION = "the organization"
"""The group of objects without a parent."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The objects that own others. Grouping, pruning, sharding, guardrails and the export ask.

    >>> from reconciler.kinds.registry import default_registry
    >>> {"Instance", "User"} <= {kind.name for kind in default_registry() if kind.parent}
    True
    """

    of_live: Callable[[Live], str | None]
    """Return the ID of the object that a live one belongs to, and goes with."""
    of_resource: Callable[[Resource, View], str | None]
    """Return the ID of the live object that a resource belongs to, there or to be created, if it is known."""
    identity: Callable[[Resource, View], Hashable]
    """Return a spec's identity within its live parent: two new objects may not share it, however they name that."""
    title: Callable[[Mapping[str, Any]], str]
    """Return the name of a parent that is in no manifest."""
    live_title: Callable[[Live], str]
    """Return the name of the customer that a live object is of; empty if the API does not return it."""
    shard_key: Callable[[Mapping[str, Any]], Hashable]
    """Return what identifies a parent that is in no manifest, as its own manifest would."""
    unclear: Callable[[Resource, View], Iterable[Diagnostic]]
    """Yield why the parent of a resource is unknown; asked if no live object is found."""
    live: Callable[[Resource, View], Live | None]
    """Return the live parent of a resource, if it is known."""
    children: Callable[[Live], Read | None] | None = None
    """Return what reads the objects of this kind that belong to an owned one, for a kind without labels of its own."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a kind's objects. Ownership, pruning and ``forget`` ask; an object without labels is never owned.

    >>> from reconciler.kinds.registry import default_registry
    >>> default_registry()["Customer"].labels.labelled("gitops:acme").variables
    {'label': 'gitops:acme'}
    """

    labelled: Callable[[str], Read]
    """Return what reads every object of the kind that carries a label."""
    by_id: Callable[[str], Read]
    """Return what reads the object with an ID, if it is one that a manifest can mean."""
    release: Callable[[Live, Collection[str]], Step]
    """Return the step that removes some labels. The API replaces the whole set, so it writes all others again."""
