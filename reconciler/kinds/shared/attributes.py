"""Plain attributes: texts that have one name in the manifest, in the API's inputs and in its results.

They are compared as they are. Unset and empty are equal: the API may return an unset text as ``""`` or as null
(``optional_strings``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.answers import python_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.answers import Node
    from reconciler.model.capabilities.differ import FieldChange, Fields


def text(value: str | None) -> str:
    """Return an optional text, which is empty if it is unset."""
    return value or ""


def live_attributes(names: Iterable[str], node: Node) -> dict[str, str]:
    """Return the attributes of a live object."""
    return {name: text(getattr(node, python_name(name))) for name in names}


def compare_attributes(names: Iterable[str], spec: Mapping[str, Any], node: Node | None, found: Fields) -> None:
    """Compare the declared attributes with those of a live object (``None``: it is to be created)."""
    names = [name for name in names if name in spec]
    live = live_attributes(names, node) if node else {}
    for name in names:
        before, after = live.get(name), text(spec[name])
        if node or after:
            found.add((name,), before, after, same=before == after)


def written(names: Iterable[str], fields: Iterable[FieldChange], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mutation's input for the attributes among the changed fields. The API clears a text with ``""``."""
    changed = {change.path[0] for change in fields}
    return {name: text(spec[name]) for name in names if name in changed}


def declared(names: Iterable[str], node: Node, *, full: bool) -> dict[str, str]:
    """Return the attributes for a manifest of a live object: those that are set, or all with ``full``."""
    return {name: value for name, value in live_attributes(names, node).items() if value or full}
