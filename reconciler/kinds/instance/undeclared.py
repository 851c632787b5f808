"""The config variables of a live instance that its manifest does not declare, and that somebody has set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.integration.versions import contents_of, version_of
from reconciler.kinds.variables.codec import CONNECTION, has_default
from reconciler.kinds.variables.configuration import ROOT
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.kinds.variables.plain_values import declared_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def undeclared_variables(resource: Resource, live: Live[InstanceFields], view: View) -> Iterator[Path]:
    """Yield the path of each variable that is not declared and has another value than it starts with.

    Those of users, and connections that instances share, are no part of an instance's own configuration.
    """
    declared = resource.spec.get(ROOT) or {}
    variables = contents_of(version_of(live.node.integration), view).variables
    for key, node in live_variables(live.node).items():
        declaration = variables.get(key)
        if key not in declared and declaration and not declaration.user_level and _is_set(declaration, node):
            yield (ROOT, key)


def _is_set(declaration: Declaration, node: LiveVariable) -> bool:
    if declaration.data_type == CONNECTION:
        return bool(declared_connection(declaration, node, ()).spec)
    return not declaration.scoped and not has_default(declaration, node)
