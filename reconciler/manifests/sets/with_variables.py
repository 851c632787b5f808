"""``${var.NAME}`` in the documents of sets, beside placeholders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.manifests.sets.filling import REFERENCE

if TYPE_CHECKING:
    from reconciler.manifests.variables import Variables
    from reconciler.model.diagnostic import Diagnostic

_FILLED = frozenset({"template", "overrides"})


def without_placeholders(data: dict[str, Any]) -> dict[str, Any]:
    """Return the document of a set, without the placeholders in its template, its overrides and its lifecycle."""
    spec = data.get("spec")
    bare = {key: _bare(part) if key == "lifecycle" else part for key, part in data.items()}
    if isinstance(spec, dict):
        bare["spec"] = {key: _bare(part) if key in _FILLED else part for key, part in spec.items()}
    return bare


def _bare(value: Any) -> Any:
    if isinstance(value, str):
        return REFERENCE.sub("", value) if "${" in value else value
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def filled_set(data: dict[str, Any], variables: Variables, problems: list[Diagnostic]) -> dict[str, Any]:
    """Return the document of a set with its variables; one that holds a placeholder stays text in the template."""
    values = {name: _literal(value) if isinstance(value, str) else value for name, value in variables.values.items()}
    spec = data.get("spec")
    if values == variables.values or not isinstance(spec, dict):
        filled: dict[str, Any] = variables.fill(data, problems)
        return filled
    plain = {key: part for key, part in spec.items() if key not in _FILLED}
    outside: dict[str, Any] = variables.fill({**data, "spec": plain}, problems)
    inside = {key: part for key, part in spec.items() if key in _FILLED}
    template: dict[str, Any] = replace(variables, values=values).fill({"spec": inside}, problems)
    return {**outside, "spec": {**outside["spec"], **template["spec"]}}


def _literal(text: str) -> str:
    """Return a text as a template must write it for nothing in it to be filled in."""
    return REFERENCE.sub(lambda match: f"${match[0]}", text)
