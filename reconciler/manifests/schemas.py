"""The JSON Schemas of the manifests: found, and put together into the one that editors use.

``python -m reconciler.manifests.schemas`` writes ``schemas/manifest.schema.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

API_VERSION = "reconciler/v1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHIPPED = ("Customer", "User", "Instance", "Project")


def schema_folder() -> Path:
    """Return where the schemas are: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


def schema_path(name: str) -> Path:
    """Return the file of the schema called ``name``: a kind's name, ``manifest`` or ``plan``."""
    return schema_folder() / f"{name.lower()}.schema.json"


def load_schema(name: str) -> dict[str, Any]:
    """Return the schema called ``name``."""
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema


def manifest_schema(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one self-contained schema for a manifest of any of the kinds, told apart by ``kind``."""
    api_version = {
        "description": "The version of the manifest format.",
        "const": API_VERSION,
        "examples": [API_VERSION],
    }
    kind = {"description": "The kind of resource.", "enum": list(schemas), "examples": list(schemas)}
    return {
        "$schema": DIALECT,
        "title": "Manifest",
        "description": "A manifest: one resource that must exist, or the project that manifests belong to.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {"apiVersion": api_version, "kind": kind},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in schemas
        ],
        "examples": [schema["examples"][0] for schema in schemas.values() if schema.get("examples")],
        "$defs": {name: _moved(schema, f"#/$defs/{name}") for name, schema in schemas.items()},
    }


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


def manifest_schema_text() -> str:
    """Return the text of ``manifest.schema.json`` as the other schemas make it."""
    whole = manifest_schema({name: load_schema(name) for name in SHIPPED})
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    schema_path("manifest").write_text(manifest_schema_text(), encoding="utf-8")
