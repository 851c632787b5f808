"""Shared definitions for schemas that occur more than once: an integration's versions share most variables."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

Schema = dict[str, Any]
SHORTEST = 80
"""The characters of the shortest schema that is worth a reference."""
_MAPS = ("properties", "patternProperties")


def shared(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Return the definitions, with equal properties moved into definitions of their own."""
    counts = Counter(
        _text(entry) for schema in definitions.values() for name in _MAPS for entry in schema.get(name, {}).values()
    )
    often = [text for text, count in counts.items() if count > 1 and len(text) >= SHORTEST]
    names = {text: f"shared{number}" for number, text in enumerate(often)}
    made = {key: _referring(schema, names) for key, schema in definitions.items()}
    return {**made, **{name: json.loads(text) for text, name in names.items()}}


def _referring(schema: Schema, names: dict[str, str]) -> Schema:
    maps = {
        name: {key: _reference(entry, names) for key, entry in schema[name].items()} for name in _MAPS if name in schema
    }
    return {**schema, **maps}


def _reference(entry: Any, names: dict[str, str]) -> Any:
    name = names.get(_text(entry))
    return {"$ref": f"#/$defs/{name}"} if name else entry


def _text(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
