"""Plain attributes of an object: text that is compared as it is, unset and empty being the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.diff import FieldChange, Fields
    from reconciler.model.tenant import Node


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field that has the same name in the manifest, in the API's inputs and in its results."""

    field: str
    default: str | None = None
    """What ``null`` in a manifest means; ``None``: it cannot be null."""


def text(value: Any) -> str:
    """Return an optional string as the API means it: unset reads back as ``""`` or as null."""
    return "" if value is None else str(value)


def compare_attributes(
    attributes: Iterable[Attribute], spec: Mapping[str, Any], node: Node | None, found: Fields
) -> None:
    """Compare the declared attributes with those of a live object (``None``: it is to be created)."""
    for attribute in attributes:
        if attribute.field not in spec:
            continue
        before = None if node is None else text(node.get(attribute.field))
        after = text(spec[attribute.field])
        if node is not None or after:
            found.add((attribute.field,), before, after, same=before == after)


def written(attributes: Iterable[Attribute], fields: Iterable[FieldChange], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input for the attributes among the changed fields; ``""`` clears, as the API has it."""
    changed_fields = {change.path[0] for change in fields}
    return {
        attribute.field: text(spec[attribute.field]) for attribute in attributes if attribute.field in changed_fields
    }


def declared(attributes: Iterable[Attribute], node: Node, *, full: bool) -> dict[str, str]:
    """Return what a manifest of the object says of them: those that are set, or all that can be unset as well."""
    texts = {attribute.field: text(node.get(attribute.field)) for attribute in attributes}
    return {field: found for field, found in texts.items() if found or full}
