"""The inputs of connections that instances share: of a scoped config variable, or of a customer's part of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.definition import as_text
from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant


PER_CUSTOMER = {"managedBy": "org", "inputScope": "customer"}
"""The ``meta`` of an input for which each customer has a value."""


def first_status(connection: Row | None) -> str:
    """Return the status of a connection that nobody has authorized."""
    return "PENDING" if connection and connection["oauth2Type"] == "AUTHORIZATION_CODE" else "ACTIVE"


def write(tenant: Tenant, table: str, row: Row, connection: str | None, data: Input) -> bool:
    """Write the inputs that were sent into a row, and return whether that changed any."""
    if data.get("inputs") is None:
        return False
    template = tenant.store.find("component_connections", connection)
    inputs = json.dumps(written(tenant, template, json.loads(row["inputs"]), data["inputs"]), ensure_ascii=False)
    if inputs == row["inputs"]:
        return False
    tenant.store.update(table, row["id"], inputs=inputs, lastConfiguredAt=tenant.clock.tick())
    return True


def written(
    tenant: Tenant, connection: Row | None, present: Sequence[Mapping[str, Any]], sent: Sequence[Input | None]
) -> list[dict[str, Any]]:
    """Return all inputs after a write, by name.

    Those that are not ``sent`` are kept or blanked, by the variant for inputs of connections. An input has the ``meta``
    of its component's connection, and over it what was sent with it.
    """
    known = {item["name"]: dict(item) for item in (json.loads(connection["inputs"]) if connection else ())}
    own = {item["name"]: dict(item) for item in present}
    if tenant.variants.connection_inputs == "replace":
        own = {name: {**item, "value": ""} for name, item in own.items()}
    result = {**known, **own}
    for item in sent:
        if item is None:
            continue
        name = item["name"]
        former = result.get(name, {"type": "VALUE", "value": "", "meta": {}})
        meta = {**former["meta"], **_meta(item)}
        value = former["value"] if item.get("value") is None else item["value"]
        kind = (item.get("type") or former["type"]).upper()
        result[name] = {"name": name, "type": kind, "value": value, "meta": meta}
    return [result[name] for name in sorted(result)]


def described_inputs(inputs: Mapping[str, Any]) -> list[Input]:
    """Return inputs in the form of mutations, from that of a world file or a manifest."""
    described: list[Input] = []
    for name, value in inputs.items():
        if isinstance(value, dict):
            each: Input = {"meta": json.dumps(PER_CUSTOMER)} if value.get("perCustomer") else {"value": ""}
        else:
            each = {"value": as_text(value, None)}
        described.append({"name": name, **each})
    return described


def _meta(item: Input) -> dict[str, Any]:
    if not item.get("meta"):
        return {}
    try:
        meta = json.loads(item["meta"])
    except ValueError as error:
        raise Refused(("inputs", f"{item['name']}: meta is not valid JSON.")) from error
    if not isinstance(meta, dict):
        raise Refused(("inputs", f"{item['name']}: meta is a JSON object."))
    return meta
