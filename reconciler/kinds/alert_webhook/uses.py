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


class MonitorNode(NamedNode, Protocol):
    """A monitor, and the instance that it watches."""

    @property
    def instance(self) -> NamedNode | None: ...


UNKNOWN = "the API did not return who uses it; somebody else may have deleted it: run again"


def uses_of(node: AlertWebhookUses) -> Iterator[Use]:
    """Yield the groups and the monitors that a webhook is in."""
    for group in node.groups.nodes:
        yield Use(group.id, f"the group {group.name!r}")
    yield from monitor_uses(node.monitors.nodes)


def monitor_uses(monitors: Iterable[MonitorNode]) -> Iterator[Use]:
    """Yield monitors as users; one goes with its instance."""
    for monitor in monitors:
        instance = monitor.instance
        of = f" of {instance.name!r}" if instance else ""
        yield Use(monitor.id, f"the monitor {monitor.name!r}{of}", instance.id if instance else None)
