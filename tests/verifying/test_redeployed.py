"""After a rotation ``apply`` verifies the declared instances that the API deployed along with the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from kinds.shared_connections import LIVE, connection, customer, customer_connection, instance, publish, several
from support.serving import run_here, served
from support.world import World

from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.verifying import deployed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEW = {**LIVE, "url": "https://new.example"}


def ship(handle: str, **spec: Any) -> str:
    return several(customer(handle, handle.upper()), instance(f"{handle}-ships", handle, **spec))


SHIPS = several(ship("a"), ship("b"))


@pytest.fixture
def rotated() -> Iterator[World]:
    """A tenant with a connection that two instances run with."""
    with World() as world:
        publish(world)
        world.apply(several(connection(inputs=LIVE), SHIPS))
        yield world


def verified(world: World, text: str, **options: Any) -> list[str]:
    """Return the addresses that an apply verifies."""
    with world.session(text, **options) as session:
        results = apply_plan(session, make_plan(session))
        subjects, unread = deployed(session, results)
    assert not unread
    assert all(subject.live for subject in subjects)
    return sorted(subject.address for subject in subjects)


@pytest.mark.parametrize("targets", [(), ("Connection/depot",)], ids=["all", "target"])
def test_the_redeployed_instances_are_verified(rotated: World, targets: tuple[str, ...]) -> None:
    """Each declared one is read anew, also where the run plans the connection alone; undeclared ones are left alone."""
    text = several(connection(inputs=NEW), ship("a"))
    assert verified(rotated, text, targets=targets) == ["Instance/a-ships"]
    assert verified(rotated, text, targets=targets) == []


def test_a_customers_rotation_verifies_its_instances(rotated: World) -> None:
    """What one customer has in a connection is rotated for the instances of that customer."""
    with World() as world:
        publish(world)
        per_customer = {name: {"perCustomer": True} for name in LIVE}
        common = several(connection(type="organization-customer", inputs=per_customer), customer("ftl", "FTL"))
        around = several(common, instance("ships", "ftl"))
        world.apply(several(around, customer_connection(inputs=LIVE)))
        assert verified(world, several(around, customer_connection(inputs=NEW))) == ["Instance/ships"]


def test_an_instance_that_is_deployed_apart_is_verified_once(rotated: World) -> None:
    """Beside a paused instance the others are deployed by changes of their own, and the paused one is not."""
    rotated.sandbox.store.execute(
        "UPDATE instances SET enabled = 0 WHERE name = 'Ships' AND customer IN "
        "(SELECT id FROM customers WHERE name = 'B')",
        (),
    )
    assert verified(rotated, several(connection(inputs=NEW), SHIPS)) == ["Instance/a-ships"]


def test_what_cannot_be_read_is_inconclusive(rotated: World) -> None:
    """A read that fails after the rotation shows nothing about the instances."""
    with rotated.session(several(connection(inputs=NEW), SHIPS)) as session:
        results = apply_plan(session, make_plan(session))
        rotated.sandbox.faults.add("error", field="customers", times="always")
        subjects, unread = deployed(session, results)
    assert subjects == []
    assert {health.address: health.verdict for health in unread} == {
        "Instance/a-ships": "inconclusive",
        "Instance/b-ships": "inconclusive",
    }
    assert all(health.reason.startswith("deployed: it cannot be read: ") for health in unread)


def test_the_command_reports_their_health(rotated: World, tmp_path: Path) -> None:
    """``apply`` shows the verdict on a redeployed instance, and nothing with ``--no-verify``."""
    for url, options, said in (("https://new.example", (), True), ("https://newer.example", ("--no-verify",), False)):
        (tmp_path / "all.yaml").write_text(several(connection(inputs={**LIVE, "url": url}), ship("a")), "utf-8")
        with served(rotated.sandbox) as address:
            environ = {**rotated.environ, "PRISMATIC_URL": address}
            ran = run_here("apply", "-f", "all.yaml", "--auto-approve", *options, environ=environ, cwd=tmp_path)
        assert ran.code == 0
        assert ("Health: 1 healthy." in ran.out) is said
        assert ("Instance/a-ships 'Ships' of 'A' healthy" in ran.err) is said
