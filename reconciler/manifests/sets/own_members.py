"""References to a set in place of an object: they mean the member of the customer that the referring resource is of.

An Instance with ``customerConnection: acme-api`` takes the member ``CustomerConnection/acme-api.<its customer>`` of the
set ``CustomerConnectionSet/acme-api``. So one template serves all members of a set.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.schemas import set_kinds
from reconciler.manifests.sets.origin import CUSTOMER, SPEC
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from reconciler.manifests.sets.expansion import Expansion
    from reconciler.model.kind import Registry
    from reconciler.model.place import Path
    from reconciler.model.resource import Reference, Resource


class OwnMembers:
    """The members of the sets of a run, by their customers; ``declared`` are the addresses of all manifests."""

    def __init__(
        self, kinds: Registry, resources: Iterable[Resource], expansion: Expansion, declared: Collection[str]
    ) -> None:
        self._kinds, self._expansion, self._declared = kinds, expansion, declared
        self._handles: dict[str, dict[Any, str]] = {each.address: {} for each in expansion.summaries if each.known}
        """By the address of a set whose members are known: the handle of a member by what its customer is called."""
        self._sets = {kind: name for name, kind in set_kinds().items()}
        self.problems: list[Diagnostic] = []
        self._reported: set[str] = set()
        for each in resources:
            if each.membership and each.membership.set_address in self._handles:
                for key in _names_of_owner(each):
                    self._handles[each.membership.set_address].setdefault(key, each.handle)

    def referring(self, resources: Iterable[Resource]) -> list[Resource]:
        """Return the resources, which refer to members where they referred to sets; add what is wrong to the problems.

        A reference to a set whose members are not known stays.
        """
        return [self._referring(each) if CUSTOMER in each.spec else each for each in resources]

    def is_settled(self, address: str) -> bool:
        """Return whether a reference to an address is reported already, or its set's members are not known."""
        return address in self._reported or self._expansion.may_mean(address)

    def _referring(self, resource: Resource) -> Resource:
        spec: Any = resource.spec
        for reference in self._kinds[resource.kind].spec.references(spec):
            if (members := self._members(reference)) is None or resource.address in self._expansion.stand_ins:
                continue
            if reference.address in self._declared:
                self._report(resource, reference, f"is the handle of a {reference.kind}, too; rename one of them")
            elif own := next((members[key] for key in _called(resource.spec[CUSTOMER]) if key in members), None):
                spec = _with(spec, reference.path, own)
            else:
                advice = f"let it choose the customer, or refer to another {reference.kind}"
                self._report(resource, reference, f"has no member for this customer; {advice}")
        return resource if spec is resource.spec else replace(resource, spec=spec)

    def _members(self, reference: Reference) -> Mapping[Any, str] | None:
        return self._handles.get(f"{self._sets.get(reference.kind)}/{reference.handle}")

    def _report(self, resource: Resource, reference: Reference, what: str) -> None:
        message = f"{self._sets[reference.kind]}/{reference.handle} {what}"
        self._reported.add(reference.address)
        self.problems.append(Diagnostic(message, path=reference.path).at(resource.origin, (SPEC,)))


def _names_of_owner(member: Resource) -> Iterator[Any]:
    """Yield what other manifests may call the customer of a member: a handle, its external ID, or its name."""
    yield from _called(member.spec[CUSTOMER])
    if member.membership:
        customer = member.membership.customer
        yield from _called({"externalId": customer.external_id} if customer.external_id else {})
        yield from _called({"name": customer.name})


def _called(reference: Any) -> Iterator[Any]:
    """Yield a reference to a customer as a key."""
    if isinstance(reference, dict):
        yield from reference.items()
    else:
        yield reference


def _with(value: Any, path: Path, new: str) -> Any:
    """Return a copy of a value with another one at a path."""
    if not path:
        return new
    step: Any = path[0]
    changed = _with(value[step], path[1:], new)
    if isinstance(value, dict):
        return {**value, step: changed}
    return [changed if at == step else item for at, item in enumerate(value)]
