"""The planner: desired resources against the live tenant, one change for each that differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from msgspec import structs

from reconciler.errors import PlanRefused
from reconciler.manifests.graph import dependencies, in_order
from reconciler.model.capabilities.ownership import THE_ORGANIZATION
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.reserved_labels import held_labels
from reconciler.model.resource import compared
from reconciler.model.view import DiffContext
from reconciler.planning.conflicts import Conflict, look_alikes, settle
from reconciler.planning.findings import Findings
from reconciler.planning.messages import (
    NOT_LABELLED,
    OF_ANOTHER,
    OTHERS_PROTECTION_HOLDS,
    PROTECTION_HOLDS,
    RENAMED_FROM_NOTHING,
    UNKEPT_PROTECTION,
)
from reconciler.planning.orphans import Orphans
from reconciler.planning.ownership import (
    GIVEN_UP_AND_MISSING,
    OF_ANOTHER_AS_WELL,
    PROTECTED,
    PROTECTION_ENDS,
    Ownership,
    leaving,
    release_change,
)
from reconciler.planning.permissions import forbidden, undeletable
from reconciler.planning.plan import Change, Compared, actions_of, observe, reason_of
from reconciler.planning.prefetch import refusals
from reconciler.planning.rules import kept_secrets
from reconciler.planning.second_look import second_looks, with_reasons
from reconciler.planning.uses import settle_uses

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from reconciler.model.capabilities.deletion import Removal, Use
    from reconciler.model.capabilities.differ import Diff
    from reconciler.model.kind import Kind, Registry
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View
    from reconciler.planning.ownership import Claim
    from reconciler.planning.rules import Rules


def find_changes(resources: Sequence[Resource], registry: Registry, view: View, rules: Rules) -> Findings:
    """Compare every resource with the tenant.

    Raises ``PlanRefused`` with every problem of every resource, and the guardrails' refusals, when there is a problem.
    """
    findings = find_all(resources, registry, view, rules)
    if findings.problems:
        raise PlanRefused([*findings.problems, *findings.refusals])
    return findings


def find_all(resources: Sequence[Resource], registry: Registry, view: View, rules: Rules) -> Findings:
    """Compare every resource with the tenant; with problems the other findings are incomplete."""
    planner = _Planner(registry, view, rules, dependencies(resources, registry))
    planner.note_holders(resources)
    for resource in in_order(resources, planner.graph, registry):
        planner.consider(resource)
    planner.settle_conflicts()
    planner.settle_look_alikes()
    planner.check_labels()
    planner.find_orphans()
    planner.settle_uses()
    findings = planner.findings
    findings.warnings += leaving(findings.changes)
    if view.shows_inputs:
        findings.show(rules.history)
    findings.again = second_looks(resources, registry, planner.graph, findings.changes)
    findings.changes = with_reasons(findings.changes, findings.again)
    if rules.enforce_guardrails:
        owned = list(rules.pruning.owned(registry, view))
        findings.refusals += rules.guardrails.problems(findings.changes, owned)
    return findings


@dataclass(frozen=True, slots=True)
class _Planner:
    """One plan in the making: its input, its findings so far, and which resource claimed which live object."""

    registry: Registry
    view: View
    rules: Rules
    graph: Mapping[str, tuple[str, ...]]
    findings: Findings = field(default_factory=Findings)
    claimed: dict[str, str] = field(default_factory=dict)
    created: dict[Hashable, str] = field(default_factory=dict)
    """By the identity of a new object: the address of the manifest that creates it."""
    conflicts: list[Conflict] = field(default_factory=list)
    holders: dict[str, str] = field(default_factory=dict)
    """By the ID of a live object: the address of something that belongs to it and stays."""
    released: dict[str, str] = field(default_factory=dict)
    """The address of the manifest that releases each live object, by ID."""
    given_up_and_missing: set[str] = field(default_factory=set)
    """The addresses of manifests that release an object that does not exist."""
    uses: dict[str, tuple[Resource, Sequence[Use]]] = field(default_factory=dict)
    """By the address of a resource to be deleted: who uses its live object."""
    unseen: set[str] = field(default_factory=set)
    """The addresses that the token may not read enough about to plan anything."""

    def note_holders(self, resources: Sequence[Resource]) -> None:
        """Note the parents that must stay because a resource that stays belongs to them."""
        for resource in resources:
            owner = self.registry[resource.kind].parent_id_of(resource, self.view)
            if owner and not resource.lifecycle.absent:  # a released object stays too
                self.holders.setdefault(owner, resource.address)

    def consider(self, resource: Resource) -> None:
        self.findings.groups[resource.address] = self._group(resource)
        if self._is_unseen(resource):
            return
        live = self._match(resource)
        if resource.lifecycle.unmanaged:
            change = self._release(resource, live)
        elif resource.lifecycle.absent:
            change = self._removal(resource, live)
        else:
            change = self._presence(resource, live)
        if self.rules.include_unchanged and not resource.lifecycle.managed:
            self._note(Compared(resource, live, settled=change is None))
        if change:
            self.findings.changes.append(change)
        else:
            self.findings.unchanged += 1

    def _note(self, compared: Compared) -> None:
        resource, label = compared.resource, self.rules.ownership.label
        identity = repr(self.registry[resource.kind].spec.identity(resource.spec))
        self.findings.compared[resource.address] = replace(compared, identity=identity, label=label)

    def _is_unseen(self, resource: Resource) -> bool:
        """Report what the token may not read: an unreadable object is not a missing one.

        Resources that depend on an unreadable one are skipped, since a plan for them would be a guess.
        """
        if self.view.tenant.open:
            return False
        reasons = refusals(self.registry[resource.kind].finder.reads(resource, self.view), self.view.tenant)
        for reason in reasons:
            self._report(resource, Diagnostic(reason, path=()))
        if reasons or self.unseen.intersection(self.graph[resource.address]):
            self.unseen.add(resource.address)
        return resource.address in self.unseen

    def check_labels(self) -> None:
        """Report that the objects with this project's label, or what a deletion takes along, cannot be read."""
        reads = self.rules.pruning.reads(self.registry, self.view, self.claimed)
        self.findings.problems += (
            Diagnostic(f"the objects that this project owns cannot be read: {reason}")
            for reason in refusals(reads, self.view.tenant)
        )

    def _match(self, resource: Resource) -> Live | None:
        """Return the live object that a manifest means, if exactly one matches and no other manifest claims it."""
        kind = self.registry[resource.kind]
        found = self.view.live(resource.address)  # known since the reads, unless there is none or more than one
        candidates = [found] if found else kind.finder.candidates(resource, self.view)
        if len(candidates) > 1:
            names = ", ".join(f"{live.name!r} ({live.id})" for live in candidates)
            self._report(resource, Diagnostic(f"{len(candidates)} live objects match this manifest: {names}", path=()))
            return None
        self._note_conflicts(kind, resource, candidates)
        if not candidates:
            self._note_new(kind, resource)
            return None
        (live,) = candidates
        other = self.claimed.setdefault(live.id, resource.address)
        if other != resource.address:
            message = f"{other} means the same live object, {live.name!r} ({live.id})"
            if live.name in resource.lifecycle.renamed_from:
                message += "; take renamedFrom out if the rename is done, else apply the rename alone first"
            self._report(resource, Diagnostic(message, path=()))
        self.findings.live_ids[resource.address] = live.id
        return live

    def _note_new(self, kind: Kind, resource: Resource) -> None:
        """Note a new object; complain when an earlier manifest creates it too, under another name of its owner."""
        if not resource.lifecycle.managed:
            return
        identity = kind.parent.identity(resource, self.view) if kind.parent else kind.spec.identity(resource.spec)
        other = self.created.setdefault((kind.name, identity), resource.address)
        if other != resource.address:
            message = f"{other} means the same {kind.name}, which does not exist yet; keep one of them"
            self._report(resource, Diagnostic(message, path=()))

    def _note_conflicts(self, kind: Kind, resource: Resource, candidates: Sequence[Live]) -> None:
        """Note the conflicts; whether their holders keep the value is known once everything is compared."""
        if not resource.lifecycle.managed or kind.names is None:
            return
        own = {live.id for live in candidates}
        wanted = compared(resource, kind.spec.fixed, candidates)
        conflicts = kind.names.conflicts(wanted, self.view).items()
        self.conflicts.extend(Conflict(resource, each, problem) for each, problem in conflicts if each not in own)

    def settle_conflicts(self) -> None:
        """Order each change after the one that frees its name, or report the conflict."""
        changes, problems = settle(self.conflicts, self.claimed, self.findings.changes)
        self.findings.changes[:] = changes
        for resource, problem in problems:
            self._report(resource, problem)

    def settle_look_alikes(self) -> None:
        """Report creations whose name looks like another one, and warn about values that several get."""
        problems, warnings = look_alikes(self.findings.changes, self.claimed, self.view)
        for resource, problem in problems:
            self._report(resource, problem)
        for resource, warning in warnings:
            self._warn(resource, warning)

    def _presence(self, resource: Resource, live: Live | None) -> Change | None:
        """Plan the creation or the update of a resource that its manifest declares present."""
        kind = self.registry[resource.kind]
        self._report_released_owners(kind, resource)
        claim = self.rules.ownership.claim(kind, resource, live)
        if claim.conflict:
            self._report(resource, Diagnostic(OF_ANOTHER.format(claim.conflict), path=()))
            return None
        if resource.lifecycle.prevent_destroy and not claim.required:
            self._warn(resource, UNKEPT_PROTECTION, root=())
        named = self._with_known_paths(resource)
        wanted = compared(named, kind.spec.fixed, live)
        if live is None and resource.lifecycle.renamed_from:
            names = ", ".join(map(repr, resource.lifecycle.renamed_from))
            message = RENAMED_FROM_NOTHING.format(names)
            self._warn(resource, Diagnostic(message, path=("lifecycle", "renamedFrom"), key=True), root=())
        context = self._situation(resource, live, claim)
        diff = self._diff(kind, wanted, context)
        if self.view.shows_inputs:
            self.findings.connections[resource.address] = [*kind.differ.inputs(wanted, context)]
        if live and diff.steps and (held := held_labels(live.labels)):
            # A label that holds an older manifest back goes with the first change; by itself it is no difference.
            context = structs.replace(context, unwanted_labels=context.unwanted_labels | held)
            diff = kind.differ.diff(wanted, context)
        for problem in forbidden(kind, wanted, live, diff.steps, self.view):
            self._report(resource, problem)
        hidden = self.rules.history.hide(resource.address, live, kind, diff.fields)
        fields = (*hidden, *claim.protection_change(live))
        if self.rules.include_unchanged:
            same = (*diff.same, *claim.protection_kept(resource))
            self._note(Compared(resource, live, fields, same, settled=not diff.steps))
        if not diff.steps:
            return None
        return Change(
            address=resource.address,
            kind=kind,
            name=kind.spec.title(resource.spec),
            actions=actions_of(diff, fields, adopts=claim.adopts),
            reason=reason_of(diff, live, fields, adopts=claim.adopts, taken_from=claim.taken_from),
            steps=tuple(diff.steps),
            fields=fields,
            source=resource.origin.start,
            resource=wanted,
            context=context,
            live=live,
            observed=observe(kind, live) if live else None,
            depends_on=self.graph[resource.address],
            group=self._group(resource),
            after=diff.after,
            drops=diff.drops,
            redeploys=diff.redeploys,
        )

    def _report_released_owners(self, kind: Kind, resource: Resource) -> None:
        """Report references to a resource that is released and has no live object."""
        for reference in kind.spec.references(resource.spec) if self.given_up_and_missing else ():
            if reference.address in self.given_up_and_missing:
                self._report(resource, Diagnostic(GIVEN_UP_AND_MISSING.format(reference.address), path=reference.path))

    def _diff(self, kind: Kind, resource: Resource, context: DiffContext) -> Diff:
        """Compare a resource with its live object, and report what is wrong with the comparison."""
        diff = kind.differ.diff(resource, context)
        problems, warnings = kept_secrets(resource.spec, context.live, diff) if self.rules.keep_secrets else ((), ())
        for problem in (*diff.problems, *problems):
            self._report(resource, problem)
        for warning in (*diff.warnings, *warnings):
            self._warn(resource, warning)
        return diff

    def _with_known_paths(self, resource: Resource) -> Resource:
        """Return the resource with the paths that are ignored as they are called now; complain of unknown ones."""
        if not resource.lifecycle.ignore_changes:
            return resource
        ignored = self.registry[resource.kind].differ.ignored(resource, self.view)
        for problem in ignored.problems:
            self._report(resource, problem, root=())
        for warning in ignored.warnings:
            self._warn(resource, warning, root=())
        return replace(resource, lifecycle=replace(resource.lifecycle, ignore_changes=ignored.paths))

    def _situation(self, resource: Resource, live: Live | None, claim: Claim) -> DiffContext:
        """Return the context of the diff; fingerprints are labels, so only owned objects have them."""
        maker, label = self.rules.fingerprinter, self.rules.ownership.label
        labelled = label if claim.required else None
        scope = (self.view.tenant.identity.organization_id, labelled or "", resource.address)
        return DiffContext(
            self.view,
            live,
            claim.required,
            claim.unwanted,
            self.rules.resend_secrets,
            maker.within(*scope) if maker and labelled else None,
            NOT_LABELLED if maker and not labelled else "",
            maker,
            self.rules.without_secrets,
            self.rules.include_unchanged,
        )

    def _removal(self, resource: Resource, live: Live | None) -> Change | None:
        """Plan the deletion of a resource that its manifest declares absent."""
        kind = self.registry[resource.kind]
        if live is None:
            self._report_unclear(resource)
            return None
        removal = kind.deletion.removal(live, self.view)
        refusal = self._refusal(kind, resource, live, removal)
        if refusal:
            self._report(resource, Diagnostic(refusal, path=("lifecycle", "state")), root=())
            return None
        for message in removal.warnings:
            self._warn(resource, Diagnostic(message, path=()))
        if removal.uses:
            self.uses[resource.address] = (resource, removal.uses)
        return Change(
            address=resource.address,
            kind=kind,
            name=live.name,
            actions=("delete",),
            reason="its manifest declares state: absent",
            steps=(removal.step,),
            source=resource.origin.start,
            resource=resource,
            live=live,
            observed=observe(kind, live, removal.observed),
            depends_on=self.graph[resource.address],
            group=self._group(resource),
        )

    def _release(self, resource: Resource, live: Live | None) -> Change | None:
        """Plan the removal of this project's labels from an object that its manifest releases; nothing else."""
        kind = self.registry[resource.kind]
        if live is None:
            self.given_up_and_missing.add(resource.address)
            self._report_unclear(resource)
            return None
        self.released[live.id] = resource.address
        claim = self.rules.ownership.release(kind, live)
        if claim.conflict:
            self._report(resource, Diagnostic(OF_ANOTHER_AS_WELL.format(claim.conflict), path=()))
        if not claim.unwanted:
            return None
        if PROTECTED in claim.unwanted:
            self._warn(resource, Diagnostic(PROTECTION_ENDS, path=("lifecycle", "state")), root=())
        return release_change(
            kind,
            live,
            claim,
            address=resource.address,
            why="its manifest declares state: unmanaged",
            resource=resource,
            depends_on=self.graph[resource.address],
            group=self._group(resource),
        )

    def _report_unclear(self, resource: Resource) -> None:
        """Report when it is not known what a resource without a live object belongs to."""
        parent = self.registry[resource.kind].parent
        for problem in parent.unclear(resource, self.view) if parent else ():
            self._report(resource, problem)

    def _refusal(self, kind: Kind, resource: Resource, live: Live, removal: Removal) -> str | None:
        """Return why a live object must not be deleted, if so."""
        if conflict := self.rules.ownership.claim(kind, resource, live).conflict:
            return OF_ANOTHER.format(conflict)
        if Ownership.protected(live):
            return PROTECTION_HOLDS if self.rules.ownership.label else OTHERS_PROTECTION_HOLDS
        if live.id in self.holders:
            return f"{self.holders[live.id]} stays and belongs to it; declare it absent too"
        return removal.blocked or undeletable(live)

    def _group(self, resource: Resource) -> str:
        """Return the name of the resource's parent: the resource that it belongs to, else what its kind returns.

        An owner is the head of its own group, to which also what belongs to its children belongs. What has no parent
        and can own nothing belongs to the organization.
        """
        kind = self.registry[resource.kind]
        for reference in kind.spec.references(resource.spec):
            if reference.parent:
                return self.findings.groups[reference.address]
        if kind.parent is None and kind.labels is None:
            return THE_ORGANIZATION
        owner = kind.parent.live(resource, self.view) if kind.parent else None
        if owner is None:
            return (kind.parent or kind.spec).title(resource.spec)
        return self.registry[owner.kind].group_of(owner)

    def find_orphans(self) -> None:
        """Plan the deletion of the orphans to prune, and note the kept ones."""
        rules, found = self.rules, self.findings
        orphans = Orphans(
            rules.pruning, self.registry, self.view, self.claimed, self.holders, self.released, found.groups
        )
        found.changes += orphans.deletions()
        found.warnings += orphans.warnings(found.changes)
        found.orphans += orphans.kept()

    def settle_uses(self) -> None:
        """Order each deletion after the changes that end the uses of its object, or report who goes on using it."""
        changes, problems = settle_uses(self.uses, self.findings.changes)
        self.findings.changes[:] = changes
        for resource, problem in problems:
            self._report(resource, problem, root=())

    def _report(self, resource: Resource, problem: Diagnostic, root: Path = ("spec",)) -> None:
        placed = problem.at(resource.origin, root, resource.address).named()
        self.findings.problems.append(placed)
        self.findings.wrong.setdefault(resource.address, []).append(placed)

    def _warn(self, resource: Resource, warning: Diagnostic, root: Path = ("spec",)) -> None:
        self.findings.warnings.append(warning.at(resource.origin, root, resource.address))
