"""Roles that an organization defines itself. No mutation creates them; a world file can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.sandbox.data.roles import Role, role_by_id, roles_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row, Store

_LEVEL = 200
"""The level that sorts after every built-in role."""


def add_role(store: Store, name: str, about: str, tags: Sequence[str] = ()) -> Role:
    """Add a role of the organization or of customers (``about``); ``tags`` are its permissions."""
    role = Role(name, about, _LEVEL, tuple(tags))
    store.insert("roles", id=role.id, name=name, about=about, level=role.level, tags=role.tags)
    return role


def all_roles(store: Store, about: str) -> list[Role]:
    """Return the built-in roles, then the others."""
    return [*roles_of(about), *map(_role, store.where("roles", about=about))]


def find_role(store: Store, identifier: str) -> Role | None:
    built_in = role_by_id(identifier)
    found = None if built_in else store.find("roles", identifier)
    return _role(found) if found else built_in


def _role(row: Row) -> Role:
    return Role(row["name"], row["about"], row["level"], tuple(json.loads(row["tags"])))
