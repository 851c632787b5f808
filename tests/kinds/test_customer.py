"""Customers: what identifies one, how its fields compare, what a deletion takes along, and its export."""

from __future__ import annotations

import pytest
from kinds.support import changes_of, diff_of, empty_view, sent_of
from msgspec.structs import replace
from support.nodes import node

from reconciler.kinds.customer.operations import CustomerContents, CustomerFields
from reconciler.kinds.registry import default_registry

CUSTOMER = default_registry().kinds["Customer"]
NODE = node(CustomerFields, id="c-1", name="FTL Rockets", external_id="ftl", labels=["gitops:acme", "gold"])


def test_the_external_id_identifies_a_customer_before_its_name() -> None:
    """Two manifests of one external ID mean one customer, whatever they call it; without one the name decides."""
    assert CUSTOMER.spec.identity({"name": "A", "externalId": "x"}) == CUSTOMER.spec.identity(
        {"name": "B", "externalId": "x"}
    )
    assert CUSTOMER.spec.identity({"name": "A"}) != CUSTOMER.spec.identity({"name": "B"})
    assert CUSTOMER.spec.identity({"name": "A", "externalId": ""}) == CUSTOMER.spec.identity({"name": "A"})


def test_a_customer_refers_to_nothing() -> None:
    """Nothing has to be there before a customer."""
    assert CUSTOMER.spec.references({"name": "A", "externalId": "x", "labels": ["b"]}) == ()


def test_a_new_customer_is_created_with_what_is_declared() -> None:
    """A creation sends every declared field, and no other."""
    diff = diff_of(CUSTOMER, {"name": "FTL", "labels": ["gold"]}, None)
    assert sent_of(diff) == [("createCustomer", {"name": "FTL", "labels": ["gold"]})]


def test_only_fields_that_differ_are_sent() -> None:
    """Fields that are equal, or not declared, are not in the update."""
    diff = diff_of(CUSTOMER, {"name": "FTL Rockets", "description": "New"}, NODE)
    assert changes_of(diff) == {"description": ("", "New")}
    assert sent_of(diff) == [("updateCustomer", {"id": "c-1", "description": "New"})]


def test_an_equal_customer_is_no_difference() -> None:
    """Unset text equals empty text, and labels are a set."""
    diff = diff_of(CUSTOMER, {"name": "FTL Rockets", "externalId": "ftl", "description": "", "labels": ["gold"]}, NODE)
    assert (diff.fields, diff.steps) == ([], [])


def test_an_update_of_labels_keeps_reserved_ones() -> None:
    """The API takes the whole set, so the labels of owners are sent along."""
    ((_, values),) = sent_of(diff_of(CUSTOMER, {"name": "FTL Rockets", "labels": ["west"]}, NODE))
    assert sorted(values["labels"]) == ["gitops:acme", "west"]


@pytest.mark.parametrize(
    ("users", "instances", "expected"),
    [
        (0, 0, []),
        (1, 0, ["deleting it deletes its 1 user for good"]),
        (2, 1, ["deleting it deletes its 2 users and 1 instance for good"]),
    ],
)
def test_a_deletion_warns_of_what_it_takes_along(users: int, instances: int, expected: list[str]) -> None:
    """Users and instances of a customer are deleted with it, and counted beforehand."""
    live = CUSTOMER.finder.live(NODE)
    (read,) = CUSTOMER.deletion.reads(live)
    contents = node(CustomerContents, id="c-1", users={"totalCount": users}, instances={"totalCount": instances})
    view = empty_view((read, [contents]))
    removal = CUSTOMER.deletion.removal(live, view)
    assert list(removal.warnings) == expected
    assert (removal.contained, removal.blocked) == (instances, None)
    assert removal.step.operation.field == "deleteCustomer"


def test_a_protected_instance_protects_its_customer() -> None:
    """A customer with an instance under preventDestroy is not deleted."""
    live = CUSTOMER.finder.live(NODE)
    (read,) = CUSTOMER.deletion.reads(live)
    contents = node(CustomerContents, id="c-1", instances={"totalCount": 1}, protected={"totalCount": 1})
    assert "preventDestroy" in str(CUSTOMER.deletion.removal(live, empty_view((read, [contents]))).blocked)


def test_an_export_declares_fields_with_a_value() -> None:
    """Unset fields and reserved labels are left out; ``full`` writes the unset fields too."""
    live = CUSTOMER.finder.live(NODE)
    spec = {"name": "FTL Rockets", "externalId": "ftl", "labels": ["gold"]}
    assert CUSTOMER.export.declare(live, empty_view(), None, False).spec == spec
    assert CUSTOMER.export.declare(live, empty_view(), None, True).spec == {
        **spec,
        "description": "",
        "allowEmbeddedDesigner": False,
    }
    allowed = CUSTOMER.finder.live(replace(NODE, allow_embedded_designer=True))
    assert CUSTOMER.export.declare(allowed, empty_view(), None, False).spec["allowEmbeddedDesigner"] is True
    assert CUSTOMER.export.file_of("ftl", None) == "customers/ftl/customer.yaml"
