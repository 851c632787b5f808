"""Deploys of the instances that use a shared connection, when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import shared_uses
from reconciler.sandbox.data.instances import deploy_instance
from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant


def after_write(tenant: Tenant, data: Input, *, changed: bool, **only: str) -> None:
    """Let a written connection take effect: mark the instances that use it, and deploy them if ``redeploy`` asks.

    ``only`` is the column of the view ``shared_uses``, with its value, that finds these instances.
    """
    shared_uses.settle_uses(tenant, **only)
    for each in shared_uses.users(tenant, **only):
        if changed and tenant.variants.shared_needs_deploy == "yes":
            tenant.store.update("instances", each["id"], needsDeploy=1, updatedAt=tenant.clock.tick())
        if data.get("redeploy"):
            _redeployed(tenant, each)


def update_users(tenant: Tenant, data: Input) -> dict[str, Any]:
    """Deploy the deployed instances that use a customer's connection, and return how each deploy went."""
    row = tenant.store.get("customer_config_variables", data.get("id"))
    users = shared_uses.users(tenant, customerVariable=row["id"])
    return {"instances": [_redeployed(tenant, each) for each in users]}


def _redeployed(tenant: Tenant, instance: Row) -> dict[str, Any]:
    result: dict[str, Any] = {"instanceId": instance["id"], "updated": True}
    try:
        with tenant.store.transaction():
            deploy_instance(tenant, {"id": instance["id"]})
    except Refused as refused:
        return {**result, "redeployed": False, "messages": [message for _, message in refused.errors]}
    return {**result, "redeployed": True, "messages": []}
