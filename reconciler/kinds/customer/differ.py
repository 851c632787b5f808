"""How a customer's fields compare, and the mutation that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.operations import CREATE_CUSTOMER, UPDATE_CUSTOMER
from reconciler.kinds.shared.attributes import compare_attributes, live_attributes, written
from reconciler.kinds.shared.labels import compare_labels, wanted_labels
from reconciler.model.capabilities.differ import Diff, Differ, Fields
from reconciler.model.step import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext

ATTRIBUTES = ("name", "externalId", "description")
DESIGNER = "allowEmbeddedDesigner"


def _diff(resource: Resource, context: DiffContext[CustomerFields]) -> Diff:
    spec, live = resource.spec, context.live
    node = live.node if live else None
    fields = Fields(context.include_unchanged)
    compare_attributes(ATTRIBUTES, spec, node, fields)
    if DESIGNER in spec:
        allowed = node.allow_embedded_designer if node else None
        fields.add((DESIGNER,), allowed, spec[DESIGNER], same=allowed == spec[DESIGNER])
    compare_labels(spec.get("labels"), live, fields)
    values = written(ATTRIBUTES, fields.changed, spec)
    if any(change.path == (DESIGNER,) for change in fields.changed):
        values[DESIGNER] = spec[DESIGNER]
    present = node.labels if node else None
    labels = wanted_labels(spec.get("labels"), present, context.labels, context.unwanted_labels)
    if labels is not None:
        values["labels"] = labels
    if live is None:
        return Diff(fields.changed, [Step("create", Phase.WRITE, CREATE_CUSTOMER, values)])
    values = {"id": live.id, **values} if values else {}
    steps = [Step("update", Phase.WRITE, UPDATE_CUSTOMER, values)] if values else []
    return Diff(fields.changed, steps, same=fields.same)


def _observed(live: Live[CustomerFields]) -> Mapping[str, Any]:
    # A customer that may not use the designer is as plans of earlier versions observed it.
    designer = {DESIGNER: True} if live.node.allow_embedded_designer else {}
    return {**live_attributes(ATTRIBUTES, live.node), "labels": sorted(live.labels), **designer}


DIFFER = Differ(_diff, _observed)
