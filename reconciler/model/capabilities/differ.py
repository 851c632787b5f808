"""How a manifest and its live object are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.diff import Ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.diff import Diff
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.view import DiffContext, View


def as_written(resource: Resource, _view: View) -> Ignored:
    """Return the paths of ``ignoreChanges`` as the manifest has them."""
    return Ignored(resource.lifecycle.ignore_changes)


@dataclass(frozen=True, slots=True)
class Differ:
    """The comparison. The planner asks it once for each resource that is to exist."""

    diff: Callable[[Resource, DiffContext], Diff]
    """Compare each declared field once; return the different fields, the equal ones, and the steps.

    Equal fields are returned only if ``context.include_unchanged`` is set.
    """
    observed: Callable[[Live], Mapping[str, Any]]
    """Return the state that a saved plan records, without values that change by themselves; secrets stay ``Secret``."""
    ignored: Callable[[Resource, View], Ignored] = as_written
    """Return the ignored paths of a resource, and problems with them beyond the kind's schema."""
