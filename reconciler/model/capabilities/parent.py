"""The parent of a kind's objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read
    from reconciler.model.view import View


THE_ORGANIZATION = "the organization"
"""The group of objects without a parent."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The objects that own others. Grouping, pruning, sharding, guardrails and the export ask.

    >>> from reconciler.kinds.registry import default_registry
    >>> [kind.name for kind in default_registry() if kind.parent]
    ['Instance', 'User']
    """

    of_live: Callable[[Live], str | None]
    """Return the ID of the object that a live one belongs to, and goes with."""
    of_resource: Callable[[Resource, View], str | None]
    """Return the ID of the live object that a resource belongs to, there or to be created, if it is known."""
    identity: Callable[[Resource, View], Hashable]
    """Return a spec's identity within its live parent: two new objects may not share it, however they name that."""
    title: Callable[[Mapping[str, Any]], str]
    """Return the name of a parent that is in no manifest."""
    shard_key: Callable[[Mapping[str, Any]], Hashable]
    """Return what identifies a parent that is in no manifest, as its own manifest would."""
    unclear: Callable[[Resource, View], Iterable[Diagnostic]]
    """Yield why the parent of a resource is unknown; asked if no live object is found."""
    children: Callable[[Live], Read | None] | None = None
    """Return what reads the objects of this kind that belong to an owned one, for a kind without labels of its own."""
