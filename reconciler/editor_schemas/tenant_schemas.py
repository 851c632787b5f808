"""The schemas for editors, with the hints about one tenant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.editor_schemas.compact import shared
from reconciler.editor_schemas.placeholders import unfilled
from reconciler.manifests.schema.schemas import PROJECT, made_schema, patch_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.editor_hints import EditorHints
    from reconciler.model.place import Path

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EditorSchemas:
    """The ``texts`` by file name; ``notes`` list what could not be read of the tenant."""

    texts: Mapping[str, str]
    notes: tuple[str, ...]


def editor_schemas(known: Mapping[str, EditorHints]) -> EditorSchemas:
    """Return the schemas of manifests and of overlays for one tenant."""
    notes = dict.fromkeys(note for each in known.values() for note in each.notes)
    texts = {
        "manifest.schema.json": _text("manifest", known, lambda each: each.rules, lambda schema: schema),
        "overlay.schema.json": _text("overlay", known, lambda each: each.overlay_rules, _overlay),
    }
    return EditorSchemas(texts, tuple(notes))


def _text(
    name: str,
    known: Mapping[str, EditorHints],
    rules: Callable[[EditorHints], list[Schema]],
    fitted: Callable[[Schema], Schema],
) -> str:
    whole = made_schema(name)
    definitions = {kind: schema if kind == PROJECT else unfilled(schema) for kind, schema in whole["$defs"].items()}
    for kind, each in known.items():
        if kind in definitions:
            for path, offer in each.offers.items():
                _offer(definitions[kind], path, offer)
            every = [*definitions[kind].get("allOf", ()), *rules(each)]
            definitions[kind] |= {"allOf": every} if every else {}
    tenant = {key: fitted(schema) for each in known.values() for key, schema in each.definitions.items()}
    whole["$defs"] = {**definitions, **shared(tenant)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"


def _offer(schema: Schema, path: Path, offer: Schema) -> None:
    """Replace the examples of a field by the values that the tenant offers."""
    for name in path:
        schema = schema["properties"][name]
    schema.pop("examples", None)
    schema |= offer


def _overlay(schema: Schema) -> Schema:
    """Return the schema of an overlay of what ``schema`` accepts."""
    made: Schema = patch_schema(schema)
    if made.get("additionalProperties") is False:
        # A key that the overlay's version does not know can still be removed from the manifest below.
        made["additionalProperties"] = {"type": "null", "errorMessage": "is not known to this version"}
    return made
