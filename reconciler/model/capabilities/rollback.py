"""Rollback: setting an object back to the version and the values that it had before a change of it failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Reversal:
    """One change to take back."""

    resource: Resource
    """The manifest that failed."""
    view: View
    """The tenant as it was read for the plan: it holds the contents of both versions."""
    before: Live | None = None
    """The object before the change; ``None``: an earlier run changed it, and nobody knows what it was."""
    fields: Sequence[FieldChange] = ()
    """What the change was to write."""
    failed: Version | None = None
    """The version that the manifest means."""
    version: Version | None = None
    """The version to go back to; ``None``: the object stays at the one that it has."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """How an object goes back. A rollout asks, if a member of it fails.

    >>> from reconciler.kinds.registry import default_registry
    >>> [kind.name for kind in default_registry() if kind.rollback]
    ['Instance']
    """

    deployed: Callable[[Live], bool]
    """Return whether the object was ever deployed."""
    settled: Callable[[Live], bool]
    """Return whether the object was deployed as it is now: nothing of it waits for a deploy."""
    moved: Callable[[Live, Version], FieldChange]
    """Return the move of the object to a version as a field."""
    hindrance: Callable[[Reversal, Live], str]
    """Return why the object cannot go back; empty if it can."""
    stays: Callable[[Reversal], Sequence[Diagnostic]]
    """Return what of the change stays although the object goes back, each with its path in the spec."""
    hold: Callable[[Live, Collection[str], Collection[str], Version | None], Step]
    """Return the one write that adds some labels, takes others off, and moves the object to the version, if any."""
    restore: Callable[[Reversal, Live], Sequence[Step]]
    """Return what is left to do at the version to go back to: former values to write, and a deploy."""
    bare: Callable[[Resource], Resource]
    """Return the resource without all that a rollback does not touch, so that no later step writes any of it."""
