"""Schemas of manifests as they are written: variables are not filled in yet."""

from __future__ import annotations

from typing import Any

from reconciler.model.schema_pieces import VARIABLE

_PARTS = ("properties", "$defs")
_REFERRING: dict[str, Any] = {"type": "string", "pattern": VARIABLE}


def unfilled(schema: Any) -> Any:
    """Return the schema, which also accepts ``${var.NAME}`` for any scalar, since a variable may have any type."""
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {
        key: {name: unfilled(each) for name, each in schema[key].items()} for key in _PARTS if key in schema
    }
    made |= {key: unfilled(schema[key]) for key in ("items", "additionalProperties") if key in schema}
    made = {**schema, **made}
    types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if "pattern" in schema:
        made["pattern"] = f"{schema['pattern']}|{VARIABLE}"
    elif {"boolean", "integer", "number"} & {*types} and "string" not in types:
        made |= {"type": [*types, "string"], "pattern": VARIABLE}
    if "enum" in schema:
        made["anyOf"] = [{"enum": made.pop("enum")}, _REFERRING]
    return made
