"""Desired resources and their addresses."""

from __future__ import annotations

from kinds.support import CANARY, Nowhere, shows

from reconciler.model.resource import Lifecycle, Reference, Resource
from reconciler.secrets.secret import Secret


def test_a_resource_has_an_address() -> None:
    """A resource and a reference to it have the same address: kind and handle."""
    resource = Resource("Customer", "ftl-rockets", {}, Nowhere())
    assert resource.address == Reference(("customer",), "Customer", "ftl-rockets").address == "Customer/ftl-rockets"


def test_the_default_lifecycle_protects_nothing() -> None:
    """Without a lifecycle nothing is protected, ignored, absent or renamed."""
    lifecycle = Resource("Customer", "a", {}, Nowhere()).lifecycle
    assert lifecycle == Lifecycle(prevent_destroy=False, ignore_changes=(), absent=False, renamed_from=())


def test_a_resource_does_not_show_its_secrets() -> None:
    """Printing a resource hides what a ``valueFrom`` gave."""
    assert not shows(Resource("Instance", "a", {"configVariables": {"Token": Secret(CANARY)}}, Nowhere()))
