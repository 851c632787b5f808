"""Components and their connections, as far as definitions and shared connections refer to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from reconciler.sandbox.data.components import delete_component
from reconciler.sandbox.data.ids import derived_id
from reconciler.sandbox.resolvers import shared_listings
from reconciler.sandbox.resolvers.answers import Answers, Mutation
from reconciler.sandbox.resolvers.context import connection, decoded, paged, related, single, tenant_of
from reconciler.sandbox.resolvers.paging import Items
from reconciler.sandbox.resolvers.siblings import Below, found_by_id

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.listing import Condition
    from reconciler.sandbox.resolvers.paging import Page

_SEARCHED = frozenset({"key", "label"})


def _components(_: Any, info: Info, **arguments: Any) -> Page:
    """Answer ``components``: the latest versions, and with ``allVersions`` all of them."""
    scope: list[Condition] = [] if arguments.pop("allVersions", None) else [("t.versionIsLatest", ())]
    query = arguments.pop("filterQuery", None)
    if query:
        scope.append(_searched(query))
    arguments.pop("includeComponentsForCodeNativeIntegrations", None)
    return connection(shared_listings.COMPONENTS, None, *scope)(None, info, **arguments)


def _searched(query: str) -> Condition:
    """Return the condition of a ``filterQuery`` as the official CLI sends it: ``["or", ["in", "key", "text"], …]``."""
    try:
        operator, *tests = json.loads(query)
        fields = [(str(name), str(text)) for kind, name, text in tests if kind == "in" and name in _SEARCHED]
    except (ValueError, TypeError) as error:
        raise GraphQLError("filterQuery: expected a list of an operator and its tests.") from error
    if operator not in {"or", "and"} or len(fields) != len(tests):
        raise GraphQLError("filterQuery: the sandbox knows only 'or' and 'and' of 'in' tests on key and label.")
    condition = f" {operator.upper()} ".join(f"instr(fold(t.{name}), fold(?)) > 0" for name, _ in fields)
    return f"({condition or '1'})", tuple(text for _, text in fields)


def _input_fields(parent: Row, info: Info, **arguments: Any) -> Page:
    """Answer the inputs of a component's connection: those that definitions name."""
    fields = [
        {
            "id": derived_id("InputField", parent["id"], item["name"]),
            "key": item["name"],
            "label": item["meta"].get("label") or item["name"],
            "comments": item["meta"].get("comments") or "",
            "required": bool(item["meta"].get("required")),
            "shown": item["meta"].get("visibleToOrgDeployer", True),
            "type": "PASSWORD" if item["meta"].get("writeOnly") else "STRING",
        }
        for item in json.loads(parent["inputs"])
    ]
    return paged(info, Items(fields), arguments)


def _schedule_support(parent: Row, info: Info) -> str:
    component = found_by_id(tenant_of(info).store, "components", parent, "component")
    return "REQUIRED" if component and component["key"] == "schedule-triggers" else "INVALID"


ANSWERS = Answers(
    queries={"component": single("components"), "components": _components},
    mutations={"deleteComponent": Mutation("component", delete_component)},
    fields={
        "Action": {
            "component": related("components", "component"),
            "isCommonTrigger": lambda row, _: row["isTrigger"],
            "scheduleSupport": _schedule_support,
        },
        "Component": {
            "actions": connection(shared_listings.COMPONENT_ACTIONS, Below("t.component")),
            "connections": connection(shared_listings.COMPONENT_CONNECTIONS, Below("t.component")),
            "customer": related("customers", "customer"),
            "labels": decoded("labels"),
        },
        "Connection": {"component": related("components", "component"), "inputs": _input_fields},
    },
)
