"""A kind whose manifests mean several resources: an alarm for each instance that it selects, and each of its flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manifests.example_kinds import DOCUMENT

from reconciler.kinds.registry import default_registry
from reconciler.model.capabilities.all import Capabilities
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.differ import Diff, Differ
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.spec import Spec, Unfolding
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kind import Kind, Registry
from reconciler.model.resource import Reference
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Live

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ALARM = "Alarm"
UNFOLDING = Unfolding("instances", "instance", "Instance", "InstanceSet", "flows", "flow")


def _references(spec: Mapping[str, Any]) -> Sequence[Reference]:
    return [Reference(("instance",), "Instance", spec["instance"])] if "instance" in spec else []


def _identity(spec: Mapping[str, Any]) -> tuple[Any, ...]:
    return spec.get("instance"), spec.get("flow", spec.get("flows")), spec["name"]


def _check(spec: Mapping[str, Any]) -> Iterable[Diagnostic]:
    if len(spec["name"]) < 2:
        yield Diagnostic("the name of an alarm has two letters or more", path=("name",))


def alarms() -> Registry:
    """Return the product's kinds, and the alarm."""
    spec = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "instance": {"type": "string"},
            "instances": {"type": "object"},
            "flow": {"type": "string"},
            "flows": {},
        },
    }
    schema = {**DOCUMENT, "properties": {**DOCUMENT["properties"], "spec": spec}}
    kind = Kind(
        ALARM,
        Spec(_identity, lambda spec: str(spec["name"]), _references, _check, unfolding=UNFOLDING, schema=schema),
        lambda: Capabilities(
            Finder(lambda *_: (), lambda *_: (), lambda node: Live(ALARM, node.id, "", node)),
            Differ(lambda *_: Diff(), lambda _: {}),
            Deletion(lambda *_: Removal(Step("delete", Phase.DELETE, None, {}))),
        ),
        level=9,
    )
    return Registry({**default_registry().kinds, ALARM: kind})
