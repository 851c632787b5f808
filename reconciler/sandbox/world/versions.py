"""Versions that manifests name and whose definitions are not at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data import integrations

if TYPE_CHECKING:
    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.world.source import Source


def add_missing_versions(tenant: Tenant, source: Source) -> None:
    """Publish the latest definition of each integration again under the higher numbers that instances name.

    Somebody who has version 12 in their manifests has its definition, and seldom those of the eleven before it.
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
