"""Schemas rewritten for editors: variables are not filled in yet, and shared definitions occur once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from reconciler.model.capabilities.editor import VARIABLE

Schema = dict[str, Any]
SHORTEST = 80
"""The characters of the shortest schema that is worth a reference."""
_MAPS = ("properties", "patternProperties")
_PARTS = ("properties", "$defs")
_REFERRING: Schema = {"type": "string", "pattern": VARIABLE}


def unfilled(schema: Any) -> Any:
    """Return the schema, which also accepts ``${var.NAME}`` for any scalar, since a variable may have any type."""
    if not isinstance(schema, dict):
        return schema
    made: Schema = {
        key: {name: unfilled(each) for name, each in schema[key].items()} for key in _PARTS if key in schema
    }
    made |= {key: unfilled(schema[key]) for key in ("items", "additionalProperties", "else") if key in schema}
    made = {**schema, **made}
    types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if "pattern" in schema:
        made["pattern"] = f"{schema['pattern']}|{VARIABLE}"
    elif {"boolean", "integer", "number"} & {*types} and "string" not in types:
        made |= {"type": [*types, "string"], "pattern": VARIABLE}
    if "enum" in schema:
        made["anyOf"] = [{"enum": made.pop("enum")}, _REFERRING]
    return made


def shared(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Return the definitions, with equal properties moved into their own: an integration's versions share most."""
    entries = [entry for schema in definitions.values() for name in _MAPS for entry in schema.get(name, {}).values()]
    counts = Counter(_text(each) for entry in entries for each in (entry, _inner(entry)) if each)
    often = [text for text, count in counts.items() if count > 1 and len(text) >= SHORTEST]
    names = {text: f"shared{number}" for number, text in enumerate(often)}
    made = {key: _referring(schema, names) for key, schema in definitions.items()}
    return {**made, **{name: _inside(json.loads(text), names) for text, name in names.items()}}


def _referring(schema: Schema, names: dict[str, str]) -> Schema:
    maps = {
        name: {key: _reference(entry, names) for key, entry in schema[name].items()} for name in _MAPS if name in schema
    }
    return {**schema, **maps}


def _reference(entry: Any, names: dict[str, str]) -> Any:
    name = names.get(_text(entry))
    return {"$ref": f"#/$defs/{name}"} if name else _inside(entry, names)


def _inside(entry: Any, names: dict[str, str]) -> Any:
    """Return an entry that may also be a text with a placeholder, with a reference for any other value."""
    inner = _inner(entry)
    return {**entry, "else": _reference(inner, names)} if inner else entry


def _inner(entry: Any) -> Any:
    """Return the schema of a value that may also be a text with a placeholder, as it is for any other value."""
    return entry.get("else") if isinstance(entry, dict) else None


def _text(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
