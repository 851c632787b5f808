"""The schema of what can be merged over a value by JSON Merge Patch (RFC 7386).

A map may be incomplete, ``null`` removes a key, and a list is whole.
"""

from __future__ import annotations

from typing import Any


def patch_schema(schema: Any) -> Any:
    """Return the schema of what can be merged over a value that ``schema`` accepts.

    >>> patch_schema({"properties": {"name": {"type": "string"}}, "required": ["name"]})
    {'properties': {'name': {'type': ['string', 'null']}}}
    """
    if not isinstance(schema, dict):
        return schema
    counted = {"required", "minProperties", "maxProperties"}
    return {key: _patched(key, part) for key, part in schema.items() if key not in counted}


def _patched(key: str, part: Any) -> Any:
    if key in {"properties", "patternProperties"}:
        return {name: nullable(patch_schema(each)) for name, each in part.items()}
    if key == "additionalProperties":
        return nullable(patch_schema(part))
    if key == "dependentSchemas":
        return {name: patch_schema(each) for name, each in part.items()}
    if key in {"then", "else"}:
        return nullable(patch_schema(part))
    if key in {"anyOf", "allOf"}:
        return [patch_schema(each) for each in part]
    return part


def nullable(schema: Any) -> Any:
    """Return the schema of a value that can also be ``null``; one without a type or an enum accepts it already.

    >>> nullable({"type": "boolean", "const": True}), nullable({"enum": ["hour", "day"]})
    ({'type': ['boolean', 'null']}, {'enum': ['hour', 'day', None]})
    """
    if not isinstance(schema, dict):
        return schema
    made = {key: part for key, part in schema.items() if (key, part) != ("const", True)}
    if "type" in made:
        types = [made["type"]] if isinstance(made["type"], str) else made["type"]
        made["type"] = [*types, *({"null"} - {*types})]
    if "enum" in made:
        made["enum"] = [*made["enum"], *(() if None in made["enum"] else (None,))]
    return made
