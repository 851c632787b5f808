"""The members of a rollout, among the resources of the manifests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.model.resource import SetCustomer
from reconciler.model.rollout import Member

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Rollout, Selection


def nobody(_resource: Resource) -> SetCustomer | None:
    """Return that the live customer of a resource is not known: nothing was read."""
    return None


@dataclass(frozen=True, slots=True)
class Governed:
    """The resources that rollouts can govern, and the customer of each.

    ``live`` returns the live customer of a resource whose customer is in no manifest, if it is known.
    """

    registry: Registry
    resources: Sequence[Resource]
    live: Callable[[Resource], SetCustomer | None] = nobody
    by_address: Mapping[str, Resource] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_address", {each.address: each for each in self.resources})

    def resources_of(self, rollout: Rollout) -> Iterator[Resource]:
        """Yield the resources that a rollout governs; what is to be deleted or given up is in no rollout."""
        for resource in self.resources:
            if resource.lifecycle.managed and self.selects(rollout.selection, resource):
                yield resource

    def selects(self, selection: Selection, resource: Resource) -> bool:
        """Return whether a resource meets every condition of a selection."""
        deployed = self.registry[resource.kind].spec.deployed
        if deployed is None:
            return False
        if selection.sets and not (resource.membership and resource.membership.set_address in selection.sets):
            return False
        if selection.source and deployed.source(resource.spec) != selection.source:
            return False
        declared = resource.spec.get("labels") or ()
        return {label.lower() for label in declared}.issuperset(selection.labels)

    def customer(self, resource: Resource) -> SetCustomer | None:
        """Return the customer of a resource, as its set, its manifest or the tenant has it; ``None``: not known."""
        if resource.membership:
            return resource.membership.customer
        for reference in self.registry[resource.kind].spec.references(resource.spec):
            if not reference.parent:
                continue
            owner = self.by_address.get(reference.address)
            if owner is None:
                return None
            title = self.registry[owner.kind].spec.title(owner.spec)
            return SetCustomer(owner.handle, title, labels=tuple(owner.spec.get("labels") or ()))
        return self.live(resource)

    def fellows(self, rollouts: Sequence[Rollout], addresses: Collection[str]) -> set[str]:
        """Return the addresses of all members of the rollouts that have any of the addresses."""
        found: set[str] = set()
        for rollout in rollouts:
            members = {resource.address for resource in self.resources_of(rollout)}
            if not members.isdisjoint(addresses):
                found |= members
        return found

    def member(self, resource: Resource) -> Member:
        """Return a resource as a member; without a known customer it has no labels."""
        customer = self.customer(resource)
        if customer is None:
            deployed = self.registry[resource.kind].spec.deployed
            owner = deployed.owner(resource.spec) if deployed else ""
            return Member(resource.address, owner, owner)
        labels = frozenset(label.lower() for label in customer.labels)
        return Member(resource.address, customer.handle, customer.name, labels)

    def members(self, rollout: Rollout) -> list[Member]:
        """Return the members of a rollout."""
        return [self.member(resource) for resource in self.resources_of(rollout)]
