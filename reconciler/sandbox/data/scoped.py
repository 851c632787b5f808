"""Connections that live outside an instance: scoped config variables and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant


def scoped_variable(tenant: Tenant, key: str, *, scope: str = "ORG") -> Row:
    """Return the scoped config variable of this key; the first mention of one creates it.

    ``scope`` is ``ORG`` (one value for everybody) or ``CUSTOMER`` (one for each customer). On the real
    platform somebody has to create it before an integration can use it.
    """
    found = tenant.store.where("scoped_config_variables", stableKey=key)
    if found:
        return found[0]
    moment = tenant.clock.tick()
    identifier = tenant.ids.new("ScopedConfigVariable")
    tenant.store.insert(
        "scoped_config_variables",
        id=identifier,
        key=key,
        stableKey=key,
        managedBy="ORG",
        variableScope=scope,
        status="ACTIVE",
        createdAt=moment,
        updatedAt=moment,
        lastConfiguredAt=moment,
    )
    return tenant.store.get("scoped_config_variables", identifier)
