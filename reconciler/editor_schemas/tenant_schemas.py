"""The schemas for editors, with the hints of all kinds about one tenant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.editor_schemas.rewriting import shared, unfilled
from reconciler.manifests.schema.made_schemas import made_schema
from reconciler.manifests.schema.patch_schema import patch_schema
from reconciler.manifests.schema.schemas import PROJECT
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.capabilities.editor import HintContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.model.capabilities.editor import EditorHints
    from reconciler.model.pins import Pins
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.planning.prefetch import Reading

Schema = dict[str, Any]


def editor_schemas(reading: Reading, resources: Sequence[Resource], pins: Pins) -> tuple[dict[str, str], Sequence[str]]:
    """Return the schemas of manifests and of overlays for one tenant, by file name; they offer the resources' handles.

    The second result are notes on what could not be read of the tenant.
    """
    known = _hints(reading, resources, pins)
    notes = dict.fromkeys(note for each in known.values() for note in each.notes)
    texts = {
        "manifest.schema.json": _text("manifest", known, lambda each: each.rules, lambda schema: schema),
        "overlay.schema.json": _text("overlay", known, lambda each: each.overlay_rules, _overlay),
    }
    return texts, list(notes)


def _hints(reading: Reading, resources: Sequence[Resource], pins: Pins) -> dict[str, EditorHints]:
    """Return the editor hints by the name of the schema that they are for, read in as few requests as possible."""
    layered = frozenset(
        each.address for each in resources if isinstance(each.origin, Layers) and len(each.origin.documents) > 1
    )
    known = HintContext(resources, reading.view(resources, pins), layered)
    editors = {kind.name: kind.editor for kind in reading.registry if kind.editor}
    reading.read_all(lambda: (each for editor in editors.values() for each in editor.reads(known)))
    hints = {name: editor.hints(known) for name, editor in editors.items()}
    return hints | {name: made for each in hints.values() for name, made in each.directives.items()}


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
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _offer(schema: Schema, path: Path, offer: Schema) -> None:
    """Replace the examples of a field by the values that the tenant offers; ``*`` in a path means a list's items."""
    for name in path:
        schema = schema["items"] if name == "*" else schema["properties"][name]
    schema.pop("examples", None)
    schema |= offer


def _overlay(schema: Schema) -> Schema:
    """Return the schema of an overlay of what ``schema`` accepts."""
    made: Schema = patch_schema(schema)
    if made.get("additionalProperties") is False:
        # A key that the overlay's version does not know can still be removed from the manifest below.
        made["additionalProperties"] = {"type": "null", "errorMessage": "is not known to this version"}
    return made
