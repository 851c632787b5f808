"""Integration definitions: Prismatic's YAML, as far as the API returns its content.

The format is the one that exports and imports use (``definitionVersion: 7``). Steps are read for their
names only: the sandbox runs nothing. Beyond the format, an input (or a whole connection) may say
``meta: {writeOnly: true}``, ``renameAttributes: {Old Key: New Key}`` names renamed config variables, and
``isCodeNative: true`` marks a code-native integration. What a
component's connection would say of an input (``label``, ``comments``, ``required``) may stand in the input's ``meta``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.sandbox.data.definition_shape import misshapen

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA_TYPES = frozenset(
    {
        "BOOLEAN",
        "CODE",
        "CONNECTION",
        "CREDENTIAL",
        "DATE",
        "JSONFORM",
        "NUMBER",
        "OBJECTFIELDMAP",
        "OBJECTSELECTION",
        "PICKLIST",
        "SCHEDULE",
        "STRING",
        "TIMESTAMP",
    }
)
_WEBHOOK = {"key": "webhook", "component": {"key": "webhook-triggers", "isPublic": True}}
_MOST = 2**31
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DefinitionError(ValueError):
    """A definition that cannot be imported; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class ConnectionInput:
    """One input of a connection, with its default."""

    name: str
    type: str
    value: str
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComponentPart:
    """A component's connection, trigger or action, as a definition refers to it."""

    component: str
    key: str
    public: bool
    version: int | None = None
    """The version of the component, or ``None`` for the latest."""

    @property
    def oauth2(self) -> str | None:
        """Return the OAuth 2.0 type of a connection, which its key implies, or ``None``."""
        key = self.key.lower()
        if "oauth2" not in key:
            return None
        return "CLIENT_CREDENTIALS" if "clientcredentials" in key.replace("_", "") else "AUTHORIZATION_CODE"


@dataclass(frozen=True, slots=True)
class Variable:
    """One of the integration's config variables."""

    key: str
    data_type: str
    stable_key: str | None
    collection_type: str | None
    default: str | None
    description: str | None
    pick_list: tuple[str, ...]
    schedule_type: str | None
    time_zone: str | None
    code_language: str | None
    org_only: bool
    user_level: bool
    on_premise: str
    meta: Mapping[str, Any]
    inputs: tuple[ConnectionInput, ...]
    connection: ComponentPart | None
    scoped: str | None


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of the integration, as the API returns it, and the names of its steps."""

    name: str
    description: str
    stable_key: str | None
    synchronous: bool
    security: str
    trigger: str
    trigger_part: ComponentPart
    steps: tuple[str, ...]
    step_parts: tuple[ComponentPart, ...]
    """The actions of the steps, without the trigger."""
    test_payload: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """An integration's definition."""

    text: str
    name: str
    description: str
    category: str
    documentation: str
    labels: tuple[str, ...]
    endpoint_type: str
    code_native: bool
    pages: str
    variables: tuple[Variable, ...]
    flows: tuple[Flow, ...]
    renames: Mapping[str, str] = field(default_factory=dict)


def load_definition(text: str) -> Any:
    """Return the data of a YAML text, or raise :class:`DefinitionError`."""
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, the C one where there is one
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date that is none is a ValueError
        raise DefinitionError(f"The definition is not valid YAML: {' '.join(str(error).split())}") from error


@lru_cache(maxsize=256)
def parse_definition(text: str) -> Definition:
    """Return the definition that the YAML text holds, or raise :class:`DefinitionError`."""
    data = load_definition(text)
    if not isinstance(data, dict) or not isinstance(data.get("name"), str) or not data["name"].strip():
        raise DefinitionError("A definition is a mapping with a 'name'.")
    if data.get("definitionVersion", 7) != 7:
        raise DefinitionError(f"Only definitionVersion 7 can be imported, not {data['definitionVersion']!r}.")
    wrong = misshapen(data)
    if wrong:
        raise DefinitionError(f"The definition has the wrong shape at {wrong}.")
    pages = data.get("configPages") or []
    user_level = {
        element.get("value")
        for page in [*pages, *(data.get("userLevelConfigPages") or [])]
        if page.get("userLevelConfigured") or page not in pages
        for element in page.get("elements") or []
        if element.get("type") in {None, "configVar"}
    }
    variables = tuple(_variable(item, user_level) for item in data.get("requiredConfigVars") or [])
    flows = tuple(_flow(item) for item in data.get("flows") or [])
    _check_unique("config variable", [variable.key for variable in variables])
    _check_unique("flow", [flow.name for flow in flows])
    return Definition(
        text=text,
        name=data["name"],
        description=data.get("description") or "",
        category=data.get("category") or "",
        documentation=data.get("documentation") or "",
        labels=tuple(data.get("labels") or ()),
        endpoint_type=_upper(data.get("endpointType")) or "FLOW_SPECIFIC",
        code_native=bool(data.get("isCodeNative")),
        pages=_pages(pages),
        variables=variables,
        flows=flows,
        renames=dict(data.get("renameAttributes") or {}),
    )


def _pages(pages: Any) -> str:
    try:
        return json.dumps(pages, default=str)
    except (ValueError, TypeError, RecursionError) as error:
        raise DefinitionError("The definition's configPages cannot be written as JSON.") from error


def _check_unique(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DefinitionError(f"The definition has two {what}s named {name!r}.")


def _variable(item: Any, user_level: set[Any]) -> Variable:
    if not isinstance(item, dict) or not item.get("key") or not item.get("dataType"):
        raise DefinitionError("Each of requiredConfigVars needs a 'key' and a 'dataType'.")
    key, data_type = str(item["key"]), str(item["dataType"]).upper()
    if data_type not in DATA_TYPES:
        raise DefinitionError(f"Config variable {key!r} has an unknown dataType {item['dataType']!r}.")
    collection = _upper(item.get("collectionType"))
    meta = item.get("meta") or {}
    connection = item.get("connection")
    is_connection = data_type == "CONNECTION"
    return Variable(
        key=key,
        data_type=data_type,
        stable_key=item.get("stableKey"),
        collection_type=collection,
        default=None if is_connection else as_text(item.get("defaultValue"), collection),
        description=item.get("description"),
        pick_list=tuple(str(option) for option in item.get("pickList") or ()),
        schedule_type=_upper(item.get("scheduleType")) or ("CUSTOM" if data_type == "SCHEDULE" else None),
        time_zone=item.get("timeZone"),
        code_language=_upper(item.get("codeLanguage")),
        org_only=bool(item.get("orgOnly")),
        user_level=bool(item.get("userLevelConfigured")) or key in user_level,
        on_premise=_upper(item.get("onPremiseConnectionConfig")) or "DISALLOWED",
        meta=meta,
        inputs=_inputs(item.get("inputs") or {}, write_only=bool(meta.get("writeOnly"))) if is_connection else (),
        connection=_part(connection) if connection else None,
        scoped=item.get("useScopedConfigVar"),
    )


def _inputs(items: Mapping[str, Any], *, write_only: bool) -> tuple[ConnectionInput, ...]:
    """Return the inputs by name, the order in which the API lists them."""
    return tuple(
        ConnectionInput(
            name=name,
            type=_upper(item.get("type")) or "VALUE",
            value=as_text(item.get("value"), None) or "",
            meta={**(item.get("meta") or {}), **({"writeOnly": True} if write_only else {})},
        )
        for name, item in sorted(items.items())
    )


def _flow(item: Any) -> Flow:
    if not isinstance(item, dict) or not item.get("name"):
        raise DefinitionError("Each of flows needs a 'name'.")
    steps = item.get("steps") or []
    trigger: Mapping[str, Any] = next((step for step in steps if step.get("isTrigger")), {})
    return Flow(
        name=str(item["name"]),
        description=item.get("description") or "",
        stable_key=item.get("stableKey"),
        synchronous=bool(item.get("isSynchronous")),
        security=_upper(item.get("endpointSecurityType")) or "CUSTOMER_OPTIONAL",
        trigger=str(trigger.get("name") or "Trigger"),
        trigger_part=_part(trigger.get("action", _WEBHOOK)),
        steps=tuple(str(step.get("name", "")) for step in steps),
        step_parts=tuple(_part(step["action"]) for step in steps if step.get("action") and step is not trigger),
        test_payload=item.get("testPayload"),
    )


def _part(item: Mapping[str, Any]) -> ComponentPart:
    component = item.get("component") or {}
    version = component.get("version")
    return ComponentPart(
        str(component.get("key", "")),
        str(item.get("key", "")),
        bool(component.get("isPublic")),
        version if isinstance(version, int) and 0 < version < _MOST else None,
    )


def _upper(text: Any) -> str | None:
    return str(text).upper() if text else None


def as_text(value: Any, collection: str | None) -> str | None:
    """Return a value as the API writes it: always a string, lists and mappings as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, dict) and collection == "KEYVALUELIST":
        value = [{"key": key, "value": item} for key, item in value.items()]
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
