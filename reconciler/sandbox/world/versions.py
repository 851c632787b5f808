"""Versions that manifests name without a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data import integrations

if TYPE_CHECKING:
    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.world.source import Source


def add_missing_versions(tenant: Tenant, source: Source) -> None:
    """Publish the latest definition of each integration again under the higher numbers that instances name.

    Users have the definition of version 12, which their manifests name, and rarely those of the eleven before.
    """
    wanted = sorted(
        (item["version"], item["integration"])
        for index, item in enumerate(source.section("instances"))
        if source.whole(("instances", index)) and "version" in item
    )
    for number, name in wanted:
        published = tenant.store.where("integrations", name=name, draft=0)
        if published and number > max(row["versionNumber"] for row in published):
            integrations.publish_integration(tenant, {"id": published[-1]["id"]}, number=number)
