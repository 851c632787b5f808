"""The manifests of the shared connections that an instance uses, which come before its deploy.

An instance takes an organization's connection by itself, by the stable key that its integration names, and what its
customer has in it. A changed connection takes effect with a deploy of the instances that use it. The API deploys them
all at once with the change, unless one of them must not be deployed with the others (``Users.apart``): then each
deploys as a change of its own. The times of the change and of the last deploy show that it is still due, so a run that
ends in between loses none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection import finder as connections
from reconciler.kinds.connection.lookup import declared_stable_key
from reconciler.kinds.connection.spec import NAME as CONNECTION
from reconciler.kinds.connection.spec import ORGANIZATION
from reconciler.kinds.customer.lookup import live_customer_id
from reconciler.kinds.customer.spec import reference_key
from reconciler.kinds.customer_connection import finder as customer_connections
from reconciler.kinds.customer_connection.spec import NAME as CUSTOMER_CONNECTION
from reconciler.kinds.customer_connection.spec import linked_handles
from reconciler.text.instants import instant

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from types import ModuleType

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


def shared_parts(
    spec: Mapping[str, Any], variables: Mapping[str, Declaration], view: View
) -> Mapping[str, Sequence[Resource]]:
    """Return, by variable, the manifests of the connections that it takes its inputs from."""
    used = shared_variables(variables)
    if not used or not (view.of_kind(CONNECTION) or view.of_kind(CUSTOMER_CONNECTION)):
        return {}
    index: Mapping[Hashable, list[Resource]] = view.tenant.derived(("shared connections", view), lambda: _index(view))
    handles = dict(linked_handles(spec.get("configVariables") or {}))
    owner = _owner(spec, view)
    found = {}
    for key, stable_key in used.items():
        theirs = [each for each in index.get((stable_key, owner), ()) if handles.get(key, each.handle) == each.handle]
        found[key] = [*index.get(stable_key, ()), *theirs]
    return {key: each for key, each in found.items() if each}


def shared_variables(variables: Mapping[str, Declaration]) -> Mapping[str, str]:
    """Return the stable keys of the shared connections that an integration takes, by variable."""
    return {key: each.shared for key, each in variables.items() if each.shared}


def complete_variables(parts: Mapping[str, Sequence[Resource]]) -> list[str]:
    """Return the variables whose connections lack no part in the manifests: the customer's, where each has one."""
    return [key for key, resources in parts.items() if any(map(_completes, resources))]


def _completes(resource: Resource) -> bool:
    return resource.kind == CUSTOMER_CONNECTION or resource.spec.get("type") == ORGANIZATION


def coming_variables(parts: Mapping[str, Sequence[Resource]], view: View) -> list[str]:
    """Return the variables whose connections are complete once this run has created or written a part of them."""
    return [key for key in complete_variables(parts) if any(_is_coming(each, view) for each in parts[key])]


def _is_coming(resource: Resource, view: View) -> bool:
    live = view.live(resource.address)
    return live is None or bool(_module(resource).is_written(resource, live, view))


def due_variables(
    parts: Mapping[str, Sequence[Resource]], resource: Resource, node: InstanceFields | None, view: View
) -> list[str]:
    """Return the variables whose connections an instance must be deployed for: those that changed since it last was.

    An instance that is paused takes the change with its next deploy.
    """
    if node is None or not node.last_deployed_at:
        return []
    governed = view.governed(resource.address)
    if not governed and not _runs(resource, node):
        return []
    due = _is_due if governed else _is_due_apart
    return [key for key, resources in parts.items() if any(due(each, node, view) for each in resources)]


def due_reads(
    resource: Resource, node: InstanceFields, variables: Mapping[str, Declaration], view: View
) -> Iterator[Read]:
    """Yield what reads the users of connections that changed after the last deploy of an instance that runs.

    Whether the API deployed it with the change, or left it to the run, depends on them.
    """
    if not node.last_deployed_at or not _runs(resource, node) or view.governed(resource.address):
        return
    for parts in shared_parts(resource.spec, variables, view).values():
        for part in parts:
            live = view.live(part.address)
            if live and _is_newer(live, node):
                yield _module(part).users_of(live, view).read


def _runs(resource: Resource, node: InstanceFields) -> bool:
    return node.enabled or resource.spec.get("enabled") is True


def _is_due(resource: Resource, node: InstanceFields, view: View) -> bool:
    live = view.live(resource.address)
    return live is not None and (_module(resource).is_written(resource, live, view) or _is_newer(live, node))


def _is_due_apart(resource: Resource, node: InstanceFields, view: View) -> bool:
    """Return whether a connection is written, or was, whose instances cannot all be deployed with it."""
    live = view.live(resource.address)
    return live is not None and _is_due(resource, node, view) and bool(_module(resource).users_of(live, view).apart)


def _is_newer(live: Live, node: InstanceFields) -> bool:
    """Return whether a connection was configured after the last deploy of an instance."""
    changed, deployed = instant(live.node.last_configured_at), instant(node.last_deployed_at)
    return bool(changed and deployed and changed > deployed)


def _module(resource: Resource) -> ModuleType:
    return connections if resource.kind == CONNECTION else customer_connections


def _index(view: View) -> dict[Hashable, list[Resource]]:
    found: dict[Hashable, list[Resource]] = {}
    for resource in view.of_kind(CONNECTION):
        if resource.lifecycle.managed:
            found.setdefault(resource.spec["stableKey"], []).append(resource)
    for key, resource in _theirs(view):
        found.setdefault(key, []).append(resource)
    return found


def _theirs(view: View) -> Iterator[tuple[Hashable, Resource]]:
    for resource in view.of_kind(CUSTOMER_CONNECTION):
        if resource.lifecycle.managed:
            yield (declared_stable_key(resource.spec, view), _owner(resource.spec, view)), resource


def _owner(spec: Mapping[str, Any], view: View) -> Hashable:
    return live_customer_id(spec, view) or reference_key(spec.get("customer"))
