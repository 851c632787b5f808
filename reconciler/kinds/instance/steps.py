"""The mutations that create an instance, or make a live one what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.reference import customer_input
from reconciler.kinds.instance.deployment import OPERATIONS
from reconciler.kinds.shared.attributes import Attribute, text, written
from reconciler.kinds.shared.labels import all_labels, wanted_labels
from reconciler.model.phase import Phase
from reconciler.model.step import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.instance.flow_configs import FlowComparison
    from reconciler.kinds.variables.configuration import Configuration
    from reconciler.model.diff import FieldChange
    from reconciler.model.version_use import Version
    from reconciler.model.view import DiffContext

ATTRIBUTES = (Attribute("name"), Attribute("description", default=""))


def creation_steps(
    spec: Mapping[str, Any],
    context: DiffContext,
    version: Version,
    configuration: Configuration,
    flows: FlowComparison,
) -> list[Step]:
    """Return the one write that makes the instance with all that is declared of it."""
    values: dict[str, Any] = {
        "customer": customer_input(spec, context.view),
        "integration": version.id,
        **{attribute.field: text(spec[attribute.field]) for attribute in ATTRIBUTES if attribute.field in spec},
    }
    labels = wanted_labels(spec.get("labels"), None, context.labels | configuration.record.after)
    if labels:
        values["labels"] = labels
    if configuration.wire:
        values["configVariables"] = configuration.wire
    if flows.wire:
        values["flowConfigs"] = flows.wire
    return [Step("create", Phase.WRITE, OPERATIONS["createInstance"], values)]


def update_steps(
    spec: Mapping[str, Any],
    context: DiffContext,
    version: Version,
    fields: Sequence[FieldChange],
    configuration: Configuration,
    flows: FlowComparison,
) -> list[Step]:
    """Return the writes, attributes first; never ``configVariables`` with ``updateInstance``.

    An instance is paused before its configuration changes, and resumed only after the deploy. With a new
    version the flows follow once it is there, since their IDs belong to it. Fingerprints come last.
    """
    live, record = context.live, configuration.record
    if live is None:
        return []
    node = live.node
    values = written(ATTRIBUTES, fields, spec)
    unwanted = context.unwanted_labels | record.gone
    labels = wanted_labels(spec.get("labels"), node, context.labels | record.before, unwanted)
    if labels is not None:
        values["labels"] = labels
    if spec.get("enabled") is False and node["enabled"]:
        values["enabled"] = False
    upgrade = version.id != node["integration"]["id"]
    if upgrade:
        values["integration"] = version.id
    elif flows.wire:
        values["flowConfigs"] = flows.wire
    operation = OPERATIONS["upgradeInstance" if upgrade else "updateInstance"]
    steps = [Step("update", Phase.WRITE, operation, {"id": live.id, **values})] if values else []
    if upgrade and flows.wire:
        arguments: dict[str, Any] = {"id": live.id, "flowConfigs": flows.wire}
        steps.append(Step("update", Phase.CONFIGURE, OPERATIONS["updateInstance"], arguments))
    if configuration.wire:
        steps.append(configure_step(live.id, configuration.wire))
    if record.after != record.before:
        labels = all_labels(spec.get("labels"), node, context.labels | record.after, unwanted)
        operation = OPERATIONS["updateInstance"]
        steps.append(Step("update", Phase.RECORD, operation, {"id": live.id, "labels": labels}))
    return steps


def configure_step(identifier: str, variables: Sequence[Mapping[str, Any]]) -> Step:
    arguments = {"id": identifier, "configVariables": list(variables)}
    return Step("update", Phase.CONFIGURE, OPERATIONS["updateInstanceConfigVariables"], arguments)
