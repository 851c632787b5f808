"""Making a plan: comparing the manifests with the tenant, by the rules of the project and the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from reconciler.errors import PlanRefused
from reconciler.manifests.checks.organization import organization_warnings
from reconciler.manifests.graph import Addresses
from reconciler.manifests.project.project import Guardrails
from reconciler.manifests.schema.check import kind_schema
from reconciler.model.diagnostic import MOST_NAMED, Diagnostic, grouped
from reconciler.model.fingerprints import Fingerprinter
from reconciler.planning.members import planned_sets
from reconciler.planning.orphans import Pruning
from reconciler.planning.ownership import Ownership
from reconciler.planning.plan import Plan
from reconciler.planning.planner import find_all, find_changes
from reconciler.planning.rules import DeletionGuard, Rules
from reconciler.planning.shards import choose, part_of
from reconciler.text.plural import counted, listed
from reconciler.workflow.reading import read_unfolded
from reconciler.workflow.shown_names import left_out_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.manifests.result import Manifests
    from reconciler.model.view import View
    from reconciler.options import Options
    from reconciler.planning.explain import Reasons
    from reconciler.planning.findings import Findings
    from reconciler.planning.members import PlannedSet
    from reconciler.planning.plan import Change
    from reconciler.workflow.session import Session

_NOT_WHOLE = (
    "these are not all the manifests that the project lists: undeclared objects are neither reported nor pruned"
)


def make_plan(session: Session, targets: Sequence[str] | None = None) -> Plan:
    """Read the tenant, compare it with the manifests, and return the plan; raises ``PlanRefused`` with all problems.

    Where only the guardrails refuse the plan, the error has it, so that it can be shown.
    ``targets`` are those of a saved plan, whose guardrails were checked before; by default, those of the options.
    """
    return _plan_and_view(session, targets)[0]


def plan_with_guard(session: Session) -> tuple[Plan, Callable[[Sequence[Change]], Sequence[Diagnostic]]]:
    """Return the plan, and the function that returns what the guardrails say against some of its changes.

    It is for a session that does not enforce them, so that a plan can be shown that may not be carried out as a whole.
    """
    plan, view = _plan_and_view(session)
    rules = rules_of(session, _pruning_of(session.manifests, session.options.manifests.targets, counted=True))
    owned = list(rules.pruning.owned(session.registry, view))
    return plan, lambda changes: list(rules.guardrails.problems(changes, owned))


def explain_change(session: Session, address: str) -> tuple[Reasons, Plan]:
    """Return the reasons for one address, and the plan: of that address alone, unless it is an orphan.

    Raises ``UsageError`` for an unknown address.
    """
    from reconciler.planning.explain import explain_address

    declared = bool(Addresses(session.manifests.resources).meant(address))
    # Orphans are found only in a plan of the whole project.
    targets = (address,) if declared else ()
    session = session.planning(include_unchanged=True, enforce_guardrails=False, shard=None).targeting(targets)
    plan, view = _plan_and_view(session)
    fields = {kind.name: list(kind_schema(kind)["properties"]["spec"]["properties"]) for kind in session.registry}
    return explain_address(address, plan, view, session.registry, fields), plan


def _plan_and_view(session: Session, targets: Sequence[str] | None = None) -> tuple[Plan, View]:
    asked, registry = session.options.plan, session.registry
    counted = targets is None
    targets = session.options.manifests.targets if targets is None else targets
    rules = rules_of(session, _pruning_of(session.manifests, targets, counted=counted))
    if session.manifests.rollouts:
        session, plan, view, refusals = _plan_with_rollouts(session, targets, rules)
    else:
        session, chosen, view = read_unfolded(session, targets, rules.pruning)
        found = find_changes(chosen, registry, view, rules)
        plan, refusals = plan_of(session, found), found.refusals
    if asked.shard:
        plan = part_of(plan, asked.shard, choose(session.manifests.resources, targets, registry), registry)
    plan = replace(plan, sets=_sets_of(session, targets), parts=session.manifests.parts)
    if asked.warn_of_tenant:
        of_tenant = (Diagnostic(*each) for each in organization_warnings(session.manifests, session.identity))
        plan = replace(plan, warnings=(*of_tenant, *plan.warnings))
    if refusals:
        raise PlanRefused(refusals, plan)
    return plan, view


def _sets_of(session: Session, targets: Sequence[str]) -> tuple[PlannedSet, ...]:
    manifests = session.manifests
    if not manifests.sets and not any(each.membership for each in manifests.resources):
        return ()
    compared = choose(manifests.resources, targets, session.registry, session.options.plan.shard)
    return planned_sets(manifests.resources, compared, manifests.sets)


def _plan_with_rollouts(
    session: Session, targets: Sequence[str], rules: Rules
) -> tuple[Session, Plan, View, list[Diagnostic]]:
    """Plan the targets, and how their changes stand in their rollouts. The session is that of ``read_unfolded``.

    The last item is why the guardrails refuse the plan, if they do.

    Whether a wave is open depends on all members of its rollout: those that are neither targets nor in the shard are
    read and compared too, and not changed.
    """
    from reconciler.workflow.rollbacks import with_rollbacks
    from reconciler.workflow.rollouts import fellows, fleets_of, narrowed, with_standings

    mine = {resource.address for resource in choose(session.manifests.resources, targets, session.registry)}
    more = fellows(session, mine) - mine
    whole = session.planning(shard=None)
    whole, chosen, view = read_unfolded(whole, [*targets, *sorted(more)] if targets else (), rules.pruning)
    session = session.with_parts(whole.manifests.parts)
    mine = {resource.address for resource in choose(session.manifests.resources, targets, session.registry)}
    found = find_all(chosen, session.registry, view, rules)
    fleets = fleets_of(session, chosen, found, view)
    now = session.connection.now()
    found = with_rollbacks(session, fleets, narrowed(found, mine), view, now)
    standings = tuple(fleet.standing(now) for fleet in fleets)
    plan = plan_of(session, found)
    plan = replace(plan, changes=with_standings(plan.changes, standings, plan.again), rollouts=standings)
    return session, plan, view, found.refusals


def plan_of(session: Session, found: Findings) -> Plan:
    options, manifests = session.options, session.manifests
    return Plan(
        changes=tuple(found.changes),
        unchanged=found.unchanged,
        tenant=session.identity,
        manifest_digest=cache(manifests.digest),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        project=manifests.project.name if manifests.project else None,
        warnings=tuple(
            grouped(
                [
                    *manifests.warnings_of(found.groups),
                    *found.warnings,
                    *_second_look_notes(found),
                    *_showing_notes(session, found),
                    *([] if manifests.whole else [Diagnostic(_NOT_WHOLE)]),
                ]
            )
        ),
        orphans=tuple(found.orphans),
        again=found.again,
        live_ids=found.live_ids,
        connections=found.connections,
        compared=found.compared,
        without_secrets=options.manifests.without_secrets,
        inputs={**options.inputs, "environment": manifests.environment.name if manifests.environment else None},
    )


def _second_look_notes(found: Findings) -> Iterator[Diagnostic]:
    """Yield that resources without a change are looked up again, by the reason, if there are any."""
    changed = {change.address for change in found.changes}
    left = sorted(address for address in found.again if address not in changed)
    if left:
        named = listed(left, MOST_NAMED)
        yield Diagnostic(
            f"this run may take {counted(len(left), 'resource')} without a change along, and looks again after the "
            f"deploys: {named}; the first one because {found.again[left[0]]}"
        )


def _showing_notes(session: Session, found: Findings) -> Iterator[Diagnostic]:
    """Yield what has no effect of ``spec.showInputs``."""
    if session.manifests.project and session.manifests.project.show_inputs:
        from reconciler.planning.showing import showing_warnings

        whole = session.manifests.whole and not session.options.manifests.targets and not session.options.plan.shard
        yield from left_out_names(session.manifests, session.options.environ)
        yield from showing_warnings(session.history.shown, found.connections, whole=whole)


def rules_of(session: Session, pruning: Pruning) -> Rules:
    """Return the rules for a plan, from the project and the command line."""
    asked, project = session.options.plan, session.manifests.project
    allowed = project.guardrails if project else Guardrails()
    allow_delete = allowed.allow_delete.union(asked.allow_delete)
    return Rules(
        ownership=Ownership(session.ownership_label, asked.take_over),
        guardrails=DeletionGuard(allow_delete, allowed.max_delete_percent, asked.allow_deletes),
        resend_secrets=asked.resend_secrets,
        keep_secrets=session.options.manifests.keep_secrets,
        without_secrets=session.options.manifests.without_secrets,
        fingerprinter=fingerprinter_of(session.options),
        pruning=pruning,
        enforce_guardrails=asked.enforce_guardrails,
        include_unchanged=asked.include_unchanged,
        history=session.history,
    )


def rules_of_read_back(session: Session) -> Rules:
    """Return the rules for comparing once more after an apply: differences are reported, nothing is refused."""
    return Rules(
        ownership=Ownership(session.ownership_label, take_over=True),
        fingerprinter=fingerprinter_of(session.options),
        enforce_guardrails=False,
        include_unchanged=session.options.plan.include_unchanged,
        history=session.history,
    )


def fingerprinter_of(options: Options) -> Fingerprinter | None:
    """Return the fingerprinter of secrets, ``None`` without a key; raises ``UsageError`` for a bad key."""
    return Fingerprinter.of(options.fingerprint_key) if options.fingerprint_key else None


def _pruning_of(manifests: Manifests, targets: Sequence[str], *, counted: bool) -> Pruning:
    """Return what to prune: nothing in a plan of a part of the project.

    ``counted``: if such a plan deletes something, the owned objects are still counted, for the guardrails.
    """
    project = manifests.project
    if project is None:
        return Pruning()
    if manifests.whole and not targets:
        return Pruning(project.ownership_label, project.prune, project.prune_children)
    deletes = counted and any(resource.lifecycle.absent for resource in manifests.resources)
    return Pruning(project.ownership_label if deletes else None, whole=False)
