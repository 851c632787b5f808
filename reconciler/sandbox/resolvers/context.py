"""The context of a request, and the common resolvers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.ids import derived_id
from reconciler.sandbox.data.permissions import denied
from reconciler.sandbox.resolvers import listings
from reconciler.sandbox.resolvers.paging import Items, page
from reconciler.sandbox.resolvers.siblings import Below, Nested, Together, found_by_id, siblings_of, together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import GraphQLResolveInfo

    from reconciler.sandbox.data.audit import Running
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.resolvers.listing import Condition, Listing
    from reconciler.sandbox.resolvers.paging import Page, Source

    Info = GraphQLResolveInfo[Any]


@dataclass(frozen=True, slots=True)
class Context:
    """One request: its tenant, its address, and the operations carried out so far."""

    tenant: Tenant
    base_url: str
    """Scheme, host and port, without a slash at the end; URLs in answers begin with it."""
    running: list[Running] = field(default_factory=list)
    too_many: list[str] = field(default_factory=list)
    """Why the whole request is answered with 429, if it is."""
    known: dict[str, Any] = field(default_factory=dict)
    """What holds for the whole request and was looked up once."""


def is_allowed(name: str) -> Callable[..., bool]:
    """Return a resolver of an ``allow…`` field, by its type and name; a request looks up once what is denied."""

    def resolve(_: Any, info: Info, **__: Any) -> bool:
        known = info.context.known
        if "denied" not in known:
            known["denied"] = denied(tenant_of(info).store)
        return name not in known["denied"]

    return resolve


def tenant_of(info: Info) -> Tenant:
    tenant: Tenant = info.context.tenant
    return tenant


def paged(info: Info, source: Source, arguments: Mapping[str, Any], cap: int | None = None) -> Page:
    settings = tenant_of(info).settings
    most = min(settings.page_cap, cap or settings.page_cap)
    return page(source, arguments, most, refuse_over_cap=settings.variants.page_over_cap == "refused")


def connection(
    listing: Listing, below: Below | None = None, *scope: Condition, cap: int | None = None
) -> Callable[..., Page]:
    """Return a resolver of the rows of a listing that meet ``scope``; with ``below``, of those below the parent.

    ``cap`` is a limit on the rows of a page, below that of all lists.
    """

    def resolve(parent: Row | None, info: Info, **arguments: Any) -> Page:
        if below and parent:
            source: Source = Nested(tenant_of(info), listing, below, parent, arguments, scope)
        else:
            source = Together(listing.select(tenant_of(info), arguments, scope))
        return paged(info, source, arguments, cap)

    return resolve


def nested(
    info: Info, listing: Listing, below: Below, parent: Row, arguments: Mapping[str, Any], *scope: Condition
) -> Page:
    """Return a page of the rows of a listing that are below ``parent``."""
    return paged(info, Nested(tenant_of(info), listing, below, parent, arguments, scope), arguments)


def related(table: str, column: str) -> Callable[[Row, Info], Row | None]:
    """Return a resolver of the object whose ID the column holds."""

    def resolve(parent: Row, info: Info) -> Row | None:
        return found_by_id(tenant_of(info).store, table, parent, column)

    return resolve


def decoded(column: str) -> Callable[[Row, Info], Any]:
    """Return a resolver of a column that holds JSON."""

    def resolve(parent: Row, info: Info) -> Any:
        del info
        return json.loads(parent[column] or "[]")

    return resolve


def optional_string(column: str) -> Callable[[Row, Info], str | None]:
    """Return a resolver of a string that may be unset; a variant decides how it reads then."""

    def resolve(parent: Row, info: Info) -> str | None:
        value: str | None = parent[column]
        if value:
            return value
        return {"stored": value, "empty": "", "null": None}[tenant_of(info).variants.optional_strings]

    return resolve


def template(parent: Row, info: Info) -> str:
    """Answer ``payloadTemplate``; a variant decides whether the API trims it."""
    text: str = parent["payloadTemplate"]
    return text.strip() if tenant_of(info).variants.payload_templates == "trimmed" else text


def constant(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


def single(table: str) -> Callable[..., Row]:
    """Return a resolver of one row by its ID; it raises :class:`.RecordNotFound`."""
    return lambda _, info, id: tenant_of(info).store.get(table, id)  # noqa: A006 - the argument's name


def instances_of(partition: str = "") -> Callable[..., Page]:
    """Return a resolver of instances: of all, or of those whose ``partition`` is the parent's ID."""

    def resolve(parent: Row | None, info: Info, **arguments: Any) -> Page:
        every_version = tenant_of(info).variants.instances_by_integration == "every-version"
        below = Below(partition) if partition else None
        return connection(listings.instances(every_version=every_version), below)(parent, info, **arguments)

    return resolve


def labels_of(table: str) -> Callable[..., list[dict[str, str]]]:
    """Return a resolver of every label in use in a table."""

    def resolve(_: Any, info: Info) -> list[dict[str, str]]:
        rows = tenant_of(info).store.rows(
            f"SELECT DISTINCT value AS name FROM {table} t, json_each(t.labels) ORDER BY value"  # noqa: S608
        )
        return [{"id": derived_id("Label", row["name"]), "name": row["name"]} for row in rows]

    return resolve


def expressions(parent: Row, info: Info, **arguments: Any) -> Page:
    """Answer ``inputs``: the inputs of a connection that the arguments select."""
    items = json.loads(parent["inputs"])
    for name in ("visibleToCustomerDeployer", "visibleToOrgDeployer"):
        if arguments.get(name) is not None:
            items = [item for item in items if item["meta"].get(name, True) == arguments[name]]
    shared = "lastConfiguredAt" in parent
    return paged(info, Items([{**item, "owner": parent["id"], "shared": shared} for item in items]), arguments)


def organization(parent: Row | None, info: Info) -> Row | None:
    store = tenant_of(info).store

    def find() -> Row | None:
        return next(iter(together(store.rows("SELECT * FROM organization"))), None)

    found: Row | None = siblings_of(parent or {}).once("organization", find)
    return found


def of_organization(resolve: Callable[..., Page]) -> Callable[..., Page]:
    """Return a resolver of a list of the organization, computed once for all rows of an answer."""

    def once(parent: Row, info: Info, **arguments: Any) -> Page:
        key = (info.field_name, json.dumps(arguments, sort_keys=True))
        found: Page = siblings_of(parent).once(key, lambda: resolve(None, info, **arguments))
        return found

    return once
