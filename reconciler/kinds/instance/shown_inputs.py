"""The inputs of an instance's connections, of which a project may show some."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reconciler.kinds.integration.input_operations import CONNECTION_INPUTS
from reconciler.kinds.integration.versions import choose_version
from reconciler.kinds.variables.kept_inputs import connection_inputs, is_write_only
from reconciler.kinds.variables.live_variables import input_nodes, live_variables
from reconciler.model.capabilities.versions import Version
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.integration.input_operations import Integration, RequiredConfigVariable
    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.resource import Resource
    from reconciler.model.view import DiffContext, View

DESCRIBED = single_objects(CONNECTION_INPUTS)
ROOT = "configVariables"


def description_reads(spec: Mapping[str, Any], view: View, node: InstanceFields | None) -> Iterator[Read]:
    """Yield what reads which inputs of the connections are secrets, where the project shows some."""
    if view.shows_inputs and any(True for _ in _declared(spec)):
        yield from map(_read, _versions(spec, view, node))


def instance_inputs(resource: Resource, context: DiffContext[InstanceFields]) -> Iterator[ConnectionInputs]:
    """Yield the connections that an instance declares, with their inputs."""
    spec, view = resource.spec, context.view
    node = context.live.node if context.live else None
    live = live_variables(node)
    described: dict[str, list[RequiredConfigVariable]] = {}
    for version in _versions(spec, view, node):
        for found in view.tenant.find(DESCRIBED, version):
            for each in found.required_config_variables.nodes:
                described.setdefault(each.key, []).append(each)
    for key, inputs in _declared(spec):
        known = described.get(key, [])
        fields = [field for each in known if each.connection for field in each.connection.inputs.nodes]
        nodes = [entry for each in known if each.inputs for entry in each.inputs.nodes]
        write_only = [entry.name for entry in nodes if is_write_only(entry.meta)]
        yield connection_inputs((ROOT, key, "inputs"), key, inputs, input_nodes(live.get(key)), fields, write_only)


def _declared(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in (spec.get(ROOT) or {}).items():
        inputs = value.get("inputs") if isinstance(value, dict) else None
        if isinstance(inputs, dict):
            yield key, inputs


def _versions(spec: Mapping[str, Any], view: View, node: InstanceFields | None) -> list[str]:
    """Return the IDs of the versions that the instance has, and gets; none for one that is only a file."""
    chosen = choose_version(spec, view, node)
    if not isinstance(chosen, Version) or chosen.definition:
        return []
    return [*dict.fromkeys([chosen.id, *([node.integration.id] if node else [])])]


@cache
def _read(version: str) -> Read[Integration]:
    return Read(DESCRIBED, version, (("id", version),))
