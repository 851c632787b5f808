"""A definition as the ``Integration`` node that the API would return for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.text.exact_numbers import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.tenant import Node

CONNECTION = "CONNECTION"
SCHEDULE = "SCHEDULE"


def definition_node(definition: Mapping[str, Any], file: str) -> Node:
    """Return the node; ``file`` is its label.

    It has two keys that the API has not: ``formerKeys`` of a variable, and ``moreInputs`` of a connection, since a
    definition lists only the inputs with a value and the component has the others.
    """
    users = frozenset(_user_level(definition))
    renames: dict[str, list[str]] = {}
    for old, new in (definition.get("renameAttributes") or {}).items():
        renames.setdefault(new, []).append(old)
    variables = [
        _variable(item, f"{file}#{item['key']}", users, renames) for item in definition.get("requiredConfigVars") or ()
    ]
    flows = [{"id": f"{file}#{item['name']}", "name": item["name"]} for item in definition.get("flows") or ()]
    return {
        "id": file,
        "name": definition["name"],
        "versionNumber": 0,
        "definitionFile": file,
        "flows": {"nodes": flows},
        "requiredConfigVariables": {"nodes": variables},
    }


def _user_level(definition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the variables that each user of a customer configures: those on pages for users."""
    pages = [page for page in definition.get("configPages") or () if page.get("userLevelConfigured")]
    for page in (*pages, *(definition.get("userLevelConfigPages") or ())):
        for element in page.get("elements") or ():
            if element.get("type") in {None, "configVar"}:
                yield str(element.get("value"))


def _variable(
    item: Mapping[str, Any], identifier: str, users: frozenset[str], renames: Mapping[str, list[str]]
) -> Node:
    data_type = _upper(item["dataType"])
    collection = _upper(item.get("collectionType"))
    connection = data_type == CONNECTION
    meta, scoped = item.get("meta") or {}, item.get("useScopedConfigVar")
    inputs = _inputs(item, identifier, hidden=bool(meta.get("writeOnly"))) if connection else ()
    return {
        "id": identifier,
        "key": item["key"],
        "stableKey": item.get("stableKey"),
        "formerKeys": renames.get(item["key"], ()),
        "dataType": data_type,
        "collectionType": collection,
        "defaultValue": None if connection else _text(item.get("defaultValue"), pairs=collection == "KEYVALUELIST"),
        "pickList": [_text(option) or "" for option in item.get("pickList") or ()],
        "scheduleType": _upper(item.get("scheduleType")) or ("CUSTOM" if data_type == SCHEDULE else None),
        "timeZone": item.get("timeZone"),
        "meta": meta,
        "userLevelConfigured": bool(item.get("userLevelConfigured")) or item["key"] in users,
        "scopedConfigVariable": {"id": scoped, "key": scoped} if scoped else None,
        "inputs": {"nodes": list(inputs)},
        "moreInputs": connection,
    }


def _inputs(item: Mapping[str, Any], identifier: str, *, hidden: bool) -> Iterator[Node]:
    """Yield a connection's inputs by name; the API does not return write-only ones."""
    for name, given in sorted((item.get("inputs") or {}).items()):
        meta = (given or {}).get("meta") or {}
        unreadable = hidden or meta.get("writeOnly")
        value = "" if unreadable else _text((given or {}).get("value")) or ""
        yield {"id": f"{identifier}#{name}", "name": name, "value": value, "meta": meta}


def _upper(text: str | None) -> str | None:
    return text.upper() if text else None


def _text(value: Any, *, pairs: bool = False) -> str | None:
    """Return a value as the API writes it: text, lists and maps as JSON; ``pairs``: a map as a key-value list."""
    if value is None or isinstance(value, str):
        return value
    if pairs and isinstance(value, dict):
        value = [{"key": key, "value": item} for key, item in value.items()]
    return dump_json(value)
