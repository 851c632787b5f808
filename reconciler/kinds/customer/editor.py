"""Customers as an editor offers them, where a user or an instance names its own: offered, never forced.

A customer's manifest may only just be written, and a customer may be created meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.reads import CUSTOMERS
from reconciler.kinds.customer.spec import NAME
from reconciler.model.capabilities.editor import keyed, not_offered, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import HintContext, Schema
    from reconciler.model.place import Path

READ = Read(CUSTOMERS)


def customer_offers(known: HintContext) -> Iterator[tuple[Path, Schema]]:
    """Yield what is offered for ``spec.customer`` and below it."""
    path = ("spec", "customer")
    handles = {each.handle: str(each.spec.get("name", "")) for each in known.of(NAME)}
    yield path, offered(handles)
    live = known.view.tenant.all(CUSTOMERS)
    yield (*path, "externalId"), offered({each.external_id: each.name for each in live if each.external_id})
    yield (*path, "name"), offered({each.name: "" for each in live})


def set_offers(known: HintContext, kind: str) -> Iterator[tuple[Path, Schema]]:
    """Yield what is offered where a set of a kind chooses its customers, and overrides what they get."""
    customers = {each.handle: str(each.spec.get("name", "")) for each in known.of(NAME)}
    for name in ("names", "exclude"):
        yield ("spec", "customers", name), {"items": offered(customers)}
    overrides: dict[str, Schema] = {handle: {"$ref": f"#/$defs/{kind}/$defs/override"} for handle in customers}
    yield ("spec", "overrides"), keyed(overrides)


def customer_notes(known: HintContext) -> list[str]:
    """Return why no customers of the tenant are offered, if so."""
    return not_offered(known.view.tenant, {"customers of the tenant": READ})
