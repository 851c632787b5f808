"""Comparing the manifests with the tenant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.model.tenant import Tenant
from reconciler.workflow.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from reconciler.manifests.result import Manifests
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.options import Options
    from reconciler.planning.explain import Reasons
    from reconciler.planning.history import History
    from reconciler.planning.orphan_search import Pruning
    from reconciler.planning.plan import Plan
    from reconciler.planning.planner import Findings, Rules
    from reconciler.prismatic.connection import Connection

_NOT_WHOLE = (
    "these are not all the manifests that the project lists: what is in none of them is neither told nor pruned"
)


def make_plan(
    options: Options,
    manifests: Manifests,
    connection: Connection,
    targets: Sequence[str] | None = None,
    history: History | None = None,
) -> Plan:
    """Read what the manifests need of the tenant, and compare; raises ``PlanRefused`` with every problem.

    ``targets`` and ``history`` are those of a plan that was made and guarded before; else they are the options'.
    """
    return _plan_and_view(options, manifests, connection, targets, history)[0]


def explain_change(
    options: Options, manifests: Manifests, connection: Connection, address: str
) -> tuple[Reasons, Plan]:
    """Return why a plan does what it does to one address, and the plan, which is of that address alone if it can be.

    Raises ``UsageError`` for an address that is nowhere.
    """
    from reconciler.manifests.schema.check import kind_schema
    from reconciler.planning.explain import explain_address

    declared = any(resource.address == address for resource in manifests.resources)
    # What is in no manifest, and carries our label all the same, only the whole plan tells.
    targets = (address,) if declared else ()
    options = replace(options, include_unchanged=True, enforce_guardrails=False, targets=targets, shard=None)
    plan, view = _plan_and_view(options, manifests, connection)
    fields = {kind.name: list(kind_schema(kind)["properties"]["spec"]["properties"]) for kind in options.registry}
    return explain_address(address, plan, view, options.registry, fields), plan


def _plan_and_view(
    options: Options,
    manifests: Manifests,
    connection: Connection,
    targets: Sequence[str] | None = None,
    history: History | None = None,
) -> tuple[Plan, View]:
    from reconciler.planning.shards import choose, part_of

    counted = targets is None
    targets = options.targets if targets is None else targets
    rules = rules_of(options, manifests, targets, counted=counted)
    rules = replace(rules, history=history) if history else rules
    found, view = _compare(options, manifests, connection, targets, rules)
    plan = plan_of(options, manifests, connection, found)
    if options.shard:
        plan = part_of(plan, options.shard, choose(manifests.resources, targets, options.registry), options.registry)
    if options.warn_of_tenant:
        plan = replace(plan, warnings=(*_tenant_warnings(manifests, connection), *plan.warnings))
    return plan, view


def _tenant_warnings(manifests: Manifests, connection: Connection) -> Iterator[Diagnostic]:
    from reconciler.manifests.checks.organization import organization_warnings
    from reconciler.model.diagnostic import Diagnostic

    for message, place in organization_warnings(manifests, connection.identity):
        yield Diagnostic(message, place)


def plan_of(options: Options, manifests: Manifests, connection: Connection, found: Findings) -> Plan:
    """Return what was found as a plan."""
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.planning.plan import Plan

    return Plan(
        changes=tuple(found.changes),
        unchanged=found.unchanged,
        tenant=connection.identity,
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
        without_secrets=options.without_secrets,
        inputs={**options.inputs, "environment": manifests.environment.name if manifests.environment else None},
    )


def notices(manifests: Manifests, addresses: Container[str]) -> Iterator[Diagnostic]:
    """Yield the warnings about the manifests that concern all of them, or one of the addresses."""
    return (each for each in manifests.warnings if each.address is None or each.address in addresses)


def _compare(
    options: Options, manifests: Manifests, connection: Connection, targets: Sequence[str], rules: Rules
) -> tuple[Findings, View]:
    """Read a fresh picture of the tenant, and compare the targets (all, when there are none) with it."""
    from reconciler.planning.planner import find_changes

    chosen, view = read(options, manifests, connection, targets, rules.pruning)
    return find_changes(chosen, options.registry, view, rules), view


def read(
    options: Options,
    manifests: Manifests,
    connection: Connection,
    targets: Sequence[str],
    pruning: Pruning,
    *,
    salvaging: bool = False,
) -> tuple[Sequence[Resource], View]:
    """Return the targets with what they depend on, and a fresh picture of the tenant for them.

    ``salvaging``: also where the API does not answer all that was asked; the tenant has gaps then.
    """
    from reconciler.planning.prefetch import read_for
    from reconciler.planning.shards import choose

    # What carries the label and is in no manifest, and how much is deleted of all that does, only the whole tells.
    shard = None if pruning.label else options.shard
    chosen = choose(manifests.resources, targets, options.registry, shard)
    tenant = Tenant(connection.identity)
    ask = connection.salvage if salvaging else connection.read
    view = read_for(chosen, options.registry, tenant, ask, pruning, manifests.pins)
    for kind in options.registry:
        options.known_secrets.add_live(kind.live_secrets(view))
    return chosen, view
