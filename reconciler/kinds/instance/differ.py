"""How an instance compares with its manifest, and the mutations that a difference becomes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from reconciler.kinds.customer.lookup import live_customer_id, reference_problems
from reconciler.kinds.instance.blank_connections import blank_connections
from reconciler.kinds.instance.deployment import (
    Deployment,
    decide_deployment,
    deploy_step,
    enable_step,
    look_step,
    needing_deploy,
)
from reconciler.kinds.instance.finder import candidates
from reconciler.kinds.instance.flow_configs import compare_flows, live_flows, recorded
from reconciler.kinds.instance.ignored_parts import ignored_parts
from reconciler.kinds.instance.left_out_connections import left_out_connections, taken_before
from reconciler.kinds.instance.links import link_problems
from reconciler.kinds.instance.pending import awaited, waiting_message
from reconciler.kinds.instance.secret_record import as_marked_before, compare_by_record, evidence_of, record_of
from reconciler.kinds.instance.shared_links import dropped_links, linking_problems
from reconciler.kinds.instance.shared_parts import coming_variables, complete_variables, due_variables, shared_parts
from reconciler.kinds.instance.shown_inputs import instance_inputs
from reconciler.kinds.instance.spec import FIXED
from reconciler.kinds.instance.steps import ATTRIBUTES, creation_steps, update_steps
from reconciler.kinds.instance.undeclared import undeclared_variables
from reconciler.kinds.instance.values_at_risk import (
    headless_warning,
    held_by_values,
    lacking_values,
    lost_values,
    missing_value_warnings,
)
from reconciler.kinds.instance.verify_spec import unknown_flows
from reconciler.kinds.instance.withholding import withheld
from reconciler.kinds.integration.versions import choose_version, contents_of, stable_keys_of, version_of
from reconciler.kinds.shared.attributes import compare_attributes
from reconciler.kinds.shared.labels import compare_labels
from reconciler.kinds.variables.ignored_names import names_parts
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.differ import Diff, Differ, Fields, as_written
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import compared, without_ignored
from reconciler.model.step import IdOf
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.instance.reads import InstanceContext
    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.configuration import Configuration
    from reconciler.model.capabilities.differ import FieldChange, Ignored
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _ignored(resource: Resource, view: View) -> Ignored:
    if not names_parts(resource.lifecycle.ignore_changes):
        return as_written(resource, view)
    found = candidates(resource, view)
    node = found[0].node if len(found) == 1 else None
    wanted = compared(resource, FIXED, node)
    version = choose_version(wanted.spec, view, node)
    if isinstance(version, Diagnostic):
        return as_written(resource, view)
    return ignored_parts(resource, contents_of(version, view), node, stable_keys_of(version, view))


def _diff(resource: Resource, context: InstanceContext) -> Diff:
    spec, live = resource.spec, context.live
    node = live.node if live else None
    customer = live_customer_id(spec, context.view)
    problems = [*reference_problems(spec, context.view), *link_problems(spec, context.view, node, customer)]
    version = choose_version(spec, context.view, node)
    if isinstance(version, Diagnostic):
        return Diff(problems=[*problems, version])
    contents = contents_of(version, context.view)
    problems += unknown_flows(spec, contents.flows)
    problems += linking_problems(spec, contents.variables, context.view)
    if context.without_secrets:
        spec = withheld(spec, as_marked_before(contents.variables, context))
        resource = replace(resource, spec=spec)
    moves = node is not None and version.id != node.integration.id
    configuration = _configuration(resource, context, contents, moves=moves)
    flows = compare_flows(
        spec.get("flowConfigs") or {},
        contents.flows,
        node,
        evidence_of(context).was_secret,
        include_unchanged=context.include_unchanged,
    )
    fields = Fields(context.include_unchanged)
    _compare_attributes(spec, live, version, fields)
    fields.extend(configuration.fields)
    fields.extend(flows.fields)
    parts = shared_parts(spec, contents.variables, context.view)
    due = due_variables(parts, resource, node, context.view)
    deployment, warnings = _deployment(spec, context, version, _effects(fields.changed, due), parts)
    if live is None:
        steps = creation_steps(spec, context, version, configuration, flows)
    else:
        steps = update_steps(spec, context, version, fields.changed, configuration, flows)
    return Diff(
        fields.changed,
        [*steps, *_last_steps(resource, node, deployment, written=bool(steps))],
        "; ".join(filter(None, (configuration.record.reason, _why(deployment)))),
        [*configuration.warnings, *flows.warnings, *warnings],
        [*problems, *configuration.problems, *flows.problems],
        fields.same if live else (),
        tuple(each.address for part in parts.values() for each in part) if deployment.reason else (),
        dropped_links(fields.changed, node),
        frozenset(configuration.left_out),
    )


def _effects(fields: Sequence[FieldChange], due: Sequence[str]) -> str:
    """Return what takes effect only with a deploy: changes of the instance, and of connections that it shares."""
    names = ", ".join(map(repr, due))
    shared = f"the changed {'connection' if len(due) == 1 else 'connections'} {names}" if due else ""
    return " and ".join(filter(None, (needing_deploy(fields), shared)))


def _why(deployment: Deployment) -> str:
    if not deployment.held_by:
        return deployment.reason
    return f"{deployment.reason}; this run sets up {', '.join(map(repr, deployment.held_by))} first"


def _last_steps(
    resource: Resource, node: InstanceFields | None, deployment: Deployment, *, written: bool
) -> Iterator[Step]:
    """Yield the deploy, then the step that enables the instance: it must not run with an old configuration.

    ``written``: the answer to a write before the deploy shows whether it is still held back; else a look does.
    """
    if node and deployment.held_by and not written:
        yield look_step(node.id)
    if deployment.reason:
        yield deploy_step(node.id if node else IdOf(resource.address))
    if node and resource.spec.get("enabled") is True and not node.enabled:
        yield enable_step(node.id, enabled=True)


def _configuration(resource: Resource, context: InstanceContext, contents: Contents, *, moves: bool) -> Configuration:
    """Return what the declared variables need, and what is noted of the secrets among them."""
    node, declared = context.live.node if context.live else None, resource.spec.get("configVariables") or {}
    configuration = compare_by_record(declared, contents.variables, node, context)
    lasting = without_ignored(resource, FIXED).spec
    # What is ignored once the object is there may be a secret that it got at its creation.
    places = lasting if node else resource.spec
    configuration.record = record_of(lasting, places, contents, context, configuration, moves=moves)
    return configuration


def _deployment(
    spec: Mapping[str, Any],
    context: InstanceContext,
    version: Version,
    changes: str,
    parts: Mapping[str, Sequence[Resource]],
) -> tuple[Deployment, list[Diagnostic]]:
    """Return the deploy of this run, with warnings: values that a move loses or a deploy lacks, and what it waits for.

    ``changes`` names what this run changes and needs a deploy. ``parts`` are the manifests of shared connections; the
    deploy is held back by those alone that this run sets up.
    """
    node = context.live.node if context.live else None
    declared, variables = spec.get("configVariables") or {}, contents_of(version, context.view).variables
    deployment = decide_deployment(spec, node, changes)
    warnings: list[Diagnostic] = []
    moves = node is not None and version.id != node.integration.id
    if node is None or moves:
        warnings += headless_warning(contents_of(version, context.view), str(version), moves=moves)
    if node and moves:
        before = contents_of(version_of(node.integration), context.view).variables
        warnings += lost_values(declared, variables, node, str(version), before)
    held = ""
    left_out = left_out_connections(spec, variables, context.view) if node is None or deployment.held_by else {}
    if deployment.held_by:
        coming = coming_variables(parts, context.view)
        left = [key for key in deployment.held_by if key not in coming]
        held = waiting_message(left, variables, complete_variables(parts), left_out) if left else ""
    elif deployment.reason and left_out:
        warnings.append(Diagnostic(taken_before(left_out, left_out), path=()))
    if deployment.reason and not held:
        lacking = list(lacking_values(declared, variables, node))
        held = "" if changes else held_by_values(lacking, node)
        warnings += () if held else missing_value_warnings(lacking, declared, node)
    if node is None or moves or (deployment.reason and not held and not node.last_deployed_at):
        warnings += blank_connections(declared, variables, node, str(version))
    if held:
        return Deployment(), [*warnings, Diagnostic(held, path=())]
    warnings += awaited(deployment.held_by, variables)
    return deployment, warnings


def _compare_attributes(
    spec: Mapping[str, Any], live: Live[InstanceFields] | None, version: Version, fields: Fields
) -> None:
    """Compare everything of an instance but its configuration."""
    node = live.node if live else None
    compare_attributes(ATTRIBUTES, spec, node, fields)
    current = version_of(node.integration) if node else None
    if current is None:
        fields.add(("integration", "name"), None, version.name, same=False)
    if current is None or current.id != version.id:
        fields.add(("integration", "version"), current.number if current else None, version.label, same=False)
    elif "version" in spec["integration"]:
        fields.add(("integration", "version"), version.number, version.number, same=True)
    compare_labels(spec.get("labels"), live, fields)
    if "enabled" in spec:
        enabled = node.enabled if node else None
        fields.add(("enabled",), enabled, spec["enabled"], same=enabled == spec["enabled"])


def _observed(live: Live[InstanceFields]) -> Mapping[str, Any]:
    """Return what a plan rests on; what may be a secret is wrapped as one."""
    node = live.node
    variables = {key: Secret(repr(structs.replace(each, status=None))) for key, each in live_variables(node).items()}
    flows = {name: Secret(recorded(flow)) for name, flow in live_flows(node).items()}
    return {
        "name": node.name,
        "description": node.description,
        "labels": sorted(live.labels),
        "enabled": node.enabled,
        "needsDeploy": node.needs_deploy,
        "deployed": bool(node.last_deployed_at),
        "integration": node.integration.id,
        "configVariables": variables,
        "flowConfigs": flows,
    }


DIFFER = Differ(_diff, _observed, _ignored, instance_inputs, undeclared_variables)
