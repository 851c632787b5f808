"""A kind that only tests know: how an integration presents itself. Not one line of the product knows of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.attributes import Attribute, compare_attributes, written
from reconciler.kinds.shared.labels import compare_labels, wanted_labels
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff, Fields
from reconciler.model.kind import Kind
from reconciler.model.operation import parse_operations
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.live import Live
    from reconciler.model.resource import Reference, Resource
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


class IntegrationCard(Kind):
    """Found by ``name``; integrations are imported elsewhere, so none is created."""

    name = "IntegrationCard"
    level = 3
    delete_flag = "--allow-delete-integrations"

    def schema(self) -> Mapping[str, Any]:
        schema: dict[str, Any] = json.loads(Path(__file__).with_suffix(".schema.json").read_text(encoding="utf-8"))
        return schema

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        del spec
        return ()

    def identity(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def reads(self, resource: Resource, view: View) -> Iterator[Read]:
        del view
        yield Read(CARDS, resource.spec["name"], (("name", resource.spec["name"]),))

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        return [self.live(node) for node in view.tenant.find(CARDS, resource.spec["name"])]

    def diff(self, resource: Resource, context: DiffContext) -> Diff:
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

    def deletion(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, OPERATIONS["deleteCard"], {"id": live.id})
