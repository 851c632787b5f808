"""What is known of the tenant: answers taken in, found by keys, each object once."""

from __future__ import annotations

import pytest

from reconciler.model.answers import Node
from reconciler.model.operation import Operation, OperationFile
from reconciler.model.tenant import Collection, Identity, Read, Tenant

IDENTITY = Identity("https://example.com", "org-1", "Example", "user-1")


class Thing(Node, frozen=True, gc=False):
    """An object of the API."""

    name: str
    tags: list[str]
    note: str = ""


OPERATION = Operation("things", "things", Thing, OperationFile("reconciler", "things.graphql"))
A = Thing("1", "a", ["x"])
B = Thing("2", "b", ["x", "y"])


def things() -> Collection[Thing]:
    return Collection(OPERATION, lambda node: [("name", node.name), *(("tag", tag) for tag in node.tags)])


def by_tag(collection: Collection[Thing], tag: str) -> Read[Thing]:
    return Read(collection, ("tag", tag), (("tag", tag),))


def test_an_empty_tenant_knows_nothing() -> None:
    """Before anything is read there is no answer and no object."""
    tenant, collection = Tenant(IDENTITY), things()
    assert not tenant.answered(Read(collection))
    assert list(tenant.find(collection, ("name", "a"))) == []
    assert list(tenant.all(collection)) == []


def test_an_object_is_found_by_each_of_its_keys() -> None:
    """An object is found under every key computed from it, in the order of reading."""
    tenant, collection = Tenant(IDENTITY), things()
    tenant.add(by_tag(collection, "x"), [B, A])
    assert tenant.find(collection, ("tag", "x")) == [B, A]
    assert tenant.find(collection, ("name", "a")) == [A]
    assert list(tenant.find(collection, ("name", "c"))) == []


def test_objects_that_a_filter_returns_are_checked_again() -> None:
    """An object that the API returned for a key it does not have is not found under that key."""
    tenant, collection = Tenant(IDENTITY), things()
    tenant.add(by_tag(collection, "y"), [A, B])
    assert tenant.find(collection, ("tag", "y")) == [B]


def test_an_empty_answer_counts_as_read() -> None:
    """A look-up that found nothing need not be asked again; another one still has to be."""
    tenant, collection = Tenant(IDENTITY), things()
    tenant.add(by_tag(collection, "z"), [])
    assert tenant.answered(by_tag(collection, "z"))
    assert not tenant.answered(by_tag(collection, "x"))
    assert not tenant.answered(Read(collection))


def test_a_listing_answers_every_look_up() -> None:
    """Once the whole collection was read, every question about it is answered."""
    tenant, collection = Tenant(IDENTITY), things()
    tenant.add(Read(collection), [A])
    assert tenant.answered(by_tag(collection, "z"))
    assert tenant.answered(Read(collection))


def test_an_object_read_twice_is_one_object() -> None:
    """The later reading counts, and the object stands in every list once."""
    tenant, collection = Tenant(IDENTITY), things()
    newer = Thing("1", "a", ["x"], note="newer")
    tenant.add(by_tag(collection, "x"), [A, B])
    tenant.add(Read(collection, ("name", "a")), [newer])
    assert tenant.find(collection, ("tag", "x")) == [newer, B]
    assert tenant.all(collection) == [newer, B]


def test_collections_are_kept_apart() -> None:
    """Two collections of the same operation share neither objects nor answers."""
    tenant, one, other = Tenant(IDENTITY), things(), things()
    tenant.add(Read(one), [A])
    assert not tenant.answered(Read(other))
    assert list(tenant.all(other)) == []


def test_a_key_may_be_of_any_type() -> None:
    """Keys may be plain values or tuples."""
    collection: Collection[Thing] = Collection(OPERATION, lambda node: [len(node.tags)])
    tenant = Tenant(IDENTITY)
    tenant.add(Read(collection, 2), [B])
    assert tenant.find(collection, 2) == [B]


@pytest.mark.parametrize("arguments", [(), (("name", "a"), ("label", "x"))])
def test_a_read_s_arguments_are_the_operation_s_variables(arguments: tuple[tuple[str, str], ...]) -> None:
    """Arguments travel by name."""
    assert Read(things(), arguments=arguments).variables == dict(arguments)
