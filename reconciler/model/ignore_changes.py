"""The manifest's ``lifecycle.ignoreChanges``: what of a spec is left out of comparing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.model.resource import Resource


def without_ignored(resource: Resource, fixed: Collection[str] = ()) -> Resource:
    """Return the resource without what ``ignoreChanges`` names: paths with dots, such as ``description``.

    ``configVariables.Batch Size`` names one variable, ``configVariables`` all of them. Keys that have dots in
    them are found too: the names along a path, joined with dots, are what is compared. ``fixed`` are the paths
    that stay in any case: what is never compared cannot be ignored either.
    """
    ignored = set(resource.lifecycle.ignore_changes) - set(fixed)
    if not ignored:
        return resource
    return replace(resource, spec=_without(resource.spec, ignored, fixed, ""))


def _without(value: Any, ignored: Collection[str], fixed: Collection[str], prefix: str) -> Any:
    """Leave out what is ignored, but of that what is fixed."""
    if not isinstance(value, dict):
        return value
    kept: dict[Any, Any] = {}
    for key, item in value.items():
        path = f"{prefix}{key}"
        if path not in ignored:
            kept[key] = _without(item, ignored, fixed, f"{path}.")
        elif inside := {name: each for name, each in _items(item) if f"{path}.{name}" in fixed}:
            kept[key] = inside
    return kept


def _items(value: Any) -> Any:
    return value.items() if isinstance(value, dict) else ()
