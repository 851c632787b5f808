"""Who uses an alert webhook: groups and monitors, as a plan names them before it deletes the webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reconciler.model.capabilities.deletion import Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.kinds.alert_webhook.operations import AlertWebhookUses


class NamedNode(Protocol):
    """An object with a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class InstanceNode(NamedNode, Protocol):
    """An instance, and its customer."""

    @property
    def customer(self) -> NamedNode: ...


class FlowConfigNode(Protocol):
    """A flow of an instance."""

    @property
    def flow(self) -> NamedNode: ...


class MonitorNode(NamedNode, Protocol):
    """A monitor, and what it watches."""

    @property
    def instance(self) -> InstanceNode | None: ...
    @property
    def flow_config(self) -> FlowConfigNode | None: ...


UNKNOWN = "the API did not return who uses it; somebody else may have deleted it: run again"


def uses_of(node: AlertWebhookUses) -> Iterator[Use]:
    """Yield the groups and the monitors that a webhook is in."""
    for group in node.groups.nodes:
        yield Use(group.id, f"the group {group.name!r}")
    yield from monitor_uses(node.monitors.nodes)


def monitor_uses(monitors: Iterable[MonitorNode]) -> Iterator[Use]:
    """Yield monitors as users; one goes with its instance."""
    for monitor in monitors:
        instance, flow = monitor.instance, monitor.flow_config.flow if monitor.flow_config else None
        of = f" of {instance.name!r} of {instance.customer.name!r}" if instance else ""
        of = f" of the flow {flow.name!r}{of}" if flow else of
        yield Use(monitor.id, f"the monitor {monitor.name!r}{of}", instance.id if instance else None)
