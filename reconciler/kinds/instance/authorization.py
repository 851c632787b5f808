"""Connections of an instance that somebody still has to authorize."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance import operations
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.authorization import Authorization
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.instance.operations import Authorizations, InstanceFields
    from reconciler.model.live import Live

AUTHORIZATIONS: Collection[Authorizations] = Collection(
    operations.AUTHORIZATIONS, lambda node: [node.id], listable=False, single=True
)


def _reads(live: Live[InstanceFields]) -> Read | None:
    pending = any(variable.status == "PENDING" for variable in live_variables(live.node).values())
    return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if pending else None


def _urls(node: Authorizations) -> Mapping[str, str]:
    nodes = node.config_variables.nodes
    return {each.required_config_variable.key: each.authorize_url for each in nodes if each.authorize_url}


AUTHORIZATION = Authorization(_reads, _urls)
