"""Connections of an instance that somebody still has to authorize."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance.reads import OPERATIONS
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.authorization import Authorization
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.live import Live
    from reconciler.model.tenant import Node

AUTHORIZATIONS = Collection(OPERATIONS["authorizations"], lambda node: [node["id"]], listable=False, single=True)


def _reads(live: Live) -> Read | None:
    pending = any(variable["status"] == "PENDING" for variable in live_variables(live.node).values())
    return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if pending else None


def _urls(node: Node) -> Mapping[str, str]:
    return {
        key: variable["authorizeUrl"] for key, variable in live_variables(node).items() if variable.get("authorizeUrl")
    }


AUTHORIZATION = Authorization(_reads, _urls)
