"""The manifest's ``lifecycle``: what of a spec is left out of comparing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.kinds.resource import Resource


def without_ignored(resource: Resource) -> Resource:
    """Return the resource without what ``ignoreChanges`` names: paths with dots, such as ``description``.

    ``configVariables.Batch Size`` names one variable, ``configVariables`` all of them. Keys that have dots in
    them are found too: the names along a path, joined with dots, are what is compared.
    """
    ignored = set(resource.lifecycle.ignore_changes)
    if not ignored:
        return resource
    return replace(resource, spec=_without(resource.spec, ignored, ""))


def _without(value: Any, ignored: Collection[str], prefix: str) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        key: _without(item, ignored, f"{prefix}{key}.")
        for key, item in value.items()
        if f"{prefix}{key}" not in ignored
    }
