"""Webhook endpoints: where the organization has events sent to, such as the deploy of an instance."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.addresses import (
    address_errors,
    described_address,
    name_errors,
    refuse_any,
    texts_sent,
)
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, optional_string, single, tenant_of
from reconciler.sandbox.resolvers.listing import Listing
from reconciler.sandbox.resolvers.listings import TIME_ORDERS, TIMES, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant
    from reconciler.sandbox.resolvers.context import Info

_TABLE = "webhook_endpoints"
_LISTING = Listing(_TABLE, TIMES | same("name", "enabled"), TIME_ORDERS | {"NAME": "fold(t.name)"})
_RESET: Input = {"description": None, "headers": None, "secret": None, "enabled": True}
_MASK = "********"
EVENT_TYPES = tuple(
    f"{about}.{event}"
    for about, events in {
        "customer": ("created", "deleted", "updated"),
        "execution": ("completed", "failed", "started"),
        "instance": ("created", "deleted", "deployed", "disabled", "enabled", "updated"),
        "integration": ("created", "deleted", "published", "updated"),
        "user": ("created", "deleted", "updated"),
    }.items()
    for event in events
)
"""Made up in the form of the two that are documented, ``instance.updated`` and ``instance.deployed``."""


def _create(tenant: Tenant, data: Input) -> Row:
    columns = {**_RESET, **_columns(data)}
    _check(tenant, columns)
    return tenant.create(_TABLE, "WebhookEndpoint", **columns)


def _update(tenant: Tenant, data: Input) -> Row:
    """Change what is sent: an empty string clears a field; the variant decides about the fields that are not sent."""
    endpoint = tenant.store.get(_TABLE, data.get("id"))
    reset = _RESET if tenant.variants.webhook_updates == "reset" else {}
    columns = {**reset, **_columns(data)}
    _check(tenant, columns, endpoint["id"])
    tenant.save(_TABLE, endpoint, columns)
    return tenant.store.get(_TABLE, endpoint["id"])


def _delete(tenant: Tenant, data: Input) -> Row:
    endpoint = tenant.store.get(_TABLE, data.get("id"))
    tenant.store.delete(_TABLE, endpoint["id"])
    return endpoint


def _test(tenant: Tenant, data: Input) -> dict[str, Any]:
    endpoint = tenant.store.get(_TABLE, data.get("id"))
    return {"message": "The sandbox sends no events.", "success": True, "webhookEndpoint": endpoint}


def _columns(data: Input) -> dict[str, Any]:
    columns: dict[str, Any] = texts_sent(data, "name", "url", "description", "headers", "secret")
    if data.get("enabled") is not None:
        columns["enabled"] = int(data["enabled"])
    if data.get("eventTypes") is not None:
        columns["eventTypes"] = json.dumps([event for event in data["eventTypes"] if event is not None])
    return columns


def _check(tenant: Tenant, columns: dict[str, Any], own: str | None = None) -> None:
    """Raise :class:`.Refused` with every error of the columns; ``own`` is the ID of the endpoint that is updated."""
    taken = "A webhook endpoint with this name already exists." if tenant.variants.webhook_names == "unique" else ""
    events = _event_errors(json.loads(columns["eventTypes"])) if "eventTypes" in columns else []
    refuse_any(chain(name_errors(tenant, _TABLE, columns, own, taken), address_errors(columns), events))


def _event_errors(events: Sequence[str]) -> list[tuple[str, str]]:
    if not events:
        return [("eventTypes", "Choose at least one event type.")]
    return [("eventTypes", f"'{event}' is not an event type.") for event in events if event not in EVENT_TYPES]


def _add(tenant: Tenant, item: Input) -> Row:
    """Add an endpoint as a world file or a manifest describes it."""
    return _create(tenant, {**item, **described_address(item), "eventTypes": item["events"]})


def _secret(parent: Row, info: Info) -> str | None:
    secret: str | None = parent["secret"]
    return (
        {"plain": secret, "masked": _MASK, "null": None}[tenant_of(info).variants.webhook_secrets] if secret else None
    )


def _event_types(parent: Row, info: Info) -> list[str]:
    events: list[str] = json.loads(parent["eventTypes"])
    return sorted(events) if tenant_of(info).variants.webhook_events == "sorted" else events


ANSWERS = Answers(
    queries={
        "webhookEndpoint": single(_TABLE),
        "webhookEndpoints": connection(_LISTING),
        "webhookEventTypes": lambda *_: [
            {"id": event, "name": event.replace(".", " ").title()} for event in EVENT_TYPES
        ],
    },
    mutations={
        "createWebhookEndpoint": Mutation("webhookEndpoint", _create),
        "updateWebhookEndpoint": Mutation("webhookEndpoint", _update),
        "deleteWebhookEndpoint": Mutation("webhookEndpoint", _delete),
        "testWebhookEndpoint": Mutation("testWebhookEndpointResult", _test),
    },
    fields={
        "WebhookEndpoint": {
            "description": optional_string("description"),
            "eventTypes": _event_types,
            "headers": lambda row, _: row["headers"] or None,
            "secret": _secret,
        },
    },
    section=Section("webhookEndpoints", "EventWebhook", _add),
)
