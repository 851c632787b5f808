"""Planning against a version of an integration that is not published yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import ManifestErrors
from reconciler.impact.definition import read_definitions
from reconciler.impact.impact import Forecaster, takers
from reconciler.planning.orphans import Pruning
from reconciler.planning.shards import choose
from reconciler.workflow.planning import plan_of, rules_of
from reconciler.workflow.validating import validate_for_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.impact.definition import Definition
    from reconciler.impact.impact import Forecast
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


def validate_with_definitions(options: Options) -> tuple[Manifests, Sequence[Definition]]:
    """Return the manifests and the definitions that the options name; raises ``ManifestErrors`` for both together."""
    try:
        definitions = read_definitions(options.plan.against, options.manifests.cwd)
    except ManifestErrors as wrong:
        try:
            validate_for_tenant(options)
        except ManifestErrors as more:
            raise ManifestErrors([*wrong.problems, *more.problems]) from None
        raise
    return validate_for_tenant(options), definitions


def forecast(session: Session, definitions: Sequence[Definition]) -> tuple[Plan, Forecast]:
    """Return the plan as it would be if each definition were the newest version and every manifest moved to it.

    It is of the manifests that take one of these integrations, or of the targets, and of what they depend on. Where
    the forecast has problems the plan is only of what is right.
    """
    registry, manifests = session.registry, session.manifests
    everything = manifests.resources
    names = [definition.name for definition in definitions]
    targets = session.options.manifests.targets or [each.address for each in takers(everything, names, registry)]
    chosen = choose(everything, targets, registry) if targets else []
    rules = rules_of(session.planning(enforce_guardrails=False), Pruning())
    forecaster = Forecaster(session.reading(), everything, chosen, rules, manifests.pins, session.options.plan.new)
    found = forecaster.run(definitions)
    # That these are not all the manifests of a project matters only to what is pruned.
    return plan_of(replace(session, manifests=replace(manifests, whole=True)), found.findings), found
