"""Tokens with few permissions: each refusal is reported by object, and nothing is planned blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prismatic.restricted import NO, Restricted

from reconciler.errors import PlanRefused, Rejected
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from pathlib import Path

    from prismatic.restricted import Refuses
    from support.world import World

MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme}
---
apiVersion: reconciler/v1
kind: User
metadata: {name: jo}
spec: {customer: ftl, email: jo@ftl.example, role: Nobody}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec: {customer: acme, name: Inventory, integration: {name: Acme Inventory}, configVariables: {Nonsense: 1}}
"""
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: ours}
spec: {manifests: [customers.yaml]}
"""


@pytest.fixture
def world(world: World) -> World:
    for name in ("FTL", "Acme"):
        world.seed.customer(name)
    return world


def problems(world: World, refuses: Refuses, manifests: str | Path = MANIFESTS, **how: Any) -> list[str]:
    """Return what planning complains of when the token is refused so."""
    with pytest.raises(PlanRefused) as caught:
        world.plan(manifests, transport=Restricted(world.sandbox, refuses, **how))
    return [str(problem) for problem in caught.value.problems]


def refused(read: str) -> str:
    return f"the API does not let this token read {read}: {NO}"


@pytest.mark.parametrize("whole", [False, True])
def test_an_unreadable_object_is_reported_at_its_manifest(world: World, whole: bool) -> None:
    """Only the manifest of what cannot be seen is complained of, and the problems of the others are told as well."""
    found = problems(
        world, lambda field, given: field == "customers" and given.get("name") == "FTL", MANIFESTS, whole=whole
    )
    assert found == [
        f"<stdin>:2:1: Customer/ftl: {refused('customers')}",
        *(each for each in found if "Nonsense" in each),
    ]
    assert len(found) == 2


@pytest.mark.parametrize("whole", [False, True])
def test_an_unreadable_collection_is_reported_at_every_manifest(world: World, whole: bool) -> None:
    """Every manifest that needs the collection is complained of, all at once, and the guesses about it are left out."""
    found = problems(world, lambda field, _: field in {"users", "integrations"}, whole=whole)
    assert found == [
        f"<stdin>:12:1: User/jo: {refused('users')}",
        f"<stdin>:17:1: Instance/inventory: {refused('integrationVersions')}",
        f"<stdin>:17:1: Instance/inventory: {refused('integrationNames')}",
    ]


def test_an_unreadable_object_is_never_created(world: World) -> None:
    """A plan is refused as a whole rather than creating what is perhaps there."""
    with pytest.raises(PlanRefused):
        world.apply(MANIFESTS, transport=Restricted(world.sandbox, lambda field, _: field == "customers"))
    assert world.mutations == []


def test_an_unreadable_listing_is_reported_once_for_each_manifest(world: World) -> None:
    """Where many look-ups would be answered by a listing, and neither is allowed, each manifest is complained of."""
    many = "---\n".join(
        f"apiVersion: reconciler/v1\nkind: Customer\nmetadata: {{name: c{n}}}\nspec: {{name: C{n}}}\n"
        for n in range(45)
    )
    found = problems(world, lambda field, _: field == "customers", many)
    assert len(found) == 45
    assert {each.split(": ", 2)[2] for each in found} == {refused("customers")}


def test_unreadable_labels_are_reported(world: World, tmp_path: Path) -> None:
    """Without seeing what carries the project's label it cannot be told what belongs to it, and that is said."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT)
    only = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: acme}\nspec: {name: Acme}\n"
    (tmp_path / "customers.yaml").write_text(only)
    found = problems(world, lambda field, given: field == "instances" and "labels_Contains" in given, tmp_path)
    assert found == [f"the objects that this project owns cannot be read: {refused('instances')}"]


def test_any_other_error_ends_the_run(world: World) -> None:
    """An error that says nothing of permissions is no refusal: it is told as it is."""
    transport = Restricted(world.sandbox, lambda field, _: field == "users", message="It broke")
    with pytest.raises(Rejected, match=r"^users: It broke$"):
        world.plan(MANIFESTS, transport=transport)


def test_a_token_that_cannot_read_its_user_is_reported(world: World) -> None:
    """Without knowing whose tenant it is nothing is planned."""
    options = world.options(
        MANIFESTS, transport=Restricted(world.sandbox, lambda field, _: field == "authenticatedUser")
    )
    desired = validate(options)
    with pytest.raises(Rejected, match=NO), connect(options, desired):
        pass


MANY = "---\n".join(
    f"apiVersion: reconciler/v1\nkind: Customer\nmetadata: {{name: c{n}}}\nspec: {{name: C{n}}}\n---\n"
    f"apiVersion: reconciler/v1\nkind: User\nmetadata: {{name: u{n}}}\n"
    f"spec: {{customer: c{n}, email: u{n}@c.example, role: Admin}}\n"
    for n in range(3)
)


@pytest.mark.parametrize("message", [NO, "Forbidden", "Not authorized to access createCustomer"])
def test_a_forbidden_change_is_reported_and_the_rest_goes_on(world: World, message: str) -> None:
    """A mutation that is refused to the token fails alone, once, in the API's words; its dependants are skipped."""

    def refuses(field: str, given: dict[str, Any]) -> bool:
        return field == "createCustomer" and given["input"]["name"] == "C1"

    transport = Restricted(world.sandbox, refuses, message=message)
    results = {each.change.address: each for each in world.apply(MANY, transport=transport)}
    assert transport.refused == ["createCustomer"]
    assert results["Customer/c1"].messages == [f"createCustomer: {message}"]
    assert {address: each.status for address, each in results.items() if not each.ok} == {
        "Customer/c1": "failed",
        "User/u1": "skipped",
    }


@pytest.mark.parametrize("field", ["updateCustomer", "updateUser", "deleteUser"])
def test_every_forbidden_change_is_reported_by_object(world: World, field: str) -> None:
    """Updates and deletions that are refused are told object by object; nothing else is held up by them."""
    world.apply(MANY)
    changed = MANY.replace("name: C0}", "name: C0, description: x}").replace("u1@c.example,", "u1@c.example, name: U,")
    changed = changed.replace(
        "u2@c.example, role: Admin}\n", "u2@c.example, role: Admin}\nlifecycle: {state: absent}\n"
    )
    results = world.apply(changed, transport=Restricted(world.sandbox, lambda name, _: name == field))
    assert [each.messages for each in results if not each.ok] == [[f"{field}: {NO}"]]
    assert len(results) == 3


@pytest.mark.parametrize("whole", [False, True])
def test_every_forbidden_read_back_is_reported_by_object(world: World, whole: bool) -> None:
    """What was written and may not be seen afterwards is told as unknown; all else is read back as ever."""

    def refuses(field: str, given: dict[str, Any]) -> bool:
        return bool(world.mutations) and field == "customers" and given.get("name") == "C1"

    transport = Restricted(world.sandbox, refuses, whole=whole)
    results = {each.change.address: each for each in world.apply(MANY, transport=transport)}
    assert {address: each.status for address, each in results.items() if not each.ok} == {
        "Customer/c1": "not converged",
        "User/u1": "not converged",
    }
    unread = "the API accepted it, but the read-back failed: "
    assert results["Customer/c1"].messages == [f"{unread}the API does not let this token read customers: {NO}"]
    assert results["User/u1"].messages == [f"{unread}Customer/c1 cannot be seen"]
    assert results["User/u2"].outcome
