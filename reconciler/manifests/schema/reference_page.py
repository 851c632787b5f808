"""The reference page of the manifests, made from their schemas.

``python -m reconciler.manifests.schema.reference_page > docs/manifests.md`` writes it.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.manifests.schema.expectations import either
from reconciler.manifests.schema.schemas import PROJECT, load_schema, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MODELINE = "# yaml-language-server: $schema=../../schemas/manifest.schema.json\n"


def reference() -> str:
    schemas = {name: load_schema(name) for name in shipped()}
    project = schemas.pop(PROJECT)
    # The envelope of a kind with labels says all that ownership means for the others.
    first = next(each for each in schemas.values() if "labels" in each["properties"]["spec"]["properties"])
    value_from = next(each["$defs"]["valueFrom"] for each in schemas.values() if "valueFrom" in each.get("$defs", {}))
    parts = {
        "example": _example(first, modeline=True),
        "envelope": _table(_envelope(first)),
        "kinds": "\n\n".join(_kind(name, schema) for name, schema in schemas.items()),
        "valueFrom": _table(_rows(value_from, value_from, "")),
        "project": f"{_example(project)}\n\n{_table(_rows(project['properties']['spec'], project, 'spec'))}",
    }
    page = resources.files(__package__).joinpath("reference_page.template.md").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return page


def _kind(name: str, schema: Mapping[str, Any]) -> str:
    table = _table(_rows(schema["properties"]["spec"], schema, "spec"))
    return f"## {name}\n\n{schema['description']}\n\n{_example(schema)}\n\n{table}"


def _example(schema: Mapping[str, Any], *, modeline: bool = False) -> str:
    text = yaml.safe_dump(schema["examples"][0], sort_keys=False, allow_unicode=True, width=100)
    return f"```yaml\n{MODELINE if modeline else ''}{text}```"


def _envelope(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rows that every kind has."""
    for key, part in schema["properties"].items():
        yield _row(key, part, key in schema["required"])
        if key in {"metadata", "lifecycle"}:
            yield from _rows(part, schema, key)


def _rows(schema: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the rows of a map's keys, and of those of the maps in it; ``valueFrom`` has a table of its own."""
    required = schema.get("required", ()) if schema.get("type") == "object" else ()
    for key, written in schema.get("properties", {}).items():
        if key == "valueFrom":
            continue
        part = _resolved(written, root)
        below = f"{path}.{key}".removeprefix(".")
        yield _row(below, part, key in required)
        yield from _rows(part, root, below)
        members = _resolved(part.get("additionalProperties") or {}, root)
        if members.get("type") == "object":
            yield from _rows(members, root, f"{below}.<name>")


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    return root["$defs"][name] if name else schema


def _row(path: str, schema: Mapping[str, Any], required: bool) -> str:
    default = f" Default: `{json.dumps(schema['default'])}`." if "default" in schema else ""
    meaning = schema["description"].replace("|", "\\|") + default
    return f"| `{path}` | {_types(schema)} | {'yes' if required else ''} | {meaning} |"


def _table(rows: Iterable[str]) -> str:
    return "\n".join(["| field | type | required | meaning |", "|---|---|---|---|", *rows])


def _types(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`" if schema["const"] is True else f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{option}`" for option in schema["enum"])
    types = schema["type"] if "type" in schema else schema["else"]["type"]
    return either([types] if isinstance(types, str) else types)


if __name__ == "__main__":
    sys.stdout.write(reference())
