"""Applying a plan, reading back what it changed, and where its connections are still to be authorized."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.planning.shards import choose
from reconciler.secrets.secret import secrets_in
from reconciler.workflow.partial_apply import PartialApply, read_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


def apply_plan(session: Session, plan: Plan, progress: Callable[[Result], None] | None = None) -> list[Result]:
    """Apply the plan, read back what it changed, and return a result for each change.

    A result says so where the live object is not as declared afterwards. ``progress`` is called with each result as
    soon as it is final, but for the read-back.
    """
    return carry_out(session, plan, progress)[0]


def carry_out(
    session: Session, plan: Plan, progress: Callable[[Result], None] | None = None
) -> tuple[list[Result], Plan]:
    """Apply the plan as ``apply_plan`` does; return the plan too, with its rollouts as they stand afterwards."""
    if plan.without_secrets:
        raise UsageError("a plan made with --without-secrets cannot be applied")
    session = session.with_parts(plan.parts)
    # A server may quote a secret that it knows from elsewhere before we send it.
    session.options.known_secrets.add_sent(secrets_in([step.input for change in plan for step in change.steps]))
    parts = PartialApply(session, plan, progress)
    if plan.rollouts:
        from reconciler.workflow.waves import carry_out_waves

        return carry_out_waves(parts)
    results = parts.apply([change for change in plan if change.address not in plan.again])
    read_back(session, results)
    if plan.again:
        from reconciler.workflow.second_look import look_again, with_second_looks

        results += look_again(parts, results)
        plan = with_second_looks(plan, results)
    return in_order_of(plan, results), plan


def in_order_of(plan: Plan, results: Iterable[Result]) -> list[Result]:
    """Return the results in the order of the plan's changes."""
    by_address = {result.change.address: result for result in results}
    return [by_address[change.address] for change in plan]


def authorize_urls(session: Session) -> dict[str, Mapping[str, str]]:
    """Return the authorize URLs of each resource, by name of the connection. They are secrets."""
    options, registry, reading = session.options, session.registry, session.reading()
    chosen = choose(session.manifests.resources, options.manifests.targets, registry, options.plan.shard)
    view = reading.read_for(chosen)
    pending = [
        (resource, authorization, addresses)
        for resource in chosen
        if (authorization := registry[resource.kind].authorization)
        and (live := view.live(resource.address))
        and (addresses := authorization.reads(live))
    ]
    reading.read(addresses for _, _, addresses in pending)
    return {
        resource.address: authorization.urls(node)
        for resource, authorization, addresses in pending
        for node in view.tenant.find(addresses.collection, addresses.key)
    }
