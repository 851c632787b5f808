"""The schemas that are made from those of the kinds: of any manifest, of any overlay, and of a set's template.

``python -m reconciler.manifests.schema.made_schemas`` writes ``manifest.schema.json`` and ``overlay.schema.json`` in
``schemas/``, and in the schemas of sets the definitions that come from the schema of their members' kind.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.patch_schema import nullable, patch_schema
from reconciler.manifests.schema.schemas import (
    API_VERSION,
    PROJECT,
    load_schema,
    schema_path,
    set_kinds,
    shipped,
)
from reconciler.manifests.schema.template_schema import set_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def manifest_schema(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one self-contained schema for a manifest of any of the kinds, selected by ``kind``."""
    return {
        **_whole(
            "Manifest",
            "A manifest: one resource that must exist, a set of them, or the project that manifests belong to.",
            schemas,
        ),
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "examples": [schema["examples"][0] for schema in schemas.values()],
    }


def overlay_schema(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one self-contained schema for an overlay of any of the kinds: what is said is checked, nothing missed."""
    partial = {name: _overlay(schema) for name, schema in schemas.items()}
    return {
        **_whole("Overlay", "An overlay: what is different of a resource in one environment.", partial),
        "required": ["kind", "metadata"],
    }


def _whole(title: str, description: str, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    version = {"description": "The version of the manifest format.", "const": API_VERSION, "examples": [API_VERSION]}
    kind = {"description": "The kind of resource.", "enum": list(schemas), "examples": list(schemas)}
    chosen = [
        {
            "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for name in schemas
    ]
    return {
        "$schema": DIALECT,
        "title": title,
        "description": description,
        "type": "object",
        "properties": {"apiVersion": version, "kind": kind},
        "allOf": chosen,
        "$defs": {name: _moved(schema, f"#/$defs/{name}") for name, schema in schemas.items()},
    }


def _overlay(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a kind's overlays: its manifests', with nothing required in ``spec`` and ``lifecycle``."""
    parts = {
        key: part if key == "metadata" else nullable(patch_schema(part)) for key, part in schema["properties"].items()
    }
    definitions = {name: nullable(patch_schema(part)) for name, part in schema.get("$defs", {}).items()}
    return {**schema, "required": ["kind", "metadata"], "properties": parts, "$defs": definitions}


def _moved(schema: Any, base: str) -> Any:
    """Return a schema as it reads under ``base``: its references follow it there."""
    if isinstance(schema, list):
        return [_moved(item, base) for item in schema]
    if not isinstance(schema, dict):
        return schema
    moved = {key: _moved(value, base) for key, value in schema.items() if key != "$schema"}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        moved["$ref"] = base + reference.removeprefix("#")
    return moved


def made_schema(name: str) -> dict[str, Any]:
    """Return the schema called ``name``, made from the others: of any manifest or overlay, or of a kind of set."""
    schemas = {each: load_schema(each) for each in shipped()}
    schemas |= {each: set_schema(schemas[each], schemas[member]) for each, member in set_kinds().items()}
    for each in set_kinds():
        if name == each.lower():
            return schemas[each]
    if name == "manifest":
        return manifest_schema(schemas)
    return overlay_schema({each: schema for each, schema in schemas.items() if each != PROJECT})


def made_schemas() -> dict[str, str]:
    """Return the texts of the schemas that are made from the others, by their names."""
    return {
        name: json.dumps(made_schema(name), indent=2, ensure_ascii=False) + "\n"
        for name in (*map(str.lower, set_kinds()), "manifest", "overlay")
    }


if __name__ == "__main__":
    for made_name, text in made_schemas().items():
        schema_path(made_name).write_text(text, encoding="utf-8")
