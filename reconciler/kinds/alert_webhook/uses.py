"""Who uses an alert webhook or an alert group, as a plan names them before it deletes the object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from reconciler.model.capabilities.deletion import Deletion, Removal, Use
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import N, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconciler.kinds.alert_webhook.fragments import MonitorUse
    from reconciler.kinds.alert_webhook.operations import AlertWebhookUses
    from reconciler.model.operation import Operation
    from reconciler.model.tenant import Collection, Live
    from reconciler.model.view import View

UNKNOWN = "the API did not return who uses it; somebody else may have deleted it: run again"


@dataclass(frozen=True, slots=True)
class UsedObjects(Generic[N]):
    """A kind's objects that are deleted only after their uses end; ``collection`` holds each with who uses it."""

    collection: Collection[N]
    uses: Callable[[N], Iterable[Use]]
    """Yield who uses an object."""
    delete: Operation

    def reads(self, live: Live) -> Iterator[Read]:
        """Yield what reads who uses an object."""
        yield Read(self.collection, live.id, (("id", live.id),))

    def deletion(self) -> Deletion:
        """Return the capability to be deleted."""
        return Deletion(self._removal, self.reads)

    def _removal(self, live: Live, view: View) -> Removal:
        found = view.tenant.find(self.collection, live.id)
        uses = [use for node in found for use in self.uses(node)]
        return Removal(
            Step("delete", Phase.DELETE, self.delete, {"id": live.id}),
            observed=sorted(use.id for use in uses),
            blocked=None if found else UNKNOWN,
            uses=tuple(uses),
        )


def uses_of(node: AlertWebhookUses) -> Iterator[Use]:
    """Yield the groups and the monitors that a webhook is in."""
    for group in node.groups.nodes:
        yield Use(group.id, f"the group {group.name!r}")
    yield from monitor_uses(node.monitors.nodes)


def monitor_uses(monitors: Iterable[MonitorUse]) -> Iterator[Use]:
    """Yield monitors as users; one goes with its instance."""
    for monitor in monitors:
        instance, flow = monitor.instance, monitor.flow_config.flow if monitor.flow_config else None
        of = f" of {instance.name!r} of {instance.customer.name!r}" if instance else ""
        of = f" of the flow {flow.name!r}{of}" if flow else of
        yield Use(monitor.id, f"the monitor {monitor.name!r}{of}", instance.id if instance else None)
