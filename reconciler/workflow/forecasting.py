"""What a version of an integration that is not published yet would do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import ManifestErrors
from reconciler.model.tenant import Tenant
from reconciler.workflow.planning import plan_of
from reconciler.workflow.rules import rules_of
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.impact.definition import Definition
    from reconciler.impact.impact import Forecast
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.connection import Connection


def validate_with_definitions(options: Options) -> tuple[Manifests, Sequence[Definition]]:
    """Return the manifests and the definitions that the options name; raises ``ManifestErrors`` for both together."""
    from reconciler.impact.definition import read_definitions

    try:
        definitions = read_definitions(options.against, options.cwd)
    except ManifestErrors as wrong:
        try:
            validate(options)
        except ManifestErrors as more:
            raise ManifestErrors([*wrong.problems, *more.problems]) from None
        raise
    return validate(options), definitions


def forecast(
    options: Options, manifests: Manifests, definitions: Sequence[Definition], connection: Connection
) -> tuple[Plan, Forecast]:
    """Return the plan as it would be if each definition were the newest version and every manifest moved to it.

    It is of the manifests that take one of these integrations, or of the targets, and of what they depend on. Where
    the forecast has problems the plan is only of what is right.
    """
    from reconciler.impact.impact import Forecaster, takers
    from reconciler.planning.orphan_search import Pruning
    from reconciler.planning.shards import choose

    registry, everything = options.registry, manifests.resources
    names = [definition.name for definition in definitions]
    targets = options.targets or [each.address for each in takers(everything, names, registry)]
    chosen = choose(everything, targets, registry) if targets else []
    rules = replace(rules_of(options, manifests, targets, counted=False), pruning=Pruning(), enforce_guardrails=False)
    tenant = Tenant(connection.identity)
    found = Forecaster(registry, tenant, connection.read, everything, chosen, rules, manifests.pins).run(definitions)
    # That these are not all the manifests of a project matters only to what is pruned.
    return plan_of(options, replace(manifests, whole=True), connection, found.findings), found
