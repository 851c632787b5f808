"""The manifests of instances that use a connection, where a run does not plan them, because it has targets, say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.spec import NAME as CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.connection.fragments import ConnectionUser
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

INSTANCE = "Instance"
"""The name of the kind, which is built on this one."""


def left_out_manifest(user: ConnectionUser, view: View) -> Resource | None:
    """Return the manifest of an instance that this run does not plan; ``None``: no manifest declares the instance.

    Nothing is read for such a manifest, so the names of the instance and of its customer show which one it is.
    """
    found: Mapping[tuple[str, str, str], Resource] = view.tenant.derived(
        ("left-out instances", view), lambda: dict(_index(view))
    )
    owner = user.customer
    by_external_id = found.get((user.name, "externalId", owner.external_id)) if owner.external_id else None
    return by_external_id or found.get((user.name, "name", owner.name))


def _index(view: View) -> Iterator[tuple[tuple[str, str, str], Resource]]:
    customers = {each.address: each for each in (*view.of_kind(CUSTOMER), *view.left_out) if each.kind == CUSTOMER}
    for resource in view.left_out:
        if resource.kind == INSTANCE:
            for name in _names(resource):
                for field, value in _owner(resource, customers):
                    yield (name, field, value), resource


def _owner(resource: Resource, customers: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    """Yield what the customer of an instance may be known by: a field, and its value."""
    named = resource.spec["customer"]
    if isinstance(named, dict):
        yield from named.items()
    elif customer := customers.get(f"{CUSTOMER}/{named}"):
        if external_id := customer.spec.get("externalId"):
            yield "externalId", external_id
        for name in _names(customer):
            yield "name", name


def _names(resource: Resource) -> tuple[str, ...]:
    return (resource.spec["name"], *resource.lifecycle.renamed_from)
