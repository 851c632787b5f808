"""A tenant without what differs from run to run: by names instead of IDs, and without times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.world import World

    from reconciler.sandbox.data.store import Row

Picture = dict[str, dict[str, Any]]

PASSING = frozenset({
    "id", "seq", "createdAt", "updatedAt", "lastConfiguredAt", "lastDeployedAt", "deployments", "key",
})  # fmt: skip
"""IDs, times and the order of creation; and how often something was deployed, which doing a deploy again changes."""


def picture(world: World) -> Picture:
    """Return every customer, user, instance (with its variables and flows) and what alerting has, by its name.

    Raises ``AssertionError`` when two have the same.
    """
    rows = world.sandbox.store.rows
    customers, integrations = rows("SELECT * FROM customers"), rows("SELECT * FROM integrations")
    names = {row["id"]: f"Customer {row['name']}" for row in customers}
    names |= {row["id"]: f"{row['name']} {row['versionNumber']}" for row in integrations}
    found: Picture = {}
    for row in customers:
        _add(found, names[row["id"]], _lasting(row, names))
    for row in rows("SELECT * FROM users"):
        _add(found, f"User {row['email']}", _lasting(row, names))
    for row in rows("SELECT * FROM instances"):
        deployed = {"deployed": row["deployments"] > 0}
        parts = {"variables": _variables(world, row, names), "flows": _flows(world, row, names)}
        _add(found, f"{names[row['customer']]} / {row['name']}", {**_lasting(row, names), **deployed, **parts})
    names |= {row["id"]: row["stableKey"] for row in rows("SELECT * FROM scoped_config_variables")}
    for row in rows("SELECT * FROM scoped_config_variables"):
        _add(found, f"Connection {row['stableKey']}", {**_lasting(row, names), "name": row["key"]})
    for row in rows("SELECT * FROM customer_config_variables"):
        of = names[row["customer"]]
        _add(found, f"{names[row['scopedConfigVariable']]} of {of}", _lasting(row, names))
    for table in ("alert_webhooks", "external_log_streams", "alert_groups"):
        for row in rows(f"SELECT * FROM {table}"):  # noqa: S608 - the store's own tables
            _add(found, f"{table} {row['name']}", {**_lasting(row, names), "members": _members(world, row)})
    return found


def _members(world: World, group: Row) -> list[str]:
    """Return the members of an alert group by name."""
    sql = (
        "SELECT email AS name FROM alert_group_users JOIN users ON users.id = user WHERE alertGroup = ?"
        " UNION SELECT name FROM alert_group_webhooks JOIN alert_webhooks ON alert_webhooks.id = alertWebhook"
        " WHERE alertGroup = ?"
    )
    return sorted(row["name"] for row in world.sandbox.store.rows(sql, (group["id"], group["id"])))


def _add(found: Picture, name: str, row: Row) -> None:
    assert name not in found, f"{name} is there twice"
    found[name] = row


def _lasting(row: Row, names: dict[str, str]) -> Row:
    return {key: names.get(value, value) for key, value in row.items() if key not in PASSING}


def _variables(world: World, instance: Row, names: dict[str, str]) -> dict[str, Row]:
    rows = world.sandbox.store.rows(
        "SELECT config_variables.*, required.key FROM config_variables JOIN required_config_variables required"
        " ON required.id = requiredConfigVariable WHERE instance = ?",
        (instance["id"],),
    )
    return {row["key"]: _without(_lasting(row, names), "instance", "requiredConfigVariable") for row in rows}


def _flows(world: World, instance: Row, names: dict[str, str]) -> dict[str, Row]:
    rows = world.sandbox.store.rows(
        "SELECT flow_configs.*, flows.name AS flowName FROM flow_configs JOIN flows ON flows.id = flow"
        " WHERE instance = ?",
        (instance["id"],),
    )
    return {row["flowName"]: _without(_lasting(row, names), "instance", "flow") for row in rows}


def _without(row: Row, *columns: str) -> Row:
    return {key: value for key, value in row.items() if key not in columns}
