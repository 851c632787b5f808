"""Making a plan: comparing the manifests with the tenant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.workflow.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from reconciler.manifests.result import Manifests
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.explain import Reasons
    from reconciler.planning.orphans import Pruning
    from reconciler.planning.plan import Plan
    from reconciler.planning.planner import Findings
    from reconciler.planning.rules import Rules
    from reconciler.workflow.session import Session

_NOT_WHOLE = (
    "these are not all the manifests that the project lists: undeclared objects are neither reported nor pruned"
)


def make_plan(session: Session, targets: Sequence[str] | None = None) -> Plan:
    """Read the tenant, compare it with the manifests, and return the plan; raises ``PlanRefused`` with all problems.

    ``targets`` are those of a saved plan, whose guardrails were checked before; by default, those of the options.
    """
    return _plan_and_view(session, targets)[0]


def explain_change(session: Session, address: str) -> tuple[Reasons, Plan]:
    """Return the reasons for one address, and the plan: of that address alone, unless it is an orphan.

    Raises ``UsageError`` for an unknown address.
    """
    from reconciler.manifests.schema.check import kind_schema
    from reconciler.planning.explain import explain_address

    declared = any(resource.address == address for resource in session.manifests.resources)
    # Orphans are found only in a plan of the whole project.
    targets = (address,) if declared else ()
    session = session.planning(include_unchanged=True, enforce_guardrails=False, shard=None).targeting(targets)
    plan, view = _plan_and_view(session)
    fields = {kind.name: list(kind_schema(kind)["properties"]["spec"]["properties"]) for kind in session.registry}
    return explain_address(address, plan, view, session.registry, fields), plan


def _plan_and_view(session: Session, targets: Sequence[str] | None = None) -> tuple[Plan, View]:
    from reconciler.planning.shards import choose, part_of

    asked, registry = session.options.plan, session.registry
    counted = targets is None
    targets = session.options.manifests.targets if targets is None else targets
    found, view = _compare(session, targets, rules_of(session, targets, counted=counted))
    plan = plan_of(session, found)
    if asked.shard:
        plan = part_of(plan, asked.shard, choose(session.manifests.resources, targets, registry), registry)
    if asked.warn_of_tenant:
        plan = replace(plan, warnings=(*_tenant_warnings(session), *plan.warnings))
    return plan, view


def _tenant_warnings(session: Session) -> Iterator[Diagnostic]:
    from reconciler.manifests.checks.organization import organization_warnings
    from reconciler.model.diagnostic import Diagnostic

    for message, place in organization_warnings(session.manifests, session.identity):
        yield Diagnostic(message, place)


def plan_of(session: Session, found: Findings) -> Plan:
    """Return the findings as a plan."""
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.planning.plan import Plan

    options, manifests = session.options, session.manifests
    return Plan(
        changes=tuple(found.changes),
        unchanged=found.unchanged,
        tenant=session.identity,
        manifest_digest=manifests.digest,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        project=manifests.project.name if manifests.project else None,
        warnings=(
            *notices(manifests, found.groups),
            *found.warnings,
            *([] if manifests.whole else [Diagnostic(_NOT_WHOLE)]),
        ),
        orphans=tuple(found.orphans),
        live_ids=found.live_ids,
        compared=found.compared,
        without_secrets=options.manifests.without_secrets,
        inputs={**options.inputs, "environment": manifests.environment.name if manifests.environment else None},
    )


def notices(manifests: Manifests, addresses: Container[str]) -> Iterator[Diagnostic]:
    """Yield the warnings of the manifests that concern all of them or one of the addresses."""
    return (each for each in manifests.warnings if each.address is None or each.address in addresses)


def _compare(session: Session, targets: Sequence[str], rules: Rules) -> tuple[Findings, View]:
    """Read the tenant, and compare the targets (all resources if empty) with it."""
    from reconciler.planning.planner import find_changes

    chosen, view = read(session, targets, rules.pruning)
    return find_changes(chosen, session.registry, view, rules), view


def read(
    session: Session, targets: Sequence[str], pruning: Pruning, *, salvaging: bool = False
) -> tuple[Sequence[Resource], View]:
    """Return the targets with their dependencies, and what was read of the tenant for them.

    ``salvaging``: leave a gap in the tenant where the API does not answer, instead of raising its error.
    """
    from reconciler.planning.prefetch import read_for
    from reconciler.planning.shards import choose

    # Finding orphans and counting deletions both need the whole project.
    manifests, registry = session.manifests, session.registry
    shard = None if pruning.label else session.options.plan.shard
    chosen = choose(manifests.resources, targets, registry, shard)
    ask = session.connection.salvage if salvaging else session.connection.read
    view = read_for(chosen, registry, session.empty_tenant(), ask, pruning, manifests.pins)
    for kind in registry:
        session.options.known_secrets.add_live(kind.finder.secrets(view))
    return chosen, view
