"""The remaining steps of an instance, decided again after each answer of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.deployment import (
    decide_deployment,
    deploy_step,
    enable_step,
)
from reconciler.kinds.instance.flow_configs import live_flows
from reconciler.kinds.instance.operations import (
    UPDATE_INSTANCE_CONFIG_VARIABLES,
    UPGRADE_INSTANCE,
    InstanceFields,
    UpgradeInstanceInstance,
)
from reconciler.kinds.instance.pending import waiting_for, waiting_message
from reconciler.kinds.instance.secret_record import compare_by_record
from reconciler.kinds.instance.shared_parts import complete_variables, shared_parts
from reconciler.kinds.instance.steps import configure_step
from reconciler.kinds.instance.values_at_risk import held_by_values, lacking_values
from reconciler.kinds.integration.versions import choose_version, contents_of, incomplete
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.follow_up import FollowUp
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import Phase, Revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.instance.reads import InstanceAnswer, InstanceContext
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live

WITHOUT_EFFECT = (
    "the API accepted the deploy, and still reports that the instance needs a deploy and that its configuration is "
    "incomplete"
)


def _revise(
    resource: Resource, context: InstanceContext, done: Step, payload: InstanceAnswer, rest: Sequence[Step]
) -> Revision:
    """Return what is left to configure, deploy and enable, after the API answered ``done`` with ``payload``."""
    if done.phase is Phase.SETTLE:
        return Revision(rest)
    steps = list(rest)
    if done.operation == UPGRADE_INSTANCE and isinstance(payload, InstanceFields | UpgradeInstanceInstance):
        steps = _reconfigured(resource, context, payload, steps)
    if any(step.phase < Phase.DEPLOY for step in steps):
        return Revision(steps)
    if done.phase is Phase.DEPLOY:
        note = WITHOUT_EFFECT if incomplete(payload) else ""
    else:
        steps, note = _deploying(resource, context, payload, steps)
    return Revision(_enabling(resource, context, done, payload, steps), [note] if note else [])


def _deploying(
    resource: Resource, context: InstanceContext, payload: InstanceAnswer, steps: list[Step]
) -> tuple[list[Step], str]:
    """Return the steps with a deploy if one is due and possible, and why one that is due has to wait.

    Whether a change of other fields, such as ``enabled``, needs a deploy is unknown, so the answer decides.
    """
    planned = any(step.phase is Phase.DEPLOY for step in steps)
    due = decide_deployment(resource.spec, payload, "its configuration" if planned else "")
    if due.reason and (held_by := waiting_for(payload)):
        # Whether the API deploys an instance with a pending connection is unknown (``pending_connection``).
        variables = _variables(resource, context)
        declared = complete_variables(shared_parts(resource.spec, variables, context.view))
        message = waiting_message(held_by, variables, declared)
        return [step for step in steps if step.phase is not Phase.DEPLOY], message
    if planned or not due.reason:
        return steps, ""
    lacking = _held_by_values(resource, context, payload)
    return (steps, lacking) if lacking else ([deploy_step(payload.id), *steps], "")


def _held_by_values(resource: Resource, context: InstanceContext, payload: InstanceAnswer) -> str:
    """Return why a deploy that the plan held back for missing values is still held back after another write."""
    declared, live = resource.spec.get("configVariables") or {}, context.live.node if context.live else None
    return held_by_values(list(lacking_values(declared, _variables(resource, context), live)), payload)


def _variables(resource: Resource, context: InstanceContext) -> Mapping[str, Declaration]:
    version = choose_version(resource.spec, context.view, context.live.node if context.live else None)
    return {} if isinstance(version, Diagnostic) else contents_of(version, context.view).variables


def _reconfigured(
    resource: Resource,
    context: InstanceContext,
    payload: InstanceFields | UpgradeInstanceInstance,
    steps: Sequence[Step],
) -> list[Step]:
    """Return the steps with the configuration that the instance needs at its new version.

    Which values a new version resets, drops or renames is unknown (``renamed_variables``, ``retyped_variables``). So
    the answer is compared with the manifest, and only the missing values are sent. The answer holds the first page of
    variables; for the others the plan's values are sent.
    """
    version = choose_version(resource.spec, context.view, context.live.node if context.live else None)
    if isinstance(version, Diagnostic):
        return list(steps)
    declarations = contents_of(version, context.view).variables
    answered = live_variables(payload).keys()
    declared = resource.spec.get("configVariables") or {}
    known = {key: value for key, value in declared.items() if key in answered}
    after = compare_by_record(known, declarations, payload, context)
    planned = [step for step in steps if step.operation == UPDATE_INSTANCE_CONFIG_VARIABLES]
    others = [step for step in steps if step not in planned]
    unseen = [
        variable for step in planned for variable in step.input["configVariables"] if variable["key"] not in answered
    ]
    variables = [*after.wire, *unseen]
    configure = [configure_step(payload.id, variables)] if variables else []
    return sorted([*others, *configure], key=lambda step: step.phase)


def _enabling(
    resource: Resource, context: InstanceContext, done: Step, payload: InstanceAnswer, steps: Sequence[Step]
) -> list[Step]:
    """Return the steps with one that corrects ``enabled``: to the declared value, else to the one before this run.

    What a deploy does to ``enabled`` is unknown (``enabled_after_deploy``). An instance is paused at once, and enabled
    only after the deploy. A value that was just written is not written again: the read-back reports it.
    """
    live = context.live
    wanted = resource.spec.get("enabled", live.node.enabled if live else None)
    others = [step for step in steps if step.phase is not Phase.SETTLE]
    if wanted is None or payload.enabled == wanted or done.input.get("enabled") == wanted:
        return others
    if wanted:
        return [*others, enable_step(payload.id, enabled=True)]
    phase = Phase.WRITE if others else Phase.SETTLE
    return [enable_step(payload.id, enabled=False, phase=phase), *others]


def _outcome(live: Live[InstanceFields]) -> Mapping[str, Any]:
    return {"webhookUrls": {name: flow.webhook_url for name, flow in live_flows(live.node).items()}}


FOLLOW_UP = FollowUp(_revise, _outcome)
