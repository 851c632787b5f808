"""The JSON Schemas of the manifests: found, and put together into those that editors use.

An overlay is a JSON Merge Patch (RFC 7386): a map may be incomplete, ``null`` removes a key, and a list is whole.

``python -m reconciler.manifests.schema.schemas`` writes ``schemas/manifest.schema.json`` and ``overlay.schema.json``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.kinds.registry import default_registry
from reconciler.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

API_VERSION = "reconciler/v1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROJECT = "Project"


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


def shipped() -> tuple[str, ...]:
    """Return the names of all that has a schema of its own: the product's kinds, and the Project."""
    return (*default_registry().kinds, PROJECT)


def schema_folder() -> Path:
    return shipped_folder("schemas")


def schema_path(name: str) -> Path:
    """Return the file of the schema called ``name``: a kind's name, ``manifest`` or ``plan``."""
    return schema_folder() / f"{name.lower()}.schema.json"


def load_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema


def manifest_schema(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one self-contained schema for a manifest of any of the kinds, selected by ``kind``."""
    return {
        **_whole(
            "Manifest", "A manifest: one resource that must exist, or the project that manifests belong to.", schemas
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
    """Return the schema called ``name``, ``manifest`` or ``overlay``, made from the others."""
    schemas = {each: load_schema(each) for each in shipped()}
    if name == "manifest":
        return manifest_schema(schemas)
    return overlay_schema({each: schema for each, schema in schemas.items() if each != PROJECT})


def made_schemas() -> dict[str, str]:
    """Return the texts of the schemas that are made from the others, by their names."""
    return {
        name: json.dumps(made_schema(name), indent=2, ensure_ascii=False) + "\n" for name in ("manifest", "overlay")
    }


if __name__ == "__main__":
    for made_name, text in made_schemas().items():
        schema_path(made_name).write_text(text, encoding="utf-8")
