"""A kind whose manifests mean several resources: an alarm for each instance that it selects, and each of its flows.

An alarm is kept as an event webhook whose name ends in the ID of the flow's config (or of the instance). So it shows
what becomes of objects that need an ID of something that a run creates or moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.event_webhook.finder import ENDPOINTS, OBJECTS
from reconciler.kinds.event_webhook.operations import CREATE_WEBHOOK_ENDPOINT, DELETE_WEBHOOK_ENDPOINT
from reconciler.kinds.registry import default_registry
from reconciler.model.capabilities.all import Capabilities
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.differ import Diff, Differ
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.parts import Parts
from reconciler.model.capabilities.second_look import SecondLook
from reconciler.model.capabilities.spec import Spec, Unfolding
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.kind import Kind, Registry
from reconciler.model.resource import Reference
from reconciler.model.step import IdOf, Phase, Step
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View

ALARM = "Alarm"
UNFOLDING = Unfolding("instances", "instance", "Instance", "InstanceSet", "flows", "flow")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "reconciler/v1"},
        "kind": {},
        "metadata": {"type": "object", "required": ["name"]},
        "lifecycle": {"type": "object"},
        "spec": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "instance": {"type": "string"},
                "instances": {"type": "object"},
                "flow": {"type": "string"},
                "flows": {},
            },
        },
    },
}


def _references(spec: Mapping[str, Any]) -> Sequence[Reference]:
    return [Reference(("instance",), "Instance", spec["instance"], parent=True)] if "instance" in spec else []


def _identity(spec: Mapping[str, Any]) -> tuple[Any, ...]:
    return spec.get("instance"), spec.get("flow", spec.get("flows")), spec["name"]


def _check(spec: Mapping[str, Any]) -> Iterable[Diagnostic]:
    if len(spec["name"]) < 2:
        yield Diagnostic("the name of an alarm has two letters or more", path=("name",))


def _target(resource: Resource, view: View) -> str | None:
    """Return the ID of what an alarm is about: a flow's config, or the instance; ``None`` if it does not exist."""
    live = view.live(f"Instance/{resource.spec['instance']}")
    if live is None or "flow" not in resource.spec:
        return live.id if live else None
    return next((each.id for each in live.node.flow_configs.nodes if each.flow.name == resource.spec["flow"]), None)


def _candidates(resource: Resource, view: View) -> Sequence[Live]:
    name = f"{resource.spec['name']} {_target(resource, view)}"
    return [OBJECTS.live(node) for node in view.tenant.find(ENDPOINTS, name)]


def _diff(resource: Resource, context: DiffContext) -> Diff:
    if resource.open:
        return Diff(problems=[Diagnostic("the flows are not known", path=("flows",))])
    target = _target(resource, context.view)
    if context.live:
        return Diff()
    values = {
        "name": f"{resource.spec['name']} {target}" if target else IdOf(f"what {resource.address} is about"),
        "url": "https://alarms.example",
        "eventTypes": ["instance.updated"],
    }
    return Diff(steps=[Step("create", Phase.WRITE, CREATE_WEBHOOK_ENDPOINT, values)])


def _flows(resource: Resource, view: View) -> Sequence[str] | None:
    live = view.live(f"Instance/{resource.spec['instance']}")
    return [each.flow.name for each in live.node.flow_configs.nodes] if live else None


def _after(address: str, created: bool, fields: Sequence[FieldChange]) -> str:
    if created:
        return f"{address} is created"
    moved = any(each.path[0] == "integration" for each in fields)
    return f"{address} moves to another version" if moved else ""


def alarms() -> Registry:
    """Return the product's kinds, and the alarm."""
    kind = Kind(
        ALARM,
        Spec(_identity, lambda spec: str(spec["name"]), _references, _check, unfolding=UNFOLDING, schema=SCHEMA),
        lambda: Capabilities(
            Finder(lambda *_: [Read(ENDPOINTS)], _candidates, OBJECTS.live),
            Differ(_diff, lambda live: {"name": live.name}),
            Deletion(lambda live, _: Removal(Step("delete", Phase.DELETE, DELETE_WEBHOOK_ENDPOINT, {"id": live.id}))),
            parts=Parts(_flows),
            second_look=SecondLook(_after),
        ),
        level=9,
    )
    return Registry({**default_registry().kinds, ALARM: kind})
