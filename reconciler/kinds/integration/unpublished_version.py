"""A version of an integration that exists only as a definition: the platform's own YAML.

``SHAPE`` is the schema of the parts that reconciler reads. Keys that it does not name may hold anything: the format has
many that manifests do not concern, such as steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.integration.versions import Contents, UnpublishedVersion
from reconciler.kinds.variables.codec import CONNECTION, SCHEDULE, Declaration, marked_secret
from reconciler.text.exact_numbers import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def unpublished_version(definition: Mapping[str, Any], file: str) -> UnpublishedVersion:
    """Return the version that a definition describes; ``file`` is its ID and its label.

    It declares what the API would return for it, and two things that the API does not return: the former names of
    variables, and that a connection has more inputs. A definition lists only the inputs with a value.
    """
    users = frozenset(_user_level(definition))
    former: dict[str, list[str]] = {}
    for old, new in (definition.get("renameAttributes") or {}).items():
        former.setdefault(new, []).append(old)
    variables = {
        item["key"]: _declaration(item, tuple(former.get(item["key"], ())), user_level=item["key"] in users)
        for item in definition.get("requiredConfigVars") or ()
    }
    flows = {item["name"]: f"{file}#{item['name']}" for item in definition.get("flows") or ()}
    return UnpublishedVersion(id=file, name=definition["name"], contents=Contents(variables, flows))


def _user_level(definition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the variables that each user of a customer configures: those on pages for users."""
    pages = [page for page in definition.get("configPages") or () if page.get("userLevelConfigured")]
    for page in (*pages, *(definition.get("userLevelConfigPages") or ())):
        for element in page.get("elements") or ():
            if element.get("type") in {None, "configVar"}:
                yield str(element.get("value"))


def _declaration(item: Mapping[str, Any], former: tuple[str, ...], *, user_level: bool) -> Declaration:
    data_type = item["dataType"].upper()
    collection = _upper(item.get("collectionType"))
    connection = data_type == CONNECTION
    meta = item.get("meta") or {}
    return Declaration(
        key=item["key"],
        data_type=data_type,
        collection_type=collection,
        default=None if connection else _text(item.get("defaultValue"), pairs=collection == "KEYVALUELIST"),
        pick_list=tuple(_text(option) or "" for option in item.get("pickList") or ()),
        schedule_type=_upper(item.get("scheduleType")) or ("CUSTOM" if data_type == SCHEDULE else None),
        time_zone=item.get("timeZone"),
        sensitive=marked_secret(meta),
        scoped=bool(item.get("useScopedConfigVar")),
        shared=item.get("useScopedConfigVar") or None,
        user_level=user_level or bool(item.get("userLevelConfigured")),
        stable_key=item.get("stableKey") or None,
        former=former,
        inputs=dict(_inputs(item, hidden=bool(meta.get("writeOnly")))) if connection else {},
        unpublished=True,
        more_inputs=connection,
    )


def _inputs(item: Mapping[str, Any], *, hidden: bool) -> Iterator[tuple[str, str]]:
    """Yield a connection's inputs by name; the API does not return write-only ones."""
    for name, entry in sorted((item.get("inputs") or {}).items()):
        meta = (entry or {}).get("meta") or {}
        unreadable = hidden or meta.get("writeOnly")
        yield name, "" if unreadable else _text((entry or {}).get("value")) or ""


def _upper(text: str | None) -> str | None:
    return text.upper() if text else None


def _text(value: Any, *, pairs: bool = False) -> str | None:
    """Return a value as the API writes it: text, lists and maps as JSON; ``pairs``: a map as a key-value list."""
    if value is None or isinstance(value, str):
        return value
    if pairs and isinstance(value, dict):
        value = [{"key": key, "value": item} for key, item in value.items()]
    return dump_json(value)
