"""The schema of an integration's definition, for the parts that reconciler reads.

Keys that it does not name may hold anything: the format has many that manifests do not concern, such as steps.
"""

from __future__ import annotations

from typing import Any

VERSION = 7


def _mapping(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}


_NAME = {"type": "string", "minLength": 1}
_TEXT = {"type": ["string", "null"]}
_SCALAR = {"type": ["string", "number", "boolean", "null"]}
_YES_OR_NO = {"type": ["boolean", "null"]}
_ANYTHING = _or_nothing(_mapping())
_INPUT = _or_nothing(_mapping(type=_TEXT, meta=_ANYTHING))
_VARIABLE = _mapping(
    ("key", "dataType"),
    key=_NAME,
    dataType=_NAME,
    **dict.fromkeys(("stableKey", "collectionType", "scheduleType", "timeZone", "useScopedConfigVar"), _TEXT),
    userLevelConfigured=_YES_OR_NO,
    pickList=_list(_SCALAR),
    meta=_ANYTHING,
    inputs={**_ANYTHING, "additionalProperties": _INPUT},
)
_PAGE = _mapping(userLevelConfigured=_YES_OR_NO, elements=_list(_mapping(type=_TEXT, value=_SCALAR)))
SHAPE = _mapping(
    ("name",),
    definitionVersion={"const": VERSION},
    name=_NAME,
    configPages=_list(_PAGE),
    userLevelConfigPages=_list(_PAGE),
    requiredConfigVars=_list(_VARIABLE),
    flows=_list(_mapping(("name",), name=_NAME)),
    renameAttributes={**_ANYTHING, "additionalProperties": _NAME},
)
"""A JSON Schema."""
UNIQUE = {"config variables": ("requiredConfigVars", "key"), "flows": ("flows", "name")}
"""The lists whose items have names of their own: where they are, and which field names an item."""
