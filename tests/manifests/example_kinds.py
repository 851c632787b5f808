"""Kinds that only these tests know: they can refer to each other in circles, and bring their own schema."""
# ruff: noqa: ARG002  # the interface's arguments, most of which an example does not need

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff
from reconciler.model.kind import Kind, Registry
from reconciler.model.phase import Phase
from reconciler.model.resource import Reference
from reconciler.model.step import Step

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read
    from reconciler.model.view import DiffContext, View

DOCUMENT: dict[str, Any] = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": "reconciler/v1"},
        "kind": {},
        "metadata": {"type": "object", "required": ["name"]},
        "lifecycle": {"type": "object"},
    },
}


class Widget(Kind):
    """A kind that a third party might bring: widgets have parts, which are widgets."""

    name = "Widget"
    renamable = False

    def __init__(self, spec: Mapping[str, Any] | None = None) -> None:
        self.spec = spec or {"type": "object", "properties": {"parts": {"type": "array"}, "size": {"type": "integer"}}}

    def schema(self) -> Mapping[str, Any]:
        return {**DOCUMENT, "properties": {**DOCUMENT["properties"], "spec": self.spec}}

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        parts = spec.get("parts") or ()
        return [Reference(("parts", number), self.name, part) for number, part in enumerate(parts)]

    def identity(self, spec: Mapping[str, Any]) -> Hashable:
        return id(spec)

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec.get("size"))

    def check(self, spec: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if spec.get("size") == 13:
            yield Diagnostic("thirteen brings bad luck; take another size", path=("size",), key=True)

    def reads(self, resource: Resource, view: View) -> Iterable[Read]:
        return ()

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        return ()

    def diff(self, resource: Resource, context: DiffContext) -> Diff:
        return Diff()

    def deletion(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, None, {})


def widgets(spec: Mapping[str, Any] | None = None) -> Registry:
    """Return a registry of widgets alone, with a schema of their ``spec`` of one's own."""
    return Registry({"Widget": Widget(spec)})
