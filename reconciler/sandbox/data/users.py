"""Users of the organization and of its customers: their mutations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.custom_roles import find_role
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused
from reconciler.sandbox.data.roles import CUSTOMER, ORGANIZATION

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PLAIN = ("name", "phone", "externalId", "avatarUrl", "darkMode", "darkModeSyncWithOs", "featureFlags", "role")


def create_organization_user(tenant: Tenant, data: Input) -> Row:
    """Create a team member of the organization."""
    return _create(tenant, data, None)


def create_customer_user(tenant: Tenant, data: Input) -> Row:
    """Create a user of a customer."""
    if not data.get("customer"):
        raise Refused(("customer", "This field is required."))
    if tenant.store.find("customers", data["customer"]) is None:
        raise Refused(("customer", "There is no such customer."))
    return _create(tenant, data, data["customer"])


def update_user(tenant: Tenant, data: Input) -> Row:
    """Change the fields that were sent: null leaves a field alone, an empty string clears it."""
    user = tenant.store.get("users", data.get("id"))
    columns = _columns(data)
    if "role" in columns:
        _check_role(tenant, columns["role"], user["customer"])
    tenant.save("users", user, columns)
    return tenant.store.get("users", user["id"])


def delete_user(tenant: Tenant, data: Input) -> Row:
    """Delete a user; nobody can delete themself."""
    user = tenant.store.get("users", data.get("id"))
    if user["id"] == tenant.user:
        raise Refused((OBJECT_LEVEL, "You cannot delete your own user."))
    tenant.store.delete("users", user["id"])
    return user


def _create(tenant: Tenant, data: Input, customer: str | None) -> Row:
    email = data["email"]
    if not _EMAIL.fullmatch(email):
        raise Refused(("email", "Enter a valid email address."))
    if _taken(tenant, email, customer):
        raise Refused(("email", "A user with this email already exists."))
    _check_role(tenant, data["role"], customer)
    return tenant.create("users", "User", **_columns(data), email=email, customer=customer)


def _taken(tenant: Tenant, email: str, customer: str | None) -> bool:
    rows = tenant.store.where("users", email=email)
    if tenant.variants.user_emails == "customer":
        rows = [row for row in rows if row["customer"] == customer]
    return bool(rows)


def _columns(data: Input) -> dict[str, Any]:
    return {name: data[name] for name in _PLAIN if data.get(name) is not None}


def _check_role(tenant: Tenant, identifier: str, customer: str | None) -> None:
    role = find_role(tenant.store, identifier)
    expected = CUSTOMER if customer else ORGANIZATION
    if role is None or role.about != expected:
        raise Refused(("role", f"This is not a role of {'a customer' if customer else 'the organization'}."))
