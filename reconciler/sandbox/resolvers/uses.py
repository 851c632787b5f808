"""What shows of a shared connection: the instances that use it, and where a person authorizes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.resolvers import listings
from reconciler.sandbox.resolvers.context import nested, tenant_of
from reconciler.sandbox.resolvers.listing import SIBLINGS
from reconciler.sandbox.resolvers.siblings import Below, beside, found_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608


def used_by(column: str, condition: str) -> Callable[[Row, Info], bool]:
    """Return a resolver that says whether instances that meet a condition use a connection."""
    sql = (
        f"SELECT {column} AS part FROM shared_uses JOIN instances i ON i.id = instance"
        f" WHERE NOT isSystem AND {condition} AND {column} IN ({SIBLINGS}) GROUP BY part"
    )
    return lambda parent, info: bool(beside(tenant_of(info).store, parent, sql))


def instances_using(view: str) -> Callable[..., Page]:
    """Return a resolver of the instances that use a connection, by the view that holds them."""

    def resolve(parent: Row, info: Info, **arguments: Any) -> Page:
        every_version = tenant_of(info).variants.instances_by_integration == "every-version"
        listing = replace(listings.instances(every_version=every_version), table=view)
        return nested(info, listing, Below("t.used"), parent, arguments)

    return resolve


def authorize_url(parent: Row, info: Info, **_: Any) -> str | None:
    """Return the URL at which a person authorizes an OAuth 2.0 connection; opening it is enough here."""
    store = tenant_of(info).store
    owner: Row | None = parent
    if "scopedConfigVariable" in parent:
        owner = found_by_id(store, "scoped_config_variables", parent, "scopedConfigVariable")
    elif parent["variableScope"] != "ORG":
        return None
    found = found_by_id(store, "component_connections", owner, "connection") if owner else None
    if found is None or found["oauth2Type"] != "AUTHORIZATION_CODE":
        return None
    return f"{info.context.base_url}/sandbox/authorize/{parent['id']}"
