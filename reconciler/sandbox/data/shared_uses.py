"""The instances that use a shared connection: who they are, and the statuses they show.

``shared_uses`` holds each use: a config variable of an instance, the connection, and the customer's part in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608

_OF_THESE = "IN (SELECT value FROM json_each(?))"
_FOUND_BY = {
    "customerVariable": (
        "SELECT variable FROM customer_config_variables c JOIN shared_uses u ON u.scoped = c.scopedConfigVariable"
        " JOIN instances i ON i.id = u.instance AND i.customer = c.customer WHERE c.id = :value"
    ),
    "instance": "SELECT id FROM config_variables WHERE instance = :value",
    "scoped": (
        "SELECT v.id FROM required_config_variables r JOIN config_variables v ON v.requiredConfigVariable = r.id"
        " WHERE r.scopedConfigVariable = :value"
    ),
    "variable": "SELECT :value",
}
"""Config variables that may use a shared connection from now on, by a column of the uses."""


def settle_uses(tenant: Tenant, **only: str) -> None:
    """Find the uses of shared connections anew, and give config variables the status of what they use.

    ``only`` is a column of the uses, with its value, that limits them. Connections that a rule for releases has broken
    stay in error.
    """
    ((column, value),) = only.items()
    found = tenant.store.rows(
        f"SELECT variable FROM shared_uses WHERE {column} = :value UNION {_FOUND_BY[column]}", {"value": value}
    )
    these = (json.dumps([row["variable"] for row in found]),)
    tenant.store.execute(f"DELETE FROM shared_uses WHERE variable {_OF_THESE}", these)
    for row in found:
        # One by one: SQLite finds one variable by its index, and reads all of them to find several in the view.
        tenant.store.execute("INSERT INTO shared_uses SELECT * FROM found_uses WHERE variable = ?", (row["variable"],))
    tenant.store.execute(
        "UPDATE config_variables SET status = (SELECT CASE"
        " WHEN u.missing THEN 'PENDING'"
        " WHEN u.customerVariable IS NOT NULL"
        " THEN (SELECT status FROM customer_config_variables WHERE id = u.customerVariable)"
        " ELSE coalesce((SELECT status FROM scoped_config_variables WHERE id = u.scoped), 'ACTIVE') END"
        " FROM shared_uses u WHERE u.variable = config_variables.id)"
        f" WHERE id IN (SELECT variable FROM shared_uses WHERE variable {_OF_THESE})"
        " AND NOT (status = 'ERROR' AND (SELECT broken FROM instances WHERE id = instance))",
        these,
    )


def in_use(tenant: Tenant, **only: str) -> bool:
    """Return whether instances use a connection, without the designer's test instances.

    By a variant, a definition that names the connection is a use too.
    """
    ((column, value),) = only.items()
    used = f"SELECT 1 FROM shared_uses JOIN instances i ON i.id = instance WHERE {column} = ? AND NOT isSystem"
    if tenant.store.value(used, (value,)):
        return True
    named = "SELECT 1 FROM required_config_variables WHERE scopedConfigVariable = ?"
    definitions = column == "scoped" and tenant.variants.shared_in_use == "definitions"
    return definitions and bool(tenant.store.value(named, (value,)))


def users(tenant: Tenant, **only: str) -> Sequence[Row]:
    """Return the deployed instances that use a connection, in the order of their creation."""
    ((column, value),) = only.items()
    return tenant.store.rows(
        "SELECT * FROM instances WHERE NOT isSystem AND lastDeployedAt IS NOT NULL"
        f" AND id IN (SELECT instance FROM shared_uses WHERE {column} = ?) ORDER BY seq",
        (value,),
    )
