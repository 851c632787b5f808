"""Customers' connections that an instance takes by handle: ``Salesforce: {customerConnection: sf-ftl}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.lookup import declared_stable_key
from reconciler.kinds.customer.lookup import live_customer_id
from reconciler.kinds.customer.spec import reference_key
from reconciler.kinds.customer_connection.spec import NAME, linked_handles
from reconciler.kinds.shared.links import BY_HANDLE
from reconciler.kinds.variables.connections import Linked
from reconciler.kinds.variables.live_variables import links_of, live_variables
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import IdOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.live_variables import Configured
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.view import View

BY_ID = "customerConfigVariableId"


def linked(declared: Mapping[str, Any], node: Configured | None, view: View) -> Mapping[str, Any]:
    """Return the declared variables with each link by handle as a link by ID; ``node`` is the live instance."""
    handles = dict(linked_handles(declared))
    if not handles:
        return declared
    current = live_variables(node)
    return {
        key: {BY_ID: _link(handles[key], links_of(current.get(key)).get(BY_ID), view)} if key in handles else value
        for key, value in declared.items()
    }


def _link(handle: str, current: str | None, view: View) -> Linked:
    address = f"{NAME}/{handle}"
    live = view.live(address)
    other = view.address_of(current) if current else None
    return Linked(handle, live.id if live else IdOf(address), current, other.partition("/")[2] if other else current)


def linking_problems(
    spec: Mapping[str, Any], declarations: Mapping[str, Declaration], view: View
) -> Iterator[Diagnostic]:
    """Yield each link by handle to the connection of another customer, or to one that the variable does not take."""
    for key, handle in linked_handles(spec.get("configVariables") or {}):
        resource, path = view.resource(f"{NAME}/{handle}"), ("configVariables", key, BY_HANDLE)
        if resource is None:
            continue
        if not _same_customer(spec, resource.spec, view):
            message = f"{key!r}: the connection {handle!r} belongs to another customer; name one of this customer's"
            yield Diagnostic(message, path=path)
        wanted = declarations[key].shared if key in declarations else None
        there = declared_stable_key(resource.spec, view)
        if key in declarations and wanted is None:
            message = f"{key!r} takes no connection that instances share; give it inputs instead"
            yield Diagnostic(message, path=path)
        elif wanted and there and wanted != there:
            message = f"{key!r} takes the connection {wanted!r}, and {handle!r} is a part of {there!r}"
            yield Diagnostic(f"{message}; name one of {wanted!r}", path=path)


def dropped_links(changes: Iterable[FieldChange], node: Configured | None) -> frozenset[str]:
    """Return the IDs of the customers' connections that an instance no longer takes once these fields are written."""
    current = live_variables(node)
    keys = [each.path[1] for each in changes if each.path[-1] in {BY_HANDLE, BY_ID} and len(each.path) == 3]
    found = (links_of(current.get(str(key))).get(BY_ID) for key in keys)
    return frozenset(filter(None, found))


def _same_customer(spec: Mapping[str, Any], other: Mapping[str, Any], view: View) -> bool:
    ours, theirs = live_customer_id(spec, view), live_customer_id(other, view)
    if ours or theirs:
        return ours == theirs
    return reference_key(spec.get("customer")) == reference_key(other.get("customer"))
