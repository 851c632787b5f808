"""A monitor belongs to an instance, and is deleted with it. It carries no labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.finder import instance_of, of_instance
from reconciler.kinds.alert_monitor.spec import instance_key, parent_title, shard_key
from reconciler.kinds.customer.lookup import customer_name
from reconciler.kinds.instance.lookup import instance_problems, live_reference
from reconciler.kinds.instance.spec import NAME as INSTANCE
from reconciler.model.capabilities.ownership import Parent

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reconciler.kinds.alert_monitor.operations import MonitorFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


def _of_live(live: Live[MonitorFields]) -> str | None:
    instance = instance_of(live.node)
    return instance.id if instance else None


def _live(resource: Resource, view: View) -> Live | None:
    return live_reference(resource.spec.get("instance"), view)


def _of_resource(resource: Resource, view: View) -> str | None:
    live = _live(resource, view)
    return live.id if live else None


def _identity(resource: Resource, view: View) -> Hashable:
    spec = resource.spec
    return (_of_resource(resource, view) or instance_key(spec.get("instance")), spec.get("flow"), spec["name"])


def _children(parent: Live) -> Read | None:
    return of_instance(parent.id) if parent.kind == INSTANCE else None


PARENT = Parent(
    of_live=_of_live,
    of_resource=_of_resource,
    identity=_identity,
    title=parent_title,
    live_title=lambda live: customer_name(instance_of(live.node)),
    shard_key=shard_key,
    unclear=lambda resource, view: instance_problems(resource.spec, view),
    live=_live,
    children=_children,
)
