"""Editors offer the connections, the components and the customers of a tenant, and show no input of any."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from editor_schemas.written import written
from kinds.shared_connections import connection, customer, customer_connection, document, publish, several
from support.world import World

if TYPE_CHECKING:
    from pathlib import Path


def test_connections_components_and_customers_are_offered(tmp_path: Path) -> None:
    """Handles and stable keys, keys of components, and customers are in the schemas; inputs are not."""
    per_customer = {"type": "organization-customer", "inputs": {"url": "https://canary", "user": {"perCustomer": True}}}
    text = several(
        connection(**per_customer), customer("ftl", "FTL"), customer_connection(inputs={"user": "canary-user"})
    )
    with World() as world:
        publish(world)
        world.apply(text)
        schemas = written(world, tmp_path, text)
        schemas.check()
    found = json.loads(schemas.texts["manifest.schema.json"])["$defs"]
    offers = {kind: json.dumps(found[kind]) for kind in ("Connection", "CustomerConnection")}
    assert "depots" in offers["Connection"]
    assert all('"enum": ["depot"]' in each for each in offers.values())
    assert '"enum": ["ftl"]' in offers["CustomerConnection"]
    assert not any(secret in each for secret in ("https://canary", "canary-user") for each in schemas.texts.values())
    assert schemas.wrong(text) == []
    assert '{"properties": {"connection": {"anyOf": [{"type": "string", "enum": ["depot"]' in json.dumps(
        found["CustomerConnectionSet"]["allOf"]
    )
    assert list(found["CustomerConnectionSet"]["properties"]["spec"]["properties"]["overrides"]["properties"]) == [
        "ftl"
    ]
    members = {
        "customers": {"names": ["ftl"]},
        "template": {"connection": "depot", "inputs": {"user": "${customer.env}"}},
    }
    assert schemas.wrong(document("CustomerConnectionSet", "depot", members)) == []
    wrong = {**members, "template": {"conection": "depot"}}
    assert schemas.wrong(document("CustomerConnectionSet", "depot", wrong)) == ["spec.template"]
