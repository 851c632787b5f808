"""Connections that live outside an instance: scoped config variables and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data.tenant import TIMES

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant


def scoped_variable(tenant: Tenant, key: str, *, scope: str = "ORG") -> Row:
    """Return the scoped config variable with this key; create it if none has the key.

    ``scope`` is ``ORG`` (one value for everybody) or ``CUSTOMER`` (one for each customer). On the real
    platform somebody has to create it before an integration can use it.
    """
    found = tenant.store.where("scoped_config_variables", stableKey=key)
    if found:
        return found[0]
    return tenant.create(
        "scoped_config_variables",
        "ScopedConfigVariable",
        (*TIMES, "lastConfiguredAt"),
        key=key,
        stableKey=key,
        managedBy="ORG",
        variableScope=scope,
        status="ACTIVE",
    )
