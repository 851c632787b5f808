"""``lifecycle.ignoreChanges``: the fields of a spec that are not compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.model.resource import Resource


def compared(resource: Resource, fixed: Collection[str], live: object) -> Resource:
    """Return the resource as it is compared with its live object.

    This is the one rule of ``ignoreChanges``: a new object is created with every declared field, and of a live one the
    ignored fields are neither compared nor written. ``live`` is the live object or its node, or ``None``.
    """
    return without_ignored(resource, fixed) if live else resource


def without_ignored(resource: Resource, fixed: Collection[str] = ()) -> Resource:
    """Return the resource without the fields that ``ignoreChanges`` names: dotted paths, such as ``description``.

    ``configVariables.Batch Size`` names one variable, ``configVariables`` all of them. Keys with dots are found too:
    the keys along a path are joined with dots and compared. ``fixed`` are the paths that always stay: fields that
    identify the object are never compared.
    """
    ignored = set(resource.lifecycle.ignore_changes) - set(fixed)
    if not ignored:
        return resource
    return replace(resource, spec=_without(resource.spec, ignored, fixed, ""))


def _without(value: Any, ignored: Collection[str], fixed: Collection[str], prefix: str) -> Any:
    """Return the value without ignored fields; fixed ones stay."""
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
