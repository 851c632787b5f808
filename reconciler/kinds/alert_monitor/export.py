"""A live alert monitor as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.alert_monitor.differ import level_name, live_triggers, number_of
from reconciler.kinds.alert_monitor.finder import MONITORS, flow_of, instance_of
from reconciler.kinds.alert_monitor.recipients import RECIPIENTS, live_recipients
from reconciler.kinds.alert_monitor.spec import UNITS, written
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.model.capabilities.export import Belongs, Declared, Export, Undeclarable
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.alert_monitor.operations import Customer, MonitorFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _declare(live: Live[MonitorFields], view: View, _parent: Live | None, full: bool) -> Declared:
    """Return the manifest of a live monitor, so that planning it as it stands finds nothing to do."""
    node, instance = live.node, instance_of(live.node)
    if not node.name or instance is None:
        raise Undeclarable("it has no name or no instance, by which a manifest could mean it")
    elsewhere: Mapping[str, Any] = {"name": instance.name, "customer": _customer(instance.customer)}
    spec: dict[str, Any] = {"name": node.name, "instance": Belongs(instance.id, elsewhere)}
    if flow := flow_of(node):
        spec["flow"] = flow
    spec["triggers"] = sorted(live_triggers(node))
    spec |= _numbers(node, view)
    notify = {field: listed for field in RECIPIENTS if (listed := _recipients(field, node)) or full}
    return Declared({**spec, "notify": notify} if notify else spec)


def _customer(customer: Customer) -> dict[str, str]:
    return {"externalId": customer.external_id} if customer.external_id else {"name": customer.name}


def _recipients(field: str, node: MonitorFields) -> list[Belongs]:
    """Return the recipients in the order of their names: by handle where these are exported, too."""
    found = sorted(live_recipients(field, node).items(), key=lambda item: (item[1], item[0]))
    return [Belongs(identifier, {RECIPIENTS[field].named_by: name}) for identifier, name in found]


def _numbers(node: MonitorFields, view: View) -> dict[str, str]:
    found = {}
    for field, unit in UNITS.items():
        if number := number_of(field, node):
            found[field] = written(number * unit)
    if node.log_severity_level_condition is not None:
        found["logLevel"] = level_name(node.log_severity_level_condition, view)
    return found


def _reads(_live: Live[MonitorFields]) -> Iterator[Read]:
    yield Read(SEVERITIES)


def _file_of(_handle: str, folder: str | None) -> str:
    return f"{folder}/alert-monitors.yaml" if folder else "alert-monitors.yaml"


def _handle_candidates(live: Live[MonitorFields], instance: str | None) -> Sequence[str]:
    parts = [instance or "", live.name]
    return (" ".join(parts), " ".join([*parts, flow_of(live.node) or ""]))


EXPORT = Export(Read(MONITORS), _declare, _file_of, _handle_candidates, _reads)
