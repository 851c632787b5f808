"""Customers and users: what their mutations accept, refuse and leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

_CUSTOMER = "customer { id name externalId description labels createdAt updatedAt allowEmbeddedDesigner }"
_USER = "user { id email name phone externalId role { name } customer { id } updatedAt }"


def _customer(api: Api, **data: Any) -> dict[str, Any]:
    row: dict[str, Any] = api.done("createCustomer", _CUSTOMER, **data)
    return row


def test_a_new_customer_reads_back_with_its_blanks(api: Api) -> None:
    """A description that was not given reads as an empty string, an external ID as null, labels as none."""
    made = _customer(api, name="FTL")
    assert (made["description"], made["externalId"], made["labels"]) == ("", None, [])
    assert made["createdAt"] == made["updatedAt"]


def test_labels_replace_the_set_and_come_back_lower_cased(api: Api) -> None:
    """Labels are lower-cased, sorted, each once, and an update replaces them all."""
    made = _customer(api, name="FTL", labels=["Beta", "alpha", "BETA", " ", None])
    assert made["labels"] == ["alpha", "beta"]
    changed = api.done("updateCustomer", _CUSTOMER, id=made["id"], labels=["New"])
    assert changed["labels"] == ["new"]
    assert api.done("updateCustomer", _CUSTOMER, id=made["id"], labels=[])["labels"] == []


def test_null_leaves_a_field_alone_and_an_empty_string_clears_it(api: Api) -> None:
    """An update distinguishes ``null`` from ``""``."""
    made = _customer(api, name="FTL", externalId="x", description="d", labels=["l"])
    kept = api.done(
        "updateCustomer", _CUSTOMER, id=made["id"], externalId=None, description=None, labels=None, name=None
    )
    assert kept == made
    cleared = api.done("updateCustomer", _CUSTOMER, id=made["id"], externalId="", description="")
    assert (cleared["externalId"], cleared["description"], cleared["labels"]) == ("", "", ["l"])


def test_updated_at_moves_with_effective_writes_only(api: Api) -> None:
    """A write that changes something moves ``updatedAt`` forward; one that does not leaves it."""
    made = _customer(api, name="FTL", allowEmbeddedDesigner=True)
    same = api.done("updateCustomer", _CUSTOMER, id=made["id"], name="FTL", allowEmbeddedDesigner=True)
    assert same["updatedAt"] == made["updatedAt"]
    moved = api.done("updateCustomer", _CUSTOMER, id=made["id"], name="FTL Rockets")
    assert moved["updatedAt"] > made["updatedAt"]


def test_creation_times_strictly_increase(api: Api) -> None:
    """However fast customers are made, no two share a moment."""
    times = [_customer(api, name=f"C{number}")["createdAt"] for number in range(20)]
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "FTL"}, "name"),
        ({"name": " "}, "name"),
        ({"name": "Other", "externalId": "x"}, "externalId"),
    ],
)
def test_what_must_be_unique_is(api: Api, data: dict[str, Any], field: str) -> None:
    """A second customer of the same name or external ID is refused, naming the field, and so is a blank name."""
    _customer(api, name="FTL", externalId="x")
    assert [error[0] for error in api.errors("createCustomer", **data)] == [field]
    third = _customer(api, name="Third")
    assert [error[0] for error in api.errors("updateCustomer", id=third["id"], **data)] == [field]


def test_blank_external_ids_are_not_counted(api: Api) -> None:
    """Any number of customers can have the external ID ``""`` or none."""
    for number, blank in enumerate(["", "", None, None]):
        _customer(api, name=f"C{number}", externalId=blank)


def test_deleting_a_customer_deletes_what_it_has(api: Api, instance: str) -> None:
    """With a customer go its users and its instances, for good."""
    (customer,) = api('{ customers(name: "FTL Rockets") { nodes { id } } }')["customers"]["nodes"]
    user = api.sandbox.seed.user("kim@ftl.example", customer=customer["id"])["id"]
    api.done("deleteCustomer", "customer { id name }", id=customer["id"])
    for field, identifier in (("customer", customer["id"]), ("user", user), ("instance", instance)):
        answer = api.raw(f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=identifier)
        assert answer["data"] == {field: None}
        assert answer["errors"][0]["message"] == "Record not found"
        assert answer["errors"][0]["path"] == [field]


def test_a_missing_object_leaves_the_rest_of_the_answer(api: Api) -> None:
    """A record that is not found is an error beside the other fields' data."""
    answer = api.raw('{ customer(id: "x") { id } organization { name } }')
    assert answer["data"] == {"customer": None, "organization": {"name": "Sandbox"}}
    assert [error["message"] for error in answer["errors"]] == ["Record not found"]


def test_client_mutation_ids_are_echoed(api: Api) -> None:
    """``clientMutationId`` comes back as it was sent, with an error as well."""
    for _ in range(2):
        payload = api.mutate("createCustomer", "clientMutationId", name="FTL", clientMutationId="m1")
        assert payload["clientMutationId"] == "m1"


def _role(api: Api, name: str, *, customer: bool) -> str:
    return api.sandbox.seed.role(name, customer=customer)


def test_users_live_in_the_organization_or_in_a_customer(api: Api) -> None:
    """Each kind of user takes a role of its own side; phone reads as an empty string by default."""
    customer = _customer(api, name="FTL")["id"]
    member = api.done(
        "createCustomerUser", _USER, customer=customer, email="a@b.example", role=_role(api, "Member", customer=True)
    )
    assert (member["phone"], member["name"], member["externalId"], member["customer"]["id"]) == ("", "", None, customer)
    colleague = api.done(
        "createOrganizationUser", _USER, email="c@b.example", name="C", role=_role(api, "Guest", customer=False)
    )
    assert (colleague["role"]["name"], colleague["customer"]) == ("Guest", None)


def test_admin_is_two_different_roles(api: Api) -> None:
    """The role called Admin exists for the organization and for customers, and they are not exchangeable."""
    customer = _customer(api, name="FTL")["id"]
    ours, theirs = _role(api, "Admin", customer=False), _role(api, "Admin", customer=True)
    assert ours != theirs
    wrong = api.errors("createCustomerUser", customer=customer, email="a@b.example", role=ours)
    assert [field for field, _ in wrong] == ["role"]
    assert [field for field, _ in api.errors("createOrganizationUser", email="a@b.example", role=theirs)] == ["role"]
    user = api.sandbox.seed.user("a@b.example", customer=customer)["id"]
    assert [field for field, _ in api.errors("updateUser", id=user, role=ours)] == ["role"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "KIM@b.example"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"customer": None}, "customer"),
        ({"customer": "x"}, "customer"),
        ({"role": "x"}, "role"),
    ],
)
def test_a_user_that_cannot_be_is_refused(api: Api, data: dict[str, Any], field: str) -> None:
    """E-mail addresses are valid and unique, customers and roles exist."""
    customer = _customer(api, name="FTL")["id"]
    api.sandbox.seed.user("kim@b.example", customer=customer)
    good = {"customer": customer, "email": "new@b.example", "role": _role(api, "Admin", customer=True)}
    assert [error[0] for error in api.errors("createCustomerUser", **{**good, **data})] == [field]


def test_users_are_changed_and_cleared(api: Api) -> None:
    """A user's name, phone, external ID and role change; an empty string clears."""
    customer = _customer(api, name="FTL")["id"]
    user = api.sandbox.seed.user("kim@b.example", customer=customer, phone="1", externalId="e")["id"]
    role = _role(api, "Member", customer=True)
    changed = api.done("updateUser", _USER, id=user, name="Kim", phone="", externalId="", role=role)
    assert (changed["name"], changed["phone"], changed["externalId"], changed["role"]["name"]) == (
        "Kim",
        "",
        "",
        "Member",
    )
    kept = api.done("updateUser", _USER, id=user, name=None)
    assert kept == changed


def test_an_organization_s_users_are_its_own(api: Api) -> None:
    """``organization { users }`` leaves out customers' users, and ``users`` has them all."""
    customer = _customer(api, name="FTL")["id"]
    api.sandbox.seed.user("kim@b.example", customer=customer)
    answer = api("{ users { totalCount } organization { users { nodes { email org { id } } } } }")
    assert answer["users"]["totalCount"] == 2
    assert [user["email"] for user in answer["organization"]["users"]["nodes"]] == ["admin@example.com"]


def test_nobody_deletes_themself(api: Api) -> None:
    """The signed-in user cannot be deleted; others can."""
    me = api("{ authenticatedUser { id email name tenantId org { id } } }")["authenticatedUser"]
    assert me["email"] == "admin@example.com"
    assert [field for field, _ in api.errors("deleteUser", id=me["id"])] == ["__all__"]
    other = api.sandbox.seed.user("other@example.com")["id"]
    assert api('{ userExists(email: "OTHER@example.com") }')["userExists"] is True
    api.done("deleteUser", "user { id }", id=other)
    assert api('{ userExists(email: "other@example.com") }')["userExists"] is False


@pytest.mark.parametrize("field", ["updateCustomer", "deleteCustomer", "updateUser", "deleteUser", "deployInstance"])
def test_a_mutation_on_a_missing_object_says_so(start: Callable[..., Api], field: str) -> None:
    """It is an error in the payload, or a top-level one where the variant says so."""
    assert start().errors(field, id="x") == [("id", "Record not found")]
    document = f'mutation {{ {field}(input: {{id: "x"}}) {{ errors {{ field }} }} }}'
    answer = start(variants=["missing_in_mutation=top-level"]).raw(document)
    assert answer["data"] == {field: None}
    assert answer["errors"][0]["message"] == "Record not found"


@pytest.mark.parametrize(
    ("variant", "unset", "cleared"), [("stored", None, ""), ("empty", "", ""), ("null", None, None)]
)
def test_unset_strings_read_as_the_variant_says(
    start: Callable[..., Api], variant: str, unset: str | None, cleared: str | None
) -> None:
    """An external ID that was never set, or was cleared, reads as null or as an empty string."""
    api = start(variants=[f"optional_strings={variant}"])
    made = _customer(api, name="FTL")
    assert made["externalId"] == unset
    assert api.done("updateCustomer", _CUSTOMER, id=made["id"], externalId="")["externalId"] == cleared
    assert api.done("updateCustomer", _CUSTOMER, id=made["id"], externalId="x")["externalId"] == "x"
