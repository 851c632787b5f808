"""Manifests that mean several resources: one for each object that they select, and one for each part of these.

The address of a resource is that of its manifest, followed by the object's handle (without that of its set) and by the
part's name as a handle: ``Kind/flow-failed.ftl-rockets.sync-orders``. What only one of the two fields makes
several has only that part of the address.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler.manifests.sets.customers import handle_of
from reconciler.manifests.sets.origin import MemberOrigin
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import Membership, Resource, SetCustomer
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.manifests.sets.expansion import Expansion
    from reconciler.model.capabilities.spec import Unfolding
    from reconciler.model.kind import Registry
    from reconciler.model.place import Path

_NAMELESS = "part"
"""The handle of a part whose name has no letter or digit of ASCII."""


def unfold(
    resources: Sequence[Resource],
    kinds: Registry,
    expansion: Expansion | None,
    declared: Collection[str],
    problems: list[Diagnostic],
) -> list[Resource]:
    """Return the resources; of a manifest that means several, all of them. Add what is wrong to ``problems``.

    ``expansion`` knows the sets of the run. What is about a member that stands for customers that were not read stands
    for others as well. ``declared`` are the addresses of all manifests, valid or not.
    """
    sets = {each.address for each in expansion.summaries} if expansion else set()
    unknown = expansion.unexpanded if expansion else set()
    unfolder = Unfolder(kinds, resources, sets, unknown, declared)
    made = [part for each in resources for part in unfolder.unfolded(each)]
    problems += unfolder.problems
    if expansion and expansion.stand_ins:
        expansion.stand_ins |= {
            each.address
            for each in made
            if each.membership
            and each.membership.unfolded
            and any(named.address in expansion.stand_ins for named in kinds[each.kind].spec.references(each.spec))
        }
    return made


@dataclass(slots=True)
class Unfolder:
    """Unfolds the resources of a run; ``sets`` are the addresses of all valid sets, ``unknown`` of the invalid ones."""

    kinds: Registry
    resources: Sequence[Resource]
    sets: Collection[str] = ()
    unknown: Collection[str] = ()
    declared: Collection[str] = ()
    """The addresses of all manifests, valid or not: an invalid one is reported by itself."""
    problems: list[Diagnostic] = field(default_factory=list)
    _objects: dict[str, Resource] = field(init=False)
    _members: dict[str, list[Resource]] = field(init=False)

    def __post_init__(self) -> None:
        self._objects = {each.address: each for each in self.resources}
        self._members = defaultdict(list)
        for each in self.resources:
            if each.membership:
                self._members[each.membership.set_address].append(each)

    def unfolded(self, resource: Resource) -> list[Resource]:
        """Return the resources that a manifest means; the resource itself if its manifest means one."""
        unfolding = self.kinds[resource.kind].spec.unfolding
        if unfolding is None or self._contradicts(resource, unfolding):
            return [resource]
        found = self._by_object(resource, unfolding) if unfolding.objects in resource.spec else [resource]
        return [part for each in found for part in self._by_part(each, unfolding)]

    def _contradicts(self, resource: Resource, unfolding: Unfolding) -> bool:
        """Report fields that exclude each other, and a manifest that is about no object."""
        spec = resource.spec
        found = [
            Diagnostic(f"{one} and {several} exclude each other; take one of them out", path=(several,), key=True)
            for one, several in ((unfolding.object, unfolding.objects), (unfolding.part, unfolding.parts))
            if one in spec and several in spec
        ]
        if unfolding.object not in spec and unfolding.objects not in spec:
            missing = f"one of {unfolding.object} and {unfolding.objects} is required; add it"
            found.append(Diagnostic(missing))
        self.problems += (each.at(resource.origin, ("spec",)) for each in found)
        return bool(found)

    def _by_object(self, resource: Resource, unfolding: Unfolding) -> list[Resource]:
        """Return the resources for the objects that a manifest selects, in the order of their handles."""
        chosen = {each.handle: each for each in self._chosen(resource, unfolding)}
        short = {handle: _short(each) for handle, each in chosen.items()}
        counts = Counter(short.values())
        made = []
        for handle in sorted(chosen):
            # Members of two sets may have the same customer: only their whole handles differ then.
            suffix = short[handle] if counts[short[handle]] == 1 else handle
            spec = _instead(resource.spec, unfolding.objects, unfolding.object, handle)
            renamed = {unfolding.object: unfolding.objects}
            made.append(_one(resource, suffix, spec, renamed, _customer_of(chosen[handle], suffix, self.kinds)))
        return made

    def _chosen(self, resource: Resource, unfolding: Unfolding) -> Iterator[Resource]:
        selected: Mapping[str, Any] = resource.spec[unfolding.objects]
        for number, handle in enumerate(selected.get("sets", ())):
            address = f"{unfolding.sets}/{handle}"
            if address in self.sets:
                yield from self._members.get(address, ())
            elif address not in self.unknown:
                known = _handles((*self.sets, *self.unknown), unfolding.sets)
                self._report(resource, unfolding.sets, handle, known, (unfolding.objects, "sets", number))
        for number, handle in enumerate(selected.get("handles", ())):
            address = f"{unfolding.kind}/{handle}"
            if address in self._objects:
                yield self._objects[address]
            elif address not in self.declared:
                known = _handles(self._objects, unfolding.kind)
                self._report(resource, unfolding.kind, handle, known, (unfolding.objects, "handles", number))

    def _report(self, resource: Resource, kind: str, handle: str, known: Iterable[str], path: Path) -> None:
        near = did_you_mean(handle, list(known), listed_as="declared")
        problem = Diagnostic(f"no manifest declares the {kind} {handle!r}; {near}", path=path)
        self.problems.append(problem.at(resource.origin, ("spec",)))

    def _by_part(self, resource: Resource, unfolding: Unfolding) -> list[Resource]:
        if unfolding.is_open(resource.spec):
            return [replace(resource, open=True)]
        if unfolding.parts not in resource.spec:
            return [resource]
        return for_parts(resource, resource.spec[unfolding.parts], unfolding)


def _handles(addresses: Iterable[str], kind: str) -> list[str]:
    """Return the handles of the addresses of a kind."""
    return [each.removeprefix(f"{kind}/") for each in addresses if each.startswith(f"{kind}/")]


def for_parts(resource: Resource, names: Iterable[str], unfolding: Unfolding) -> list[Resource]:
    """Return one resource for each part of an object, which the resource is about, in the order of the addresses."""
    made = []
    for name, suffix in sorted(part_handles(names).items(), key=lambda each: each[1]):
        spec = _instead(resource.spec, unfolding.parts, unfolding.part, name)
        made.append(_one(resource, suffix, spec, {unfolding.part: unfolding.parts}, None))
    return made


def part_handles(names: Iterable[str]) -> dict[str, str]:
    """Return a handle for each name. Of names that have one handle, each gets a suffix that depends on it alone.

    >>> part_handles(["Sync Orders", "Report"])
    {'Sync Orders': 'sync-orders', 'Report': 'report'}
    >>> part_handles(["Sync!", "Sync?"])
    {'Sync!': 'sync-4634ca', 'Sync?': 'sync-2a7a34'}
    """
    handles = {name: handle_of(name).replace(".", "-") or _NAMELESS for name in names}
    counts = Counter(handles.values())
    return {
        name: handle if counts[handle] == 1 and handle != _NAMELESS else f"{handle}-{_digest(name)}"
        for name, handle in handles.items()
    }


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _one(
    resource: Resource, suffix: str, spec: Mapping[str, Any], renamed: Mapping[str, str], customer: SetCustomer | None
) -> Resource:
    """Return one resource of those that a manifest means; ``customer`` is ``None`` for a part."""
    before = resource.membership
    whole = before.set_address if before else resource.address
    handle = f"{resource.handle}.{suffix}"
    member = handle.removeprefix(f"{whole.partition('/')[2]}.")
    return Resource(
        resource.kind,
        handle,
        spec,
        _origin(resource.origin, (whole, member), renamed),
        resource.lifecycle,
        Membership(whole, customer or (before.customer if before else SetCustomer(suffix, suffix)), unfolded=True),
    )


def _origin(origin: Any, member: tuple[str, str], renamed: Mapping[str, str]) -> Any:
    """Return the places of one resource's values, each of which names it."""
    if not isinstance(origin, Layers):
        return origin
    written = origin.written_keys if isinstance(origin, MemberOrigin) else {}
    return MemberOrigin(origin.documents, member, {**written, **renamed})


def _instead(spec: Mapping[str, Any], several: str, one: str, value: str) -> dict[str, Any]:
    """Return a spec with the field that names one thing in the place of the one that names several."""
    return {one if key == several else key: value if key == several else item for key, item in spec.items()}


def _short(chosen: Resource) -> str:
    """Return the handle of a member without that of its set."""
    member = chosen.membership
    return chosen.handle.removeprefix(f"{member.set_address.partition('/')[2]}.") if member else chosen.handle


def _customer_of(chosen: Resource, suffix: str, kinds: Registry) -> SetCustomer:
    if chosen.membership:
        return replace(chosen.membership.customer, handle=suffix)
    return SetCustomer(suffix, kinds[chosen.kind].spec.title(chosen.spec))
