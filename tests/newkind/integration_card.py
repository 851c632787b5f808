"""A kind that only tests know: how an integration presents itself. Not one line of the product knows of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.attributes import Attribute, compare_attributes, written
from reconciler.kinds.shared.labels import compare_labels, wanted_labels
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.differ import Differ
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.spec import Spec
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff, Fields
from reconciler.model.kind import Kind
from reconciler.model.live import Live
from reconciler.model.operation import parse_operations
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Node
    from reconciler.model.view import DiffContext, View

OPERATIONS = parse_operations("""
query cards($first: Int, $after: String, $name: String) {
  integrations(name: $name, first: $first, after: $after, sortBy: [{ field: CREATED_AT, direction: ASC }]) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id name description category labels updatedAt }
  }
}
mutation updateCard($input: UpdateIntegrationInput!) {
  updateIntegration(input: $input) {
    integration { id name description category labels }
    errors { field messages }
  }
}
mutation deleteCard($input: DeleteIntegrationInput!) {
  deleteIntegration(input: $input) { integration { id } errors { field messages } }
}
""")
CARDS = Collection(OPERATIONS["cards"], lambda node: [node["name"]])
ATTRIBUTES = (Attribute("description", default=""), Attribute("category", default=""))


SCHEMA = json.loads(Path(__file__).with_suffix(".schema.json").read_text(encoding="utf-8"))


def _name(spec: Mapping[str, Any]) -> str:
    return str(spec["name"])


def _live(node: Node) -> Live:
    return Live("IntegrationCard", node["id"], node["name"], node)


def _reads(resource: Resource, _view: View) -> Iterator[Read]:
    yield Read(CARDS, resource.spec["name"], (("name", resource.spec["name"]),))


def _candidates(resource: Resource, view: View) -> Sequence[Live]:
    return [_live(node) for node in view.tenant.find(CARDS, resource.spec["name"])]


def _diff(resource: Resource, context: DiffContext) -> Diff:
    live = context.live
    if live is None:
        message = f"no integration is named {resource.spec['name']!r}; import it first"
        return Diff(problems=[Diagnostic(message, path=("name",))])
    fields = Fields(context.include_unchanged)
    compare_attributes(ATTRIBUTES, resource.spec, live.node, fields)
    compare_labels(resource.spec.get("labels"), live.node, fields)
    values: dict[str, Any] = dict(written(ATTRIBUTES, fields.changed, resource.spec))
    labels = wanted_labels(resource.spec.get("labels"), live.node)
    if labels is not None:
        values["labels"] = labels
    steps = [Step("update", Phase.WRITE, OPERATIONS["updateCard"], {"id": live.id, **values})] if values else []
    return Diff(fields.changed, steps, same=fields.same)


def _observed(live: Live) -> Mapping[str, Any]:
    return {"name": live.name}


def _removal(live: Live, _view: View) -> Removal:
    return Removal(Step("delete", Phase.DELETE, OPERATIONS["deleteCard"], {"id": live.id}))


KIND = Kind(
    "IntegrationCard",
    Spec(_name, _name, schema=SCHEMA),
    Finder(_reads, _candidates, _live),
    Differ(_diff, _observed),
    Deletion(_removal, guarded=True),
    level=3,
)
