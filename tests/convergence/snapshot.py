"""The whole store of a sandbox as plain data, and what in it the API moves by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from support.world import World

Row = dict[str, Any]
Snapshot = dict[str, dict[Any, Row]]

PARTS = {
    "config_variables": (
        "SELECT config_variables.*, required.key AS partKey FROM config_variables"
        " JOIN required_config_variables required ON required.id = requiredConfigVariable"
    ),
    "flow_configs": (
        "SELECT flow_configs.*, flows.name AS partKey FROM flow_configs JOIN flows ON flows.id = flow_configs.flow"
    ),
}
"""Tables whose rows are known by their instance and a name, since a new version gives them other IDs."""

DERIVED = frozenset({"former_flow_configs", "shared_uses"})
"""Tables of the sandbox alone: what it found from the others, or remembers of them."""

MOVED_BY_THE_API: Mapping[str, frozenset[str]] = {
    "customers": frozenset({"updatedAt"}),
    "users": frozenset({"updatedAt"}),
    "instances": frozenset({"updatedAt", "needsDeploy", "deployments", "deployedVersion", "lastDeployedAt"}),
    "config_variables": frozenset({"id", "seq", "requiredConfigVariable"}),
    "flow_configs": frozenset({"id", "flow"}),
}
"""Of what a manifest names: columns that change with any write or deploy, and the IDs that a new version gives."""


def snapshot(world: World) -> Snapshot:
    """Return every row of every table: those of the parts of instances by instance and name, others by ID."""
    rows = world.sandbox.store.rows
    tables = [row["name"] for row in rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [table for table in tables if table not in DERIVED]
    return {
        table: {_key(table, row): row for row in rows(PARTS.get(table, f"SELECT * FROM {table}"))}  # noqa: S608 - the store's own tables
        for table in tables
    }


def _key(table: str, row: Row) -> Hashable:
    if table in PARTS:
        return (row["instance"], row["partKey"])
    return row["id"] if "id" in row else tuple(row.values())  # the row of a pair is its own key


def rest(world: World, table: str, name: str) -> Snapshot:
    """Return every row of every table but the one with a name, and what pairs it with others."""
    own = {row["id"] for row in world.rows(table, name=name)}
    every = snapshot(world)
    return {
        each: {key: row for key, row in rows.items() if own.isdisjoint(map(str, row.values()))}
        for each, rows in every.items()
    }


def without(row: Row, columns: frozenset[str] | set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in columns}


def parts_of(snapshot_: Snapshot, table: str, instance: str) -> dict[str, Row]:
    """Return an instance's config variables or flow configs by name."""
    return {key[1]: row for key, row in snapshot_[table].items() if key[0] == instance}
