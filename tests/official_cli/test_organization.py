"""The official CLI on a sandbox: who one is, customers, users."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from official_cli.prism import Prism

pytestmark = pytest.mark.full


def test_it_says_who_one_is(prism: Prism) -> None:
    """``me`` prints the signed-in user, the organization and the tenant."""
    told = dict(line.split(": ", 1) for line in prism.done("me").splitlines())
    organization = prism.sandbox.store.rows("SELECT * FROM organization")[0]
    assert told == {
        "Name": "Sandbox Admin",
        "Email": "admin@example.com",
        "Organization": "Sandbox",
        "Organization ID": organization["id"],
        "Tenant ID": organization["tenantId"],
        "Endpoint URL": prism.environ["PRISMATIC_URL"],
        "Authentication": "Environment",
    }
    assert prism.done("me:token") == "sandbox"


def test_it_manages_customers(prism: Prism) -> None:
    """``customers`` creates, lists, updates and deletes; a name that is taken is an error in one line."""
    store = prism.sandbox.store
    described = ("-n", "FTL Rockets", "-d", "Faster than light", "-e", "abc-123", "-l", "Production", "-l", "eu")
    customer = prism.done("customers:create", *described)
    assert prism.rows("customers:list") == [
        {"id": customer, "externalId": "abc-123", "name": "FTL Rockets", "description": "Faster than light"}
    ]
    assert prism.refused("customers:create", "-n", "FTL Rockets") == (
        "Error: name: A customer with this name already exists."
    )
    assert prism.done("customers:update", customer, "-n", "FTL", "-d", "New", "-e", "x-1", "-l", "b") == customer
    row = store.get("customers", customer)
    assert (row["name"], row["description"], row["externalId"]) == ("FTL", "New", "x-1")
    assert json.loads(row["labels"]) == ["b"]
    for number in range(120):
        prism.sandbox.seed.customer(f"Customer {number}")
    assert len(prism.rows("customers:list")) == 121
    prism.done("customers:delete", customer)
    assert store.find("customers", customer) is None
    assert prism.refused("customers:delete", customer) == "Error: id: Record not found"


def test_it_manages_customers_users(prism: Prism) -> None:
    """``customers:users`` knows the roles, and creates, lists, updates and deletes."""
    customer = prism.sandbox.seed.customer("FTL Rockets")["id"]
    roles = {role["name"]: role["id"] for role in prism.rows("customers:users:roles")}
    assert {"Admin", "Member"} <= set(roles)
    person = ("-e", "lisa@example.com", "-n", "Lisa", "-r", roles["Member"])
    user = prism.done("customers:users:create", "-c", customer, *person)
    (listed,) = prism.rows("customers:users:list", customer)
    assert listed.items() >= {"id": user, "name": "Lisa", "email": "lisa@example.com", "role": "Member"}.items()
    changes = ("-n", "Lisa Nguyen", "-p", "555-0100", "-d", "true", "-o", "false")
    assert prism.done("customers:users:update", user, *changes) == user
    row = prism.sandbox.store.get("users", user)
    assert (row["name"], row["phone"], row["darkMode"], row["darkModeSyncWithOs"]) == ("Lisa Nguyen", "555-0100", 1, 0)
    assert "already" in prism.refused("customers:users:create", "-c", customer, *person)
    prism.done("customers:users:delete", user)
    assert prism.sandbox.store.find("users", user) is None


def test_it_manages_the_organizations_users(prism: Prism) -> None:
    """``organization:users`` knows the roles, and creates, lists, updates and deletes; nobody deletes themself."""
    roles = {role["name"]: role["id"] for role in prism.rows("organization:users:roles")}
    assert {"Owner", "Admin", "Integrator", "Guest", "Third Party"} <= set(roles)
    user = prism.done("organization:users:create", "-e", "team@example.com", "-n", "Team", "-r", roles["Guest"])
    assert prism.done("organization:users:update", user, "-n", "Team Two", "-p", "1") == user
    listed = {row["email"]: row for row in prism.rows("organization:users:list")}
    assert set(listed) == {"admin@example.com", "team@example.com"}
    member = {"id": user, "name": "Team Two", "phone": "1", "role": "Guest"}
    assert listed["team@example.com"].items() >= member.items()
    prism.done("organization:users:delete", user)
    assert prism.sandbox.store.find("users", user) is None
    assert prism.refused("organization:users:delete", listed["admin@example.com"]["id"]).startswith("Error: ")
