"""Rollouts in a plan: what is known of their members, and how each change stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from reconciler.errors import PlanRefused, UsageError
from reconciler.manifests.digest import resource_digest
from reconciler.manifests.rollouts.checks import without_wave
from reconciler.model.capabilities.versions import Version
from reconciler.model.reserved_labels import UNFINISHED, held_label, held_labels
from reconciler.model.resource import SetCustomer
from reconciler.model.rollout import Standing
from reconciler.rollouts.decisions import decide
from reconciler.rollouts.evidence import Asked, Evidence
from reconciler.rollouts.selection import Governed
from reconciler.rollouts.waves import assign
from reconciler.text.suggest import did_you_mean
from reconciler.workflow.verifying import subjects_of, verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.health import Health
    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Rollout
    from reconciler.model.view import View
    from reconciler.planning.findings import Findings
    from reconciler.planning.plan import Change
    from reconciler.rollouts.decisions import RolloutStanding
    from reconciler.rollouts.rollback import MemberRollback
    from reconciler.rollouts.waves import Assignment
    from reconciler.workflow.session import Session


@dataclass(slots=True)
class Fleet:
    """The members of one rollout in a run, and what is known of each so far."""

    rollout: Rollout
    assignment: Assignment
    asked: Asked = field(default_factory=Asked)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    rollbacks: dict[str, MemberRollback] = field(default_factory=dict)
    """By address; empty unless the rollout sets members back."""
    planned: Mapping[str, Evidence] = field(default_factory=dict)
    """What was known of each when the plan was made."""

    @classmethod
    def of(cls, standing: RolloutStanding) -> Self:
        """Return the members as they were when a plan was made."""
        rollbacks = {each.member.address: each for each in standing.rollbacks}
        known = standing.evidence
        return cls(standing.rollout, standing.assignment, standing.asked, dict(known), rollbacks, known)

    def standing(self, now: datetime) -> RolloutStanding:
        """Return how the rollout stands at a moment of the API's clock."""
        standing = decide(self.rollout, self.assignment, self.evidence, now, self.asked)
        return replace(standing, rollbacks=tuple(self.rollbacks.values()))


def fellows(session: Session, addresses: Collection[str]) -> set[str]:
    """Return the addresses of all members of the rollouts that have any of the addresses as a member."""
    manifests = session.manifests
    if not manifests.rollouts:
        return set()
    return Governed(session.registry, manifests.resources).fellows(manifests.rollouts, addresses)


def fleets_of(session: Session, resources: Sequence[Resource], found: Findings, view: View) -> list[Fleet]:
    """Return the rollouts that govern any of the resources, with what is known of their members.

    Raises ``PlanRefused`` for members that are in no wave, which only the tenant's labels may show.
    """
    asked = asked_of(session)
    known = {resource.address for resource in resources}
    governed = Governed(session.registry, resources, lambda resource: live_customer(resource, session.registry, view))
    changes = {change.address: change for change in found.changes}
    fleets, problems = [], []
    for rollout in session.manifests.rollouts:
        members = [resource for resource in governed.resources_of(rollout) if resource.address in known]
        if not members:
            continue
        wrong = list(without_wave(rollout, governed, members))
        problems += [each.at(rollout.origin) if rollout.origin else each for each in wrong]
        fleet = Fleet(
            rollout,
            assign(rollout, [governed.member(resource) for resource in members]),
            asked.get(rollout.name, Asked()),
        )
        reader = EvidenceReader(session, view)
        # The health of a member that is to be changed shows nothing about its manifest.
        healths = reader.healths(resource for resource in members if resource.address not in changes)
        for resource in members:
            seen = reader.of(resource, changes.get(resource.address), found)
            fleet.evidence[resource.address] = replace(seen, health=healths.get(resource.address))
        fleets.append(fleet)
    if problems:
        raise PlanRefused(problems)
    return fleets


def live_customer(resource: Resource, registry: Registry, view: View) -> SetCustomer | None:
    """Return the customer of a resource as it is live; it is called what the manifest calls it by."""
    kind = registry[resource.kind]
    live = kind.parent.live(resource, view) if kind.parent else None
    if live is None or kind.spec.deployed is None:
        return None
    return SetCustomer(kind.spec.deployed.owner(resource.spec), live.name, labels=tuple(live.labels))


@dataclass(frozen=True)  # not slotted: what is computed once is kept in it
class EvidenceReader:
    """Reads what is known of members from a view of the tenant."""

    session: Session
    view: View

    @cached_property
    def _written(self) -> Mapping[str, Resource]:
        """The resources with every ``valueFrom`` as it is written, by address."""
        return {resource.address: resource for resource in self.session.manifests.written}

    def of(self, resource: Resource, change: Change | None, found: Findings) -> Evidence:
        """Return what is known of a member, whose change is that of the findings."""
        kind = self.session.registry[resource.kind]
        live = self.view.live(resource.address)
        wrong = found.wrong.get(resource.address)
        deployed, versions = kind.spec.deployed, kind.versions
        desired = versions.desired(resource.spec, live, self.view) if versions else None
        running = versions.running(live) if versions and live else None
        return Evidence(
            "" if change is None else "create" if live is None else "update",
            live is not None and bool(held_labels(live.labels)) and self.held_label(resource) in live.labels,
            deployed is not None and deployed.unproven(resource.spec),
            unknown=f"it cannot be compared with its manifest: {wrong[0].message}" if wrong else "",
            live=running,
            desired=desired if isinstance(desired, Version) else None,
            deployed=not (kind.rollback and live) or kind.rollback.deployed(live),
            settled=not (kind.rollback and live) or kind.rollback.settled(live),
            deployable=not (versions and running) or running in versions.catalog.available(running.name, self.view),
            edits=change is not None and live is not None and bool(change.fields),
            unfinished=live is not None and UNFINISHED in live.labels,
        )

    def held_label(self, resource: Resource) -> str:
        """Return the label that keeps the manifest of a resource, as it is now, from being tried again."""
        return held_label(resource_digest(self._written[resource.address], self._open_version(resource)))

    def _open_version(self, resource: Resource) -> int | str | None:
        """Return the version that a manifest means now without naming it, if it means any but the live one."""
        kind = self.session.registry[resource.kind]
        unpinned = kind.spec.unpinned(resource.spec)
        if unpinned is None or unpinned.settled or kind.versions is None:
            return None
        newest = kind.versions.catalog.newest(unpinned.name, self.view)
        return newest.label if isinstance(newest, Version) else None

    def healths(self, resources: Iterable[Resource], *, run_flows: bool = False) -> dict[str, Health]:
        """Return the health of the live objects, by address; without ``run_flows``, as far as it shows by itself."""
        objects = ((resource, self.view.live(resource.address)) for resource in resources)
        subjects = subjects_of(objects, self.session)
        verified = verify(self.session, subjects, run_flows=run_flows)
        return {health.address: health for health in verified.healths}


def asked_of(session: Session) -> dict[str, Asked]:
    """Return what the command line asks of each rollout; raises ``UsageError`` for an unknown rollout or wave."""
    rollouts = {rollout.name: rollout for rollout in session.manifests.rollouts}
    approved: dict[str, set[str]] = {}
    through: dict[str, str] = {}
    for text in session.options.rollout.approve:
        name, wave = _wave_of("--approve", text, rollouts)
        approved.setdefault(name, set()).add(wave)
    for text in session.options.rollout.through:
        name, wave = _wave_of("--through", text, rollouts)
        if through.setdefault(name, wave) != wave:
            raise UsageError(f"--through {text}: the run ends after wave {through[name]} already; name one wave")
    return {name: Asked(frozenset(approved.get(name, ())), through.get(name)) for name in rollouts}


def _wave_of(option: str, text: str, rollouts: Mapping[str, Rollout]) -> tuple[str, str]:
    name, slash, wave = text.partition("/")
    if not slash or not wave:
        raise UsageError(f"{option} {text}: expected ROLLOUT/WAVE, such as inventory/early")
    if name not in rollouts:
        raise UsageError(f"{option} {text}: unknown rollout {name!r}; {did_you_mean(name, rollouts)}")
    known = rollouts[name].wave_names
    if wave not in known:
        raise UsageError(f"{option} {text}: unknown wave {wave!r}; {did_you_mean(wave, known, listed_as='waves')}")
    return name, wave


def with_standings(
    changes: Iterable[Change], standings: Iterable[RolloutStanding], again: Collection[str] = ()
) -> tuple[Change, ...]:
    """Return the changes, each with how it stands.

    What depends on an object that is not created yet waits with it. What is looked up ``again`` after a change waits
    with every change.
    """
    found = {address: standing for each in standings for address, standing in each.changes()}
    placed = [
        change if change.goes_back else replace(change, rollout=found.get(change.address, change.rollout))
        for change in changes
    ]
    return tuple(_with_dependants(placed, again))


def _with_dependants(changes: Sequence[Change], again: Collection[str]) -> Iterator[Change]:
    waiting = {change.address: change.rollout for change in changes if change.waits}
    missing = {change.address for change in changes if change.waits and change.live is None}
    for change in changes:
        late = change.address in again
        blocked = next((each for each in change.depends_on if each in (waiting if late else missing)), None)
        if blocked and not change.waits and (late or not change.deletes):
            standing = waiting[blocked]
            wave, rollout = (standing.wave, standing.rollout) if standing else ("", "")
            why = "which does not exist yet" if blocked in missing else "which waits"
            waiting[change.address] = Standing(rollout, wave, "waiting", f"depends on {blocked}, {why}")
            missing.add(change.address)
            yield replace(change, rollout=waiting[change.address])
        else:
            yield change


def narrowed(found: Findings, mine: AbstractSet[str]) -> Findings:
    """Return the findings of some addresses: the others were compared for the gates of their waves only.

    Raises ``PlanRefused`` for problems of these addresses, and of the whole plan.
    """
    if mine >= found.groups.keys() and not found.problems:
        return found
    others = {id(problem) for address, wrong in found.wrong.items() if address not in mine for problem in wrong}
    problems = [problem for problem in found.problems if id(problem) not in others]
    if problems:
        raise PlanRefused([*problems, *found.refusals])
    return replace(
        found,
        changes=[change for change in found.changes if change.resource is None or change.address in mine],
        unchanged=sum(1 for address in found.groups if address in mine)
        - sum(1 for change in found.changes if change.resource is not None and change.address in mine),
        warnings=[each for each in found.warnings if _concerns(each, found, mine)],
        problems=[],
        again={address: each for address, each in found.again.items() if address in mine},
        groups={address: name for address, name in found.groups.items() if address in mine},
        compared={address: each for address, each in found.compared.items() if address in mine},
    )


def _concerns(warning: Diagnostic, found: Findings, mine: Collection[str]) -> bool:
    return warning.address is None or warning.address not in found.groups or warning.address in mine
