"""The sets of a plan: all members, those that the plan compares, and who is left out."""

from __future__ import annotations

from reports.fleets import At, customer

from reconciler.manifests.sets.summary import LeftOut, SetSummary
from reconciler.model.resource import Membership, Resource
from reconciler.planning.members import planned_sets


def resource(number: int, address: str = "InstanceSet/inventory") -> Resource:
    of = customer(number)
    return Resource("Instance", f"{address[12:]}.{of.handle}", {}, At(), membership=Membership(address, of))


ALONE = Resource("Instance", "alone", {}, At())
INVENTORY, CRM = (SetSummary(handle, At().start, ()) for handle in ("InstanceSet/inventory", "InstanceSet/crm"))


def test_a_set_of_a_plan_has_the_compared_members_and_counts_all() -> None:
    """Members that --target leaves out are counted, and not taken for unchanged ones."""
    declared = [ALONE, *map(resource, range(5))]
    (found,) = planned_sets(declared, declared[:3], [INVENTORY])
    assert (found.address, found.size, found.place) == ("InstanceSet/inventory", 5, At().start)
    assert found.members == {"Instance/inventory.acme": customer(0), "Instance/inventory.blue-harbor": customer(1)}


def test_a_set_that_the_plan_is_not_about_is_not_reported() -> None:
    """A target in another set reports nothing about this one."""
    other = resource(0, "InstanceSet/crm")
    found = planned_sets([resource(1), other], [other], [CRM, INVENTORY])
    assert [each.address for each in found] == ["InstanceSet/crm"]


def test_a_set_without_members_reports_whom_it_leaves_out() -> None:
    """A set that selects nobody is reported, with the reasons."""
    left = LeftOut(customer(0), "excluded")
    (found,) = planned_sets([ALONE], [ALONE], [SetSummary("InstanceSet/inventory", At().start, (), (left,))])
    assert (found.size, found.members, found.left_out) == (0, {}, (left,))
