"""External log streams: where the logs of instances are sent to. The sandbox sends none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.sandbox.data.addresses import (
    address_errors,
    described_address,
    name_errors,
    refuse_any,
    template_text,
    texts_sent,
)
from reconciler.sandbox.data.executions import SEVERITIES
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, decoded, single, template
from reconciler.sandbox.resolvers.listing import Listing
from reconciler.sandbox.resolvers.listings import TIME_ORDERS, TIMES, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "external_log_streams"
_LISTING = Listing(_TABLE, TIMES | same("name"), TIME_ORDERS | {"NAME": "fold(t.name)"})
_TEXTS = ("name", "url", "headers", "payloadTemplate")


def _create(tenant: Tenant, data: Input) -> Row:
    columns = {"headers": None, **_columns(data)}
    refuse_any(_errors(tenant, columns, None))
    return tenant.create(_TABLE, "ExternalLogStream", **columns)


def _update(tenant: Tenant, data: Input) -> Row:
    """Change what is sent: an empty string clears a field; a variant decides about headers that are not sent."""
    stream = tenant.store.get(_TABLE, data.get("id"))
    reset: Input = {"headers": None} if tenant.variants.alert_updates == "reset" else {}
    columns = {**reset, **_columns(data)}
    refuse_any(_errors(tenant, columns, stream["id"]))
    tenant.save(_TABLE, stream, columns)
    return tenant.store.get(_TABLE, stream["id"])


def _delete(tenant: Tenant, data: Input) -> Row:
    stream = tenant.store.get(_TABLE, data.get("id"))
    tenant.store.delete(_TABLE, stream["id"])
    return stream


def _columns(data: Input) -> dict[str, Any]:
    columns: dict[str, Any] = texts_sent(data, *_TEXTS)
    if data.get("severityLevels") is not None:
        columns["severityLevels"] = json.dumps([level for level in data["severityLevels"] if level is not None])
    return columns


def _errors(tenant: Tenant, columns: Input, own: str | None) -> Iterator[tuple[str, str]]:
    taken = "An external log stream with this name already exists." if tenant.variants.alert_names == "unique" else ""
    yield from name_errors(tenant, _TABLE, columns, own, taken)
    yield from address_errors(columns)
    levels = json.loads(columns.get("severityLevels", '["none sent"]'))
    if not levels:
        yield "severityLevels", "Choose at least one severity level."
    for level in levels:
        if isinstance(level, dict) and not _exists(level):
            yield "severityLevels", f"'{level['name']}' ({level['id']}) is not a severity level."


def _exists(level: Mapping[str, Any]) -> bool:
    number = level["id"]
    return bool(0 <= number < len(SEVERITIES) and level["name"] == SEVERITIES[number])


def _add(tenant: Tenant, item: Input) -> Row:
    """Add a log stream as a world file or a manifest describes it."""
    names = [str(name).upper() for name in item["severities"]]
    levels = [{"id": SEVERITIES.index(name) if name in SEVERITIES else -1, "name": name} for name in names]
    template = template_text(item.get("payloadTemplate", '{"message": "{{message}}"}'))
    return _create(tenant, {**item, **described_address(item), "payloadTemplate": template, "severityLevels": levels})


ANSWERS = Answers(
    queries={"externalLogStream": single(_TABLE), "externalLogStreams": connection(_LISTING)},
    mutations={
        "createExternalLogStream": Mutation("externalLogStream", _create),
        "updateExternalLogStream": Mutation("externalLogStream", _update),
        "deleteExternalLogStream": Mutation("externalLogStream", _delete),
    },
    fields={
        "ExternalLogStream": {
            "headers": lambda row, _: row["headers"] or None,
            "payloadTemplate": template,
            "severityLevels": decoded("severityLevels"),
        }
    },
    section=Section("logStreams", "LogStream", _add),
)
