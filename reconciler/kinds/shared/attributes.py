"""Plain attributes of an object: texts, compared as they are. Unset and empty are equal."""

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
    """The meaning of ``null`` in a manifest; ``None`` if the attribute cannot be null."""


def text(value: Any) -> str:
    """Return an optional text. The API may return an unset one as ``""`` or as null (``optional_strings``)."""
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
    """Return the mutation's input for the attributes among the changed fields. The API clears a text with ``""``."""
    changed_fields = {change.path[0] for change in fields}
    return {
        attribute.field: text(spec[attribute.field]) for attribute in attributes if attribute.field in changed_fields
    }


def declared(attributes: Iterable[Attribute], node: Node, *, full: bool) -> dict[str, str]:
    """Return the attributes for a manifest of a live object: those that are set, or all with ``full``."""
    texts = {attribute.field: text(node.get(attribute.field)) for attribute in attributes}
    return {field: found for field, found in texts.items() if found or full}
