"""The mutations that create an instance, or make a live one what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.lookup import customer_input
from reconciler.kinds.instance.operations import (
    CREATE_INSTANCE,
    UPDATE_INSTANCE,
    UPDATE_INSTANCE_CONFIG_VARIABLES,
    UPGRADE_INSTANCE,
)
from reconciler.kinds.shared.attributes import text, written
from reconciler.kinds.shared.labels import all_labels, wanted_labels
from reconciler.model.step import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.instance.flow_configs import FlowComparison
    from reconciler.kinds.instance.reads import InstanceContext
    from reconciler.kinds.variables.configuration import Configuration
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.operation import Operation

ATTRIBUTES = ("name", "description")
_DESCRIBING = frozenset({*ATTRIBUTES, "labels"})
"""Fields that describe an instance: they take effect without a deploy."""


def creation_steps(
    spec: Mapping[str, Any],
    context: InstanceContext,
    version: Version,
    configuration: Configuration,
    flows: FlowComparison,
) -> list[Step]:
    """Return the one write that creates the instance with everything that is declared."""
    values: dict[str, Any] = {
        "customer": customer_input(spec, context.view),
        "integration": version.id,
        **{name: text(spec[name]) for name in ATTRIBUTES if name in spec},
    }
    # One write sends the secrets and the fingerprints: the object has both, or it does not exist.
    labels = wanted_labels(spec.get("labels"), None, context.labels | configuration.record.after)
    if labels:
        values["labels"] = labels
    if configuration.wire:
        values["configVariables"] = configuration.wire
    if flows.wire:
        values["flowConfigs"] = flows.wire
    return [Step("create", Phase.WRITE, CREATE_INSTANCE, values)]


def update_steps(
    spec: Mapping[str, Any],
    context: InstanceContext,
    version: Version,
    fields: Sequence[FieldChange],
    configuration: Configuration,
    flows: FlowComparison,
) -> list[Step]:
    """Return the writes to a live instance: its attributes and version, its flows and variables, its fingerprints."""
    live, record = context.live, configuration.record
    if live is None:
        return []
    upgrades = version.id != live.node.integration.id
    values: dict[str, Any] = written(ATTRIBUTES, fields, spec)
    unwanted = context.unwanted_labels | record.gone
    # A fingerprint claims that the object holds one secret. A run can end between two writes, so the claims that are
    # about to become false go first, and the new ones come last: no claim is ever false. A mark claims only that a
    # place may hold a secret. A mark too many hides too much, so marks come first and go last.
    labels = wanted_labels(spec.get("labels"), live.node.labels, context.labels | record.before, unwanted)
    if labels is not None:
        values["labels"] = labels
    if spec.get("enabled") is False and live.node.enabled:
        # Paused before anything else changes, so that no half-written configuration runs.
        values["enabled"] = False
    if upgrades:
        values["integration"] = version.id
    elif flows.wire:
        values["flowConfigs"] = flows.wire
    steps = []
    if values:
        steps.append(_update(live.id, Phase.WRITE, values, UPGRADE_INSTANCE if upgrades else UPDATE_INSTANCE))
    if upgrades and flows.wire:
        # The IDs of flows belong to a version, so the instance must have the version first.
        steps.append(_update(live.id, Phase.CONFIGURE, {"flowConfigs": flows.wire}))
    if configuration.wire:
        steps.append(configure_step(live.id, configuration.wire))
    if record.after != record.before:
        labels = all_labels(spec.get("labels"), live.node.labels, context.labels | record.after, unwanted)
        steps.append(_update(live.id, Phase.RECORD, {"labels": labels}))
    return steps


def configure_step(identifier: str, variables: Sequence[Mapping[str, Any]]) -> Step:
    """Return the step that writes just these config variables.

    ``updateInstance`` with ``configVariables`` would reset every variable that it does not name.
    """
    values = {"configVariables": list(variables)}
    return _update(identifier, Phase.CONFIGURE, values, UPDATE_INSTANCE_CONFIG_VARIABLES)


def _update(identifier: str, phase: Phase, values: Mapping[str, Any], operation: Operation = UPDATE_INSTANCE) -> Step:
    # An API that thinks otherwise (``name_needs_deploy``, ``attributes_need_deploy``) is asked not to note a deploy.
    preserved = {"preserveDeployState": True} if values.keys() <= _DESCRIBING else {}
    return Step("update", phase, operation, {"id": identifier, **values, **preserved})
