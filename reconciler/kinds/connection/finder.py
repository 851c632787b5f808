"""The connection that a manifest means: by ``stableKey``. Others may have a stable key that looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.component import live_component
from reconciler.kinds.connection.operations import MAY_ADD_SCOPED_CONFIG_VARIABLE
from reconciler.kinds.connection.reads import (
    COMPONENT_KEYS,
    COMPONENTS,
    CONNECTIONS,
    USERS,
    inputs_of,
    live_connection,
    manager_of,
    type_of,
)
from reconciler.kinds.connection.shared_inputs import compare_shared_inputs
from reconciler.kinds.connection.shown_inputs import component_of, component_reads
from reconciler.kinds.connection.spec import FIXED, NAME
from reconciler.kinds.connection.users import Users
from reconciler.kinds.shared.look_alikes import objects_looking_like
from reconciler.kinds.shared.organization_permission import organization_permission
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import Looks
from reconciler.model.resource import compared
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from reconciler.kinds.connection.operations import ScopedConfigVariableFields
    from reconciler.model.capabilities.names import LookAlike
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def users_of(live: Live[ScopedConfigVariableFields], view: View) -> Users:
    """Return the instances that use a connection."""
    return Users(USERS, live.id, view)


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    # Few organizations have more than a page of connections, and similar stable keys are found in the list.
    yield Read(CONNECTIONS)
    live = view.live(resource.address)
    if resource.lifecycle.absent:
        if live and live.node.is_in_use:
            yield users_of(live, view).read
    elif resource.lifecycle.managed and view.tenant.answered(Read(CONNECTIONS)):
        node = live.node if live else None
        yield from _component_reads(resource.spec, view, node)
        if resource.spec.get("inputs"):
            yield from component_reads(component_of(resource.spec, node), view)


def _component_reads(spec: Mapping[str, Any], view: View, node: ScopedConfigVariableFields | None) -> Iterator[Read]:
    """Yield the look-up of the component, of whose connection a new one gets the ID and any one the names of inputs."""
    known = {each.name for each in inputs_of(node)} if node else set()
    component = spec.get("component")
    if component is None or (node and known.issuperset(spec.get("inputs") or ())):
        return
    lookup = Read(COMPONENTS, component["key"], (("key", component["key"]),))
    yield lookup
    if view.tenant.answered(lookup) and not view.tenant.find(COMPONENTS, component["key"]):
        yield Read(COMPONENT_KEYS)  # for the nearest one


def _candidates(resource: Resource, view: View) -> Sequence[Live[ScopedConfigVariableFields]]:
    return [live_connection(node) for node in view.tenant.find(CONNECTIONS, resource.spec["stableKey"])]


def _check_reads(resource: Resource, view: View) -> Iterator[Read]:
    """Yield what reads the users of a connection whose inputs are to be written: they are redeployed."""
    live = view.live(resource.address)
    if live and live.node.has_deployed_instances and is_written(resource, live, view):
        yield users_of(live, view).read


def is_written(resource: Resource, live: Live[ScopedConfigVariableFields], view: View) -> bool:
    """Return whether the inputs of a live connection are to be written."""
    if not resource.lifecycle.managed:
        return False
    spec = compared(resource, FIXED, live).spec
    found = compare_shared_inputs(
        spec.get("inputs") or {}, inputs_of(live.node), manager_of(spec, live.node), resend=view.resend_secrets
    )
    return found.sent is not None


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    def objects() -> Iterator[tuple[Live, str]]:
        return ((live_connection(node), node.stable_key) for node in view.tenant.all(CONNECTIONS))

    return objects_looking_like(resource.spec["stableKey"], "stableKey", view, NAME, objects)


def _beside(resource: Resource, view: View) -> Sequence[Live[ScopedConfigVariableFields]]:
    """Return the connections of the same type to the same component: what cannot be changed is the same."""
    spec, found = resource.spec, []
    for node in view.tenant.all(CONNECTIONS):
        component = live_component(node)
        wanted = spec.get("component") or {}
        if type_of(node) == spec.get("type") and wanted.items() <= component.items():
            found.append(live_connection(node))
    return found


LOOKS = Looks(_alike, beside=_beside)
FINDER = Finder(_reads, _candidates, live_connection, _check_reads)
PERMISSION = organization_permission(MAY_ADD_SCOPED_CONFIG_VARIABLE, "allowAddScopedConfigVariable")
