"""Rollbacks in a plan: where each member of a rollout goes back to if it fails, and who goes back now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.model.capabilities.rollback import Reversal
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.reserved_labels import UNFINISHED, held_labels
from reconciler.model.rollout import Standing
from reconciler.model.view import DiffContext
from reconciler.planning.plan import Change, observe
from reconciler.rollouts.rollback import NEW, MemberRollback, Unmoved, destination, when
from reconciler.workflow.rollouts import EvidenceReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reconciler.model.capabilities.versions import Version
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View
    from reconciler.planning.findings import Findings
    from reconciler.rollouts.evidence import Evidence
    from reconciler.rollouts.members import MemberStanding
    from reconciler.workflow.rollouts import Fleet
    from reconciler.workflow.session import Session

IMPOSSIBLE = "if the change fails, it cannot be set back: {}; it is held as it is"
SEVERAL_IMPOSSIBLE = "instances cannot be set back if their changes fail; they are held as they are"
STUCK = "it failed, and cannot be set back: {}"
SEVERAL_STUCK = "instances failed, and cannot be set back"
GOES_BACK = "not healthy: {}; goes back to {}, {}, and is held"
FINISHES = "a run ended while it set this back: this one finishes it"


def with_rollbacks(session: Session, fleets: Sequence[Fleet], found: Findings, view: View, now: datetime) -> Findings:
    """Return the findings with the changes that set members back now, and with warnings of what cannot go back.

    Each fleet gets to know where its members go back to. All of this is looked up before anything is sent.
    """
    resources = {resource.address: resource for resource in session.manifests.resources}
    for fleet in fleets:
        if fleet.rollout.on_failure == "rollback":
            planned = _Planned(session, fleet, found, view, resources)
            for wave in fleet.standing(now).waves:
                for standing in wave.members:
                    planned.consider(standing, wave.wave.name)
            found = planned.findings
    return found


@dataclass(slots=True)
class _Planned:
    """The rollbacks of one rollout."""

    session: Session
    fleet: Fleet
    found: Findings
    view: View
    resources: Mapping[str, Resource]
    changes: dict[str, Change] = field(init=False)
    """By address, as planned so far."""
    unmoved: Unmoved = field(init=False)
    back: dict[str, Change] = field(default_factory=dict)
    """The changes that set members back now."""
    warnings: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.changes = {change.address: change for change in self.found.changes}
        self.unmoved = Unmoved.of(self.fleet.evidence)

    @property
    def findings(self) -> Findings:
        """The findings with the rollbacks, which come last."""
        others = [change for change in self.found.changes if change.address not in self.back]
        return replace(
            self.found,
            changes=[*others, *self.back.values()],
            unchanged=self.found.unchanged - len(self.back.keys() - self.changes.keys()),
            warnings=[*self.found.warnings, *self.warnings],
        )

    def consider(self, standing: MemberStanding, wave: str) -> None:
        """Find out where one member goes back to, if it fails or has failed."""
        address = standing.member.address
        evidence, live = self.fleet.evidence[address], self.view.live(address)
        if address not in self.found.groups:
            return  # neither a target nor of this shard: it is compared, and not changed
        due = when(standing, evidence)
        if due == "if it fails":
            self._in_case(standing)
        elif live and due == "begun":
            self._finish(standing, live, wave)
        elif live and due == "now":
            self._go_back(standing, live, wave)

    def _in_case(self, standing: MemberStanding) -> None:
        """Note where a member goes back to if its change fails."""
        address = standing.member.address
        version, reason = destination(self.fleet.evidence[address], self.unmoved)
        change = self.changes.get(address)
        stays: Sequence[Diagnostic] = ()
        if change and change.kind.rollback and change.live and version:
            reversal = reversal_of(change, self.resources[address], self.fleet.evidence[address], version)
            hindrance = change.kind.rollback.hindrance(reversal, change.live)
            stays = () if hindrance else change.kind.rollback.stays(reversal)
            version, reason = (None, hindrance) if hindrance else (version, reason)
        self._note(standing, version, reason, stays)
        if version is None and reason != NEW:
            self._warn(address, Diagnostic(IMPOSSIBLE.format(reason), path=(), topic=SEVERAL_IMPOSSIBLE))

    def _go_back(self, standing: MemberStanding, live: Live, wave: str) -> None:
        """Plan to set a member back that is not healthy, although its change was carried out by an earlier run."""
        address, resource = standing.member.address, self.resources[standing.member.address]
        kind = self.session.registry[resource.kind]
        version, reason = destination(self.fleet.evidence[address], self.unmoved)
        reversal = Reversal(resource, self.view, failed=self.fleet.evidence[address].desired, version=version)
        if kind.rollback and version and (hindrance := kind.rollback.hindrance(reversal, live)):
            version, reason = None, hindrance
        if version is None or kind.rollback is None:
            self._note(standing, None, reason, ())
            self._warn(address, Diagnostic(STUCK.format(reason), path=(), topic=SEVERAL_STUCK))
            return
        self._note(standing, version, reason, kind.rollback.stays(reversal), due=True)
        labels = labels_of(self.session, self.view, resource)
        steps = [
            kind.rollback.hold(live, labels | {UNFINISHED}, held_labels(live.labels) - labels, version),
            *kind.rollback.restore(reversal, live),
        ]
        change = self._change(resource, live, GOES_BACK.format(standing.reason, version, reason))
        self.back[address] = replace(
            change,
            steps=tuple(steps),
            fields=(kind.rollback.moved(live, version),),
            actions=("update", "deploy"),
            rollout=Standing(self.fleet.rollout.name, wave, "open", change.reason),
        )

    def _finish(self, standing: MemberStanding, live: Live, wave: str) -> None:
        """Plan what is left to do for a member that an earlier run began to set back."""
        address, resource = standing.member.address, self.resources[standing.member.address]
        kind, change = self.session.registry[resource.kind], self.changes.get(address)
        if kind.rollback is None or kind.labels is None:
            return
        evidence = self.fleet.evidence[address]
        # Without a difference from the manifest nothing was set back: a deploy would try the failed manifest again.
        went_back = change is not None and bool(change.fields)
        steps = [
            *(kind.rollback.restore(Reversal(resource, self.view), live) if went_back else ()),
            kind.labels.release(live, {UNFINISHED}),
        ]
        self._note(standing, evidence.live, FINISHES, (), due=True)
        self.back[address] = replace(
            self._change(resource, live, FINISHES),
            steps=tuple(steps),
            actions=("update", "deploy") if len(steps) > 1 else ("update",),
            rollout=Standing(self.fleet.rollout.name, wave, "open", FINISHES),
        )

    def _change(self, resource: Resource, live: Live, reason: str) -> Change:
        kind = self.session.registry[resource.kind]
        return Change(
            address=resource.address,
            kind=kind,
            name=kind.spec.title(resource.spec),
            actions=(),
            reason=reason,
            steps=(),
            source=resource.origin.start,
            resource=kind.rollback.bare(resource) if kind.rollback else resource,
            context=DiffContext(self.view, live),
            live=live,
            observed=observe(kind, live),
            group=self.found.groups.get(resource.address, ""),
            goes_back=True,
        )

    def _note(
        self,
        standing: MemberStanding,
        version: Version | None,
        reason: str,
        stays: Sequence[Diagnostic],
        *,
        due: bool = False,
    ) -> None:
        address = standing.member.address
        messages = tuple(each.message for each in stays)
        self.fleet.rollbacks[address] = MemberRollback(standing.member, version, reason, messages, due)
        for each in stays:
            self._warn(address, each)

    def _warn(self, address: str, warning: Diagnostic) -> None:
        self.warnings.append(warning.at(self.resources[address].origin, ("spec",), address))


def reversal_of(change: Change, resource: Resource, evidence: Evidence, version: Version | None) -> Reversal:
    """Return what it takes to take a change back; ``evidence`` is that of the plan."""
    if change.context is None or change.goes_back:
        raise ValueError(change.address)  # it makes nothing what its manifest says
    moves = version is not None and (evidence.desired is None or version.id != evidence.desired.id)
    former = change.live if version is None or version == evidence.live else None
    return Reversal(resource, change.context.view, former, change.fields, evidence.desired, version if moves else None)


def labels_of(session: Session, view: View, resource: Resource) -> frozenset[str]:
    """Return the label that keeps a manifest from being tried again."""
    return frozenset({EvidenceReader(session, view).held_label(resource)})
