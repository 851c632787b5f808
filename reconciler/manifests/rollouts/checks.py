"""Rollouts against the manifests: what they govern must exist, each instance is in one of them and in one wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.rollouts.waves import assign
from reconciler.rollouts.words import names
from reconciler.text.plural import counted
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Rollout
    from reconciler.rollouts.selection import Governed

NO_WAVE = (
    "{} in no wave: {}; add a wave with neither customers nor percent at the end, which takes everybody who is left"
)
NOTHING = "no instance of the manifests is in this rollout: it has no effect"


@dataclass(frozen=True, slots=True)
class RolloutChecker:
    """Checks rollouts against the resources of the manifests. ``sets`` are the addresses of the declared sets."""

    rollouts: Sequence[Rollout]
    governed: Governed
    sets: Collection[str]

    def problems(self) -> Iterator[Diagnostic]:
        """Yield every problem, with its place."""
        for rollout in self.rollouts:
            for problem in self._of_one(rollout):
                yield problem.at(rollout.origin) if rollout.origin else problem
        yield from self._in_two()

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield a warning for each rollout that governs nothing."""
        for rollout in self.rollouts:
            if rollout.origin and not any(self.governed.resources_of(rollout)):
                yield Diagnostic(NOTHING, path=("spec", "instances"), key=True).at(rollout.origin)

    def _of_one(self, rollout: Rollout) -> Iterator[Diagnostic]:
        unknown = list(self._unknown_selection(rollout))
        yield from unknown
        members = [] if unknown else list(self.governed.resources_of(rollout))
        # What a customer in no manifest is called and which labels it has, only the tenant shows.
        if members and all(self.governed.customer(resource) for resource in members):
            yield from self._unknown_customers(rollout, members)
            yield from without_wave(rollout, self.governed, members)

    def _unknown_selection(self, rollout: Rollout) -> Iterator[Diagnostic]:
        """Yield the sets, the integration and the labels that no manifest has."""
        path: Path = ("spec", "instances")
        for number, address in enumerate(rollout.selection.sets):
            if address not in self.sets:
                handles = [each.partition("/")[2] for each in self.sets]
                yield _unknown("set", address.partition("/")[2], handles, (*path, "sets", number), "declared sets")
        deployed = [
            (resource, known.source(resource.spec))
            for resource in self.governed.resources
            if (known := self.governed.registry[resource.kind].spec.deployed)
        ]
        source, sources = rollout.selection.source, {each for _, each in deployed}
        if source and source not in sources:
            yield _unknown("integration", source, sources, (*path, "integration"), "integrations of the manifests")
        labels = {label.lower() for resource, _ in deployed for label in resource.spec.get("labels") or ()}
        for number, label in enumerate(rollout.selection.labels):
            if label not in labels:
                yield _unknown("instance label", label, labels, (*path, "labels", number), "labels of the manifests")

    def _unknown_customers(self, rollout: Rollout, members: Iterable[Resource]) -> Iterator[Diagnostic]:
        """Yield the names and labels of waves that no member's customer has."""
        known = [self.governed.member(resource) for resource in members]
        handles = {member.customer for member in known}
        labels = {label for member in known for label in member.labels}
        for number, wave in enumerate(rollout.waves):
            path: Path = ("spec", "waves", number, "customers")
            for index, handle in enumerate(wave.names):
                if handle not in handles:
                    yield _unknown("customer", handle, handles, (*path, "names", index), "customers of this rollout")
            for index, label in enumerate(wave.labels):
                if label not in labels:
                    what, listed = "customer label", "labels of this rollout's customers"
                    yield _unknown(what, label, labels, (*path, "labels", index), listed)

    def _in_two(self) -> Iterator[Diagnostic]:
        """Yield the pairs of rollouts that have members in common, each at the later one."""
        found: dict[str, Rollout] = {}
        common: dict[tuple[str, str], list[str]] = {}
        for rollout in self.rollouts:
            for resource in self.governed.resources_of(rollout):
                other = found.setdefault(resource.address, rollout)
                if other is not rollout:
                    common.setdefault((other.name, rollout.name), []).append(resource.address)
        by_name: Mapping[str, Rollout] = {rollout.name: rollout for rollout in self.rollouts}
        for (first, second), addresses in common.items():
            count = f"{counted(len(addresses), 'instance')} {'is' if len(addresses) == 1 else 'are'}"
            message = (
                f"{count} also in the rollout {first!r}: {names(addresses)}; an instance can be in one rollout only: "
                "narrow one of them"
            )
            problem = Diagnostic(message, path=("spec", "instances"), key=True)
            origin = by_name[second].origin
            yield problem.at(origin) if origin else problem


def without_wave(rollout: Rollout, governed: Governed, members: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Yield that some members are in no wave, if so; the path begins at the document's root."""
    unplaced = assign(rollout, [governed.member(resource) for resource in members]).unplaced
    if unplaced:
        count = f"{counted(len(unplaced), 'member')} {'is' if len(unplaced) == 1 else 'are'}"
        message = NO_WAVE.format(count, names([member.address for member in unplaced]))
        yield Diagnostic(message, path=("spec", "waves"), key=True)


def _unknown(what: str, name: str, known: Iterable[str], path: Path, listed: str) -> Diagnostic:
    return Diagnostic(f"unknown {what} {name!r}; {did_you_mean(name, known, listed_as=listed)}", path=path)
