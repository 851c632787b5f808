"""The flows that a monitor can be bound to: those of the version that its instance is to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.finder import monitors_of
from reconciler.kinds.instance.lookup import live_reference
from reconciler.kinds.instance.spec import FIXED as FIXED_OF_INSTANCE
from reconciler.kinds.instance.spec import NAME as INSTANCE
from reconciler.kinds.integration.versions import choose_version, contents_of
from reconciler.model.capabilities.parts import Parts
from reconciler.model.capabilities.second_look import SecondLook
from reconciler.model.capabilities.versions import Version
from reconciler.model.resource import compared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def flows_of(resource: Resource, view: View) -> Mapping[str, str | None] | None:
    """Return the flows of a monitor's instance: by name, the ID of the flow's config.

    Where the instance is created or moves to another version in this run, the IDs are unknown, and ``None``. Return
    ``None`` for all where it is not known what the instance runs, which is reported elsewhere.
    """
    named = resource.spec.get("instance")
    live = live_reference(named, view)
    node = live.node if live else None
    current = {each.flow.name: each.id for each in node.flow_configs.nodes} if node else None
    declared = view.resource(f"{INSTANCE}/{named}") if isinstance(named, str) else None
    if declared is None or not declared.lifecycle.managed:
        return current
    version = choose_version(compared(declared, FIXED_OF_INSTANCE, node).spec, view, node)
    if not isinstance(version, Version):
        return None
    if node and node.integration.id == version.id:
        return current
    return dict.fromkeys(contents_of(version, view).flows) or None


def _names(resource: Resource, view: View) -> Sequence[str] | None:
    if resource.lifecycle.absent:
        return _bound_flows(resource, view)
    flows = flows_of(resource, view)
    return None if flows is None else list(flows)


def _bound_flows(resource: Resource, view: View) -> Sequence[str] | None:
    """Return the flows that have a monitor of the resource's name: what is deleted need not exist in a version."""
    if live_reference(resource.spec.get("instance"), view) is None:
        return None
    names = {resource.spec["name"], *resource.lifecycle.renamed_from}
    bound = (node for node in monitors_of(resource, view) if node.name in names and node.flow_config)
    return list(dict.fromkeys(node.flow_config.flow.name for node in bound if node.flow_config))


def _after(address: str, created: bool, fields: Sequence[FieldChange]) -> str:
    if not address.startswith(f"{INSTANCE}/"):
        return ""
    if created:
        return f"{address} is created"
    moved = next((each for each in fields if each.path == ("integration", "version")), None)
    return f"{address} moves to version {moved.after}" if moved else ""


PARTS = Parts(_names)
SECOND_LOOK = SecondLook(_after)
