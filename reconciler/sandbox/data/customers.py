"""Customers: their mutations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.labels import stored_labels
from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_PLAIN = ("name", "externalId", "description", "avatarUrl", "allowEmbeddedDesigner", "starred")


def create_customer(tenant: Tenant, data: Input, *, system: bool = False) -> Row:
    """Create a customer; its name, and its external ID unless blank, must be new in the organization."""
    columns = _columns(data)
    _check(tenant, columns, None)
    return tenant.create("customers", "Customer", **columns, isSystem=int(system))


def update_customer(tenant: Tenant, data: Input) -> Row:
    """Change the fields that were sent: null leaves a field alone, an empty string clears it."""
    customer = tenant.store.get("customers", data.get("id"))
    columns = _columns(data)
    _check(tenant, columns, customer["id"])
    tenant.save("customers", customer, columns)
    return tenant.store.get("customers", customer["id"])


def delete_customer(tenant: Tenant, data: Input) -> Row:
    """Delete a customer with its users and instances, for good."""
    customer = tenant.store.get("customers", data.get("id"))
    tenant.store.delete("customers", customer["id"])
    return customer


def _columns(data: Input) -> dict[str, Any]:
    columns = {name: data[name] for name in _PLAIN if data.get(name) is not None}
    if data.get("labels") is not None:
        columns["labels"] = stored_labels(data["labels"])
    return columns


def _check(tenant: Tenant, columns: dict[str, Any], own: str | None) -> None:
    if "name" in columns and not columns["name"].strip():
        raise Refused(("name", "This field cannot be blank."))
    unique = [("name", "name")]
    unique += [("externalId", "external ID")] if tenant.variants.external_ids == "unique" else []
    for field, label in unique:
        value = columns.get(field)
        taken = [row for row in tenant.store.where("customers", **{field: value}) if row["id"] != own] if value else []
        if taken:
            raise Refused((field, f"A customer with this {label} already exists."))
