"""Shared connections from staging to production: stable keys are the same in both tenants, and IDs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exporting.exported import export
from kinds.shared_connections import connection, customer, document, instance, publish, several
from support.world import World

if TYPE_CHECKING:
    from pathlib import Path

STAGING = several(
    connection(type="customer", inputs={"url": "https://staging.example"}),
    customer("ftl", "FTL"),
    document(
        "CustomerConnection",
        "depot-ftl",
        {"connection": "depot", "customer": "ftl", "key": "main", "inputs": {"user": "staging-user"}},
    ),
    instance("ftl-ships", "ftl", configVariables={"Depot": {"customerConnection": "depot-ftl"}}),
)


def ids(world: World) -> dict[str, str]:
    """Return the IDs of the connection and of the customer's, and what the instance takes."""
    rows = world.sandbox.store.rows(
        "SELECT s.id AS connection, c.id AS theirs, v.customerConfigVariable AS taken FROM scoped_config_variables s"
        " JOIN customer_config_variables c ON c.scopedConfigVariable = s.id"
        " JOIN config_variables v ON v.customerConfigVariable = c.id WHERE s.stableKey = 'depot'"
    )
    (found,) = rows
    return dict(found)


def test_shared_connections_are_promoted_by_their_stable_keys(tmp_path: Path) -> None:
    """What staging exports is applied to production as it is: it names connections by handle, never by an ID."""
    with World(seed=1) as staging, World(seed=2) as production:
        for world in (staging, production):
            publish(world)
        assert {result.status for result in staging.apply(STAGING)} == {"applied"}
        assert export(staging, tmp_path, secrets="reference").left_out == []
        exported = "".join(path.read_text(encoding="utf-8") for path in sorted(tmp_path.rglob("*.yaml")))
        assert "customerConnection: " in exported
        assert "an ID of this tenant" not in exported
        assert not [each for each in ids(staging).values() if each in exported]
        example = (tmp_path / ".env.example").read_text(encoding="utf-8")
        names = [line.partition("=")[0].removeprefix("#").strip() for line in example.splitlines() if "=" in line]
        secrets = {name: f"production-{name.lower()}" for name in names}
        for _ in range(2):
            results = production.apply(tmp_path, environ={**production.environ, **secrets})
            assert [(each.status, each.messages) for each in results if not each.ok] == []
        assert production.plan(tmp_path, environ={**production.environ, **secrets}).empty
        assert ids(production).keys() == ids(staging).keys()
        assert not set(ids(production).values()) & set(ids(staging).values())
        keys = [world.rows("scoped_config_variables", implied=0)[0]["stableKey"] for world in (staging, production)]
        assert keys == ["depot", "depot"]


WITHOUT_VALUES = "the new connection will have no value for"


@pytest.mark.parametrize("kind", ["organization", "organization-customer"])
def test_a_promoted_connection_without_values_is_announced(kind: str, tmp_path: Path) -> None:
    """A default export leaves the inputs out: the plan that creates the connections elsewhere names what they lack."""
    inputs = {"url": "https://staging.example", "apiKey": "staging-key"}
    of_each = kind != "organization"
    common = connection(type=kind, inputs={key: {"perCustomer": True} for key in inputs} if of_each else inputs)
    theirs = document("CustomerConnection", "depot-ftl", {"connection": "depot", "customer": "ftl", "inputs": inputs})
    with World(seed=1) as staging, World(seed=2) as production:
        for world in (staging, production):
            publish(world)
        staging.apply(several(common, customer("ftl", "FTL"), *([theirs] if of_each else [])))
        export(staging, tmp_path)
        plan = production.plan(tmp_path)
        found = {each.address: each.message for each in plan.warnings if WITHOUT_VALUES in each.message}
        lacking = "CustomerConnection/depot-ftl" if of_each else "Connection/depot"
        assert list(found) == [lacking]
        assert "--secrets reference" in found[lacking]
        assert "apiKey" in found[lacking]
        staged = staging.plan(tmp_path)
        assert not [each for each in staged.warnings if WITHOUT_VALUES in each.message]


def test_a_new_connection_without_its_password_is_announced(ships: World) -> None:
    """Beside declared inputs only those are named without which it does not work; a customer's own names none."""
    (warning,) = ships.plan(connection(inputs={"url": "https://x.example"})).warnings
    assert warning.message.startswith(f"{WITHOUT_VALUES} apiKey, so what uses it will not work")
    assert ships.plan(connection(inputs={"url": "https://x.example", "apiKey": "made-up"})).warnings == ()
    assert ships.plan(connection(type="customer")).warnings == ()


def test_a_customer_without_a_password_in_a_new_connection_is_announced(ships: World) -> None:
    """Beside what a customer's manifest declares, only inputs are named without which the connection does not work."""
    common = connection(type="organization-customer", inputs={key: {"perCustomer": True} for key in ("url", "apiKey")})

    def messages(**inputs: str) -> list[str]:
        theirs = document(
            "CustomerConnection", "depot-ftl", {"connection": "depot", "customer": "ftl", "inputs": inputs}
        )
        return [each.message for each in ships.plan(several(common, customer("ftl", "FTL"), theirs)).warnings]

    (warning,) = messages(url="https://x.example")
    assert warning.startswith(f"{WITHOUT_VALUES} apiKey, so what uses it will not work")
    assert messages(apiKey="made-up") == []
