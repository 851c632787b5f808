"""Checks of the manifests against each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from reconciler.manifests.without_effect import unknown_path
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import dotted
from reconciler.text.look_alikes import difference
from reconciler.text.suggest import Suggestions

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from reconciler.manifests.overlays import Manifest
    from reconciler.manifests.schema.check import Checker
    from reconciler.model.capabilities.spec import Appearance
    from reconciler.model.kind import Kind, Registry
    from reconciler.model.resource import Reference, Resource


@dataclass(slots=True)
class CrossChecker:
    """Checks the resources of a run against each other.

    ``declared`` are the addresses of all manifests, valid or not. Unless ``complete``, some files could not be read,
    and missing manifests are not reported.
    """

    kinds: Registry
    checker: Checker
    declared: frozenset[str]
    complete: bool = True
    settled: Callable[[str], bool] | None = None
    """Whether a reference to an address that no manifest has is not reported: it is already, or may be right."""
    by_address: dict[str, Resource] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)
    """The warnings found so far."""
    _handles: dict[str, Suggestions] = field(default_factory=dict)
    """The declared handles by kind."""

    def problems(self, resources: Sequence[Resource]) -> Iterator[Diagnostic]:
        self.by_address = {resource.address: resource for resource in reversed(resources)}
        yield from _twins(resources, self.kinds)
        yield from self._look_alikes(resources)
        yield from circular_renames(resources, self.kinds)
        references = {each.address: self.kinds[each.kind].spec.references(each.spec) for each in resources}
        for resource in resources:
            kind = self.kinds[resource.kind]
            yield from self._lifecycle(resource, kind)
            yield from (problem.at(resource.origin, ("spec",)) for problem in kind.spec.check(resource.spec))
            for reference in references[resource.address]:
                yield from self._reference(resource, reference)
        yield from self._circles(references)

    def dangling(self, partial: Sequence[Resource]) -> Iterator[Diagnostic]:
        """Yield the problems of references in the valid parts of invalid manifests."""
        for resource in partial:
            for reference in self.kinds[resource.kind].spec.references(resource.spec):
                yield from self._reference(resource, reference)

    def _look_alikes(self, resources: Sequence[Resource]) -> Iterator[Diagnostic]:
        """Yield a problem for each name that an earlier resource has, and warn of names that look like an earlier one.

        Two live objects may have names that look alike; only a plan knows whether one of them is to be created.
        """
        first: dict[tuple[str, Hashable], tuple[Resource, Appearance]] = {}
        for resource in resources:
            kind = self.kinds[resource.kind]
            if kind.spec.appearance is None or resource.lifecycle.absent:
                continue
            look = kind.spec.appearance(resource.spec)
            if dotted(look.path) in resource.lifecycle.ignore_changes:
                continue
            other, theirs = first.setdefault((resource.kind, look.key), (resource, look))
            if other is resource or kind.spec.identity(other.spec) == kind.spec.identity(resource.spec):
                continue
            place = resource.origin.place(("spec", *look.path))
            where = f"{other.address} ({other.origin.place(('spec', *theirs.path))})"
            if look.text == theirs.text:
                yield Diagnostic(f"{where} has the name {look.text!r} too, and names must be unique; rename one", place)
            else:
                message = f"{look.text!r} looks like {theirs.text!r} of {where}: {difference(look.text, theirs.text)}"
                self.warnings.append(Diagnostic(message, place, resource.address))

    def _reference(self, resource: Resource, reference: Reference) -> Iterator[Diagnostic]:
        target = self.by_address.get(reference.address)
        if target is None and reference.address not in self.declared:
            if self.complete and not (self.settled and self.settled(reference.address)):
                yield _at(resource, reference, self._dangling(reference))
        elif target is not None and target.lifecycle.absent and not resource.lifecycle.absent:
            yield _at(
                resource,
                reference,
                f"{reference.address} is deleted (state: absent), and {resource.address} refers to it;"
                f" set state: absent here too, or refer to another {reference.kind}",
            )

    def _dangling(self, reference: Reference) -> str:
        if reference.kind not in self._handles:
            start = f"{reference.kind}/"
            handles = (address.removeprefix(start) for address in self.declared if address.startswith(start))
            self._handles[reference.kind] = Suggestions(handles, listed_as="declared")
        return (
            f"no manifest declares the {reference.kind} {reference.handle!r};"
            f" {self._handles[reference.kind].sentence(reference.handle)};"
            f" to refer to one that no manifest declares, write {reference.elsewhere}"
        )

    def _lifecycle(self, resource: Resource, kind: Kind) -> Iterator[Diagnostic]:
        lifecycle, origin = resource.lifecycle, resource.origin
        if lifecycle.prevent_destroy and lifecycle.absent:
            yield Diagnostic(
                "preventDestroy and state: absent contradict each other; to delete it, take preventDestroy away first",
                origin.place(("lifecycle", "state")),
            )
        if lifecycle.renamed_from and kind.names is None:
            yield Diagnostic(
                f"renamedFrom has no effect: a {kind.name} is not found by its name; take it out",
                origin.place(("lifecycle", "renamedFrom"), key=True),
            )
        for number, ignored in enumerate(lifecycle.ignore_changes):
            wrong = unknown_path(ignored, self.checker.spec_schema(resource.kind), kind.name)
            if wrong:
                yield Diagnostic(wrong, origin.place(("lifecycle", "ignoreChanges", number)))

    def _circles(self, references: dict[str, Sequence[Reference]]) -> Iterator[Diagnostic]:
        """Yield each circle of references once, without naming a kind: one that can form them may come.

        Where everything refers to kinds of lower levels only there is none to be looked for.
        """
        if not any(self._may_turn(address, named) for address, named in references.items()):
            return
        graph = {
            address: {reference.address for reference in named if reference.address in self.by_address}
            for address, named in references.items()
        }
        while circle := _circle(graph):
            first = min(circle)
            turned = circle[circle.index(first) :] + circle[: circle.index(first)]
            reference = next(each for each in references[first] if each.address == turned[1 % len(turned)])
            place = self.by_address[first].origin.place(("spec", *reference.path))
            yield Diagnostic(
                f"references go round in a circle: {' → '.join([*turned, first])}; take one of them out", place
            )
            graph[first].discard(turned[1 % len(turned)])

    def _may_turn(self, address: str, named: Sequence[Reference]) -> bool:
        """Say whether a resource refers to anything that could refer back to it."""
        level = self.kinds[self.by_address[address].kind].level
        return any(each.kind not in self.kinds.kinds or self.kinds[each.kind].level >= level for each in named)


def _at(resource: Resource, reference: Reference, message: str) -> Diagnostic:
    return Diagnostic(message, resource.origin.place(("spec", *reference.path)))


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the members of one circle, each referring to the next; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        members: list[str] = error.args[1][:-1]
        return members[::-1]
    return []


def _twins(resources: Iterable[Resource], kinds: Registry) -> Iterator[Diagnostic]:
    """Yield the resources that mean the same live object as an earlier one."""
    identities: dict[tuple[str, Hashable], Resource] = {}
    for resource in resources:
        identity = kinds[resource.kind].spec.identity(resource.spec)
        other = identities.setdefault((resource.kind, identity), resource)
        if other is not resource:
            where = other.origin.place(("metadata", "name"))
            yield Diagnostic(
                f"{resource.address} and {other.address} ({where}) mean the same {resource.kind} in Prismatic;"
                f" {_how_to_keep_one(resource, other)}",
                resource.origin.place(("metadata", "name")),
            )


def _how_to_keep_one(resource: Resource, other: Resource) -> str:
    member = next((each for each in (resource, other) if each.membership), None)
    if member is None or member.membership is None or member.membership.unfolded:
        return "keep one of them"
    handle, address = member.membership.customer.handle, member.membership.set_address
    kept = other if member is resource else resource
    return f"to keep {kept.address}, add {handle!r} to spec.customers.exclude of {address}"


def duplicates(manifests: Iterable[Manifest]) -> Iterator[tuple[Manifest, Diagnostic]]:
    """Yield each manifest whose address an earlier one has, and what to say about it."""
    first: dict[str, Manifest] = {}
    for manifest in manifests:
        address = manifest.address
        earlier = first.setdefault(address, manifest) if address else manifest
        if earlier is not manifest:
            where = earlier.origin.place(("metadata", "name"))
            place = manifest.origin.place(("metadata", "name"))
            yield manifest, Diagnostic(f"{address} is declared twice, first at {where}; rename or remove one", place)


def renames(resources: Iterable[Resource], kinds: Registry) -> Mapping[str, Sequence[str]]:
    """Return, by address, the addresses of the manifests whose objects had its name before."""
    resources = list(resources)
    renamed = [resource for resource in resources if resource.lifecycle.renamed_from]
    if not renamed:
        return {}
    holders: dict[tuple[str, Hashable], str] = {}
    for resource in resources:
        names = kinds[resource.kind].names
        if names:
            holders.setdefault((resource.kind, names.key(resource.spec)), resource.address)
    found: dict[str, list[str]] = defaultdict(list)
    for resource in renamed:
        names = kinds[resource.kind].names
        keys = [names.key({**resource.spec, "name": name}) for name in resource.lifecycle.renamed_from] if names else ()
        for key in keys:
            holder = holders.get((resource.kind, key))
            if holder and holder != resource.address:
                found[holder].append(resource.address)
    return found


def circular_renames(resources: Sequence[Resource], kinds: Registry) -> Iterator[Diagnostic]:
    """Yield each circle of names that are handed on: by names alone nobody knows whether it was done already."""
    by_address = {resource.address: resource for resource in resources}
    former = renames(resources, kinds)  # whose object had the name of an address before
    done: set[str] = set()
    for start in sorted(former):
        path = [start]
        while path[-1] not in done and (nexts := [each for each in former.get(path[-1], ()) if each not in done]):
            if nexts[0] in path:
                yield from _rename_circle(path[path.index(nexts[0]) :], by_address, kinds)
                break
            path.append(nexts[0])
        done.update(path)


def _rename_circle(members: Sequence[str], by_address: Mapping[str, Resource], kinds: Registry) -> Iterator[Diagnostic]:
    """Yield what is wrong with a circle, unless something else than the name identifies each of its objects."""
    resources = [by_address[each] for each in members]
    if not any(names.only(each.spec) for each in resources if (names := kinds[each.kind].names)):
        return
    first = min(resources, key=lambda each: each.address)
    others = ", ".join(each.address for each in resources if each is not first)
    yield Diagnostic(
        f"circular rename: {first.address} and {others} swap names; rename one of them to a "
        "temporary name first, and apply that",
        first.origin.place(("lifecycle", "renamedFrom"), key=True),
    )
