"""The schema of a set's template and overrides, made from that of its members' kind, so that the two never differ.

A scalar of a template may also be text with a placeholder, which is only known for each member. Every member is checked
again by the schema of its kind itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.patch_schema import nullable, patch_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PLACEHOLDER = r"\$\{(customer|values)\."
"""The beginning of a placeholder, anywhere in a text."""
_CHOSEN = "customer"
"""The field of a member that the set fills in."""
_PARTS = ("properties", "$defs")
_INNER = ("items", "additionalProperties", "else")
_NARROW = {"pattern", "enum", "const"}
"""Keywords that may refuse a text with a placeholder."""


def set_schema(authored: Mapping[str, Any], member: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a kind of set: as ``authored``, with the definitions that the members' schema makes."""
    spec = member["properties"]["spec"]
    template = with_placeholders(
        {
            **spec,
            "description": f"The spec of {_named(member['title'])}, without customer.",
            "required": [key for key in spec["required"] if key != _CHOSEN],
            "properties": {key: part for key, part in spec["properties"].items() if key != _CHOSEN},
        }
    )
    template["examples"] = [{key: value for key, value in each.items() if key != _CHOSEN} for each in spec["examples"]]
    definitions = {name: with_placeholders(part) for name, part in member["$defs"].items()}
    partial = {_override(name): nullable(patch_schema(part)) for name, part in definitions.items()}
    override = {**patch_schema(template), "description": "A part of a template."}
    return {
        **authored,
        "$defs": {
            "template": template,
            "override": _renamed(override, _override),
            **definitions,
            **{name: _renamed(part, _override) for name, part in partial.items()},
        },
    }


def with_placeholders(schema: Any) -> Any:
    """Return the schema, which also accepts text with a placeholder in place of any value.

    >>> with_placeholders({"description": "Yes or no.", "type": "boolean"})["else"]
    {'type': 'boolean'}
    """
    if not isinstance(schema, dict):
        return schema
    made = {**schema}
    made |= {
        key: {name: with_placeholders(part) for name, part in schema[key].items()} for key in _PARTS if key in schema
    }
    made |= {key: with_placeholders(schema[key]) for key in _INNER if key in schema}
    if not _may_refuse(schema):
        return made
    shown = {key: made.pop(key) for key in ("description", "examples", "default") if key in made}
    return {**shown, "if": {"type": "string", "pattern": PLACEHOLDER}, "else": made}


def _may_refuse(schema: Mapping[str, Any]) -> bool:
    """Return whether the schema may refuse a text with a placeholder."""
    types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ["string"])
    return "string" not in types or not _NARROW.isdisjoint(schema)


def _named(kind: str) -> str:
    """Return the name of a kind with its article.

    >>> _named("Instance"), _named("CustomerConnection")
    ('an Instance', 'a CustomerConnection')
    """
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


def _override(name: str) -> str:
    return f"override{name[:1].upper()}{name[1:]}"


def _renamed(schema: Any, rename: Callable[[str], str]) -> Any:
    """Return the schema with other names of the definitions that it refers to."""
    if isinstance(schema, list):
        return [_renamed(item, rename) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _renamed(part, rename) for key, part in schema.items()}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        made["$ref"] = f"#/$defs/{rename(reference.removeprefix('#/$defs/'))}"
    return made
