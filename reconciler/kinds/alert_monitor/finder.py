"""Monitors as the API lists them, and the one that a manifest means: by its instance, its flow and its ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.operations import ALERT_MONITORS, ALERT_TRIGGERS
from reconciler.kinds.alert_monitor.recipients import recipient_reads
from reconciler.kinds.alert_monitor.spec import NAME, name_key
from reconciler.kinds.instance.lookup import instance_reads, live_reference
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.kinds.shared.by_name import found_by_name
from reconciler.kinds.shared.look_alikes import objects_looking_like
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import Looks, Names
from reconciler.model.capabilities.permission import Permission
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Collection, Live, Read

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reconciler.kinds.alert_monitor.operations import Instance, MonitorFields
    from reconciler.model.answers import NamedNode
    from reconciler.model.capabilities.names import LookAlike
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def instance_of(node: MonitorFields) -> Instance | None:
    """Return the instance of a monitor; that of its flow, where the monitor itself names none."""
    return node.instance or (node.flow_config.instance if node.flow_config else None)


def flow_of(node: MonitorFields) -> str | None:
    """Return the name of the flow that a monitor is bound to; ``None`` for one of the whole instance."""
    return node.flow_config.flow.name if node.flow_config else None


def _keys(node: MonitorFields) -> Iterator[Hashable]:
    if instance := instance_of(node):
        yield (instance.id, flow_of(node), node.name)
        yield ("of", instance.id)


MONITORS: Collection[MonitorFields] = Collection(ALERT_MONITORS, _keys)
TRIGGERS: Collection[NamedNode] = Collection(ALERT_TRIGGERS, lambda node: [node.name])


def live_monitor(node: MonitorFields) -> Live[MonitorFields]:
    """Return a monitor's node as a live object."""
    return Live(NAME, node.id, node.name, node)


def of_instance(identifier: str) -> Read[MonitorFields]:
    """Return what reads every monitor of an instance and of its flows."""
    return Read(MONITORS, ("of", identifier), (("instance", identifier),))


def monitors_of(resource: Resource, view: View) -> Sequence[MonitorFields]:
    """Return the monitors of a resource's instance and of its flows."""
    live = live_reference(resource.spec.get("instance"), view)
    return view.tenant.find(MONITORS, ("of", live.id)) if live else ()


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    spec = resource.spec
    yield from instance_reads(spec.get("instance"), view)
    live = live_reference(spec.get("instance"), view)
    if live:
        yield of_instance(live.id)
    if resource.lifecycle.managed:
        yield from recipient_reads(spec)
        if "triggers" in spec:
            yield Read(TRIGGERS)
        if "logLevel" in spec:
            yield Read(SEVERITIES)


def _candidates(resource: Resource, view: View) -> Sequence[Live[MonitorFields]]:
    if resource.open:
        return ()
    spec = resource.spec
    instance = live_reference(spec.get("instance"), view)
    if instance is None:
        return ()
    found = found_by_name(
        resource, view, lambda name: view.tenant.find(MONITORS, (instance.id, spec.get("flow"), name))
    )
    return [live_monitor(node) for node in found]


def _beside(resource: Resource, view: View) -> list[MonitorFields]:
    """Return the monitors that are bound to the same flow, or to the same instance."""
    flow = resource.spec.get("flow")
    return [node for node in monitors_of(resource, view) if flow_of(node) == flow]


def _conflicts(resource: Resource, view: View) -> Mapping[str, Diagnostic]:
    """Return which other monitor has the name already: a second one would be mistaken for it."""
    name = resource.spec["name"]
    return {
        node.id: Diagnostic(
            f"the name {name!r} is taken by another alert monitor of the same flow or instance ({node.id}), to which "
            "no manifest gives another; correct one of the names",
            path=("name",),
        )
        for node in ([] if resource.open else _beside(resource, view))
        if node.name == name
    }


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    def objects() -> Iterator[tuple[Live, str]]:
        return ((live_monitor(node), node.name) for node in _beside(resource, view))

    live = live_reference(resource.spec.get("instance"), view)
    beside = (NAME, live.id if live else None, resource.spec.get("flow"))
    return objects_looking_like(resource.spec["name"], "name", view, beside, objects)


def _may_create(resource: Resource, view: View) -> bool | None:
    """Return what the customer of a live instance allows, which is read with the instance."""
    live = live_reference(resource.spec.get("instance"), view)
    return live.node.customer.allow_add_alert_monitor if live else None


NAMES = Names(name_key, _conflicts)
LOOKS = Looks(_alike, beside=lambda *of: [live_monitor(node) for node in _beside(*of)])
PERMISSION = Permission("Customer.allowAddAlertMonitor", lambda *_: (), _may_create)
FINDER = Finder(_reads, _candidates, live_monitor)
