"""Kinds that only these tests know: they can refer to each other in circles, and bring their own schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.all import Capabilities
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.differ import Diff, Differ
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.spec import Spec
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kind import Kind, Registry
from reconciler.model.resource import Reference
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Live

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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


def _references(spec: Mapping[str, Any]) -> Sequence[Reference]:
    parts = spec.get("parts") or ()
    return [Reference(("parts", number), "Widget", part) for number, part in enumerate(parts)]


def _check(spec: Mapping[str, Any]) -> Iterable[Diagnostic]:
    if spec.get("size") == 13:
        yield Diagnostic("thirteen brings bad luck; take another size", path=("size",), key=True)


def widgets(spec: Mapping[str, Any] | None = None, **more: Any) -> Registry:
    """Return a registry of widgets alone, whose parts are widgets, with a schema of their ``spec`` of one's own."""
    spec = spec or {"type": "object", "properties": {"parts": {"type": "array"}, "size": {"type": "integer"}}}
    schema = {**DOCUMENT, "properties": {**DOCUMENT["properties"], "spec": spec}, **more}
    kind = Kind(
        "Widget",
        Spec(id, lambda spec: str(spec.get("size")), _references, _check, schema=schema),
        lambda: Capabilities(
            Finder(lambda *_: (), lambda *_: (), lambda node: Live("Widget", node["id"], "", node)),
            Differ(lambda *_: Diff(), lambda _: {}),
            Deletion(lambda *_: Removal(Step("delete", Phase.DELETE, None, {}))),
        ),
    )
    return Registry({"Widget": kind})
