"""Where somebody authorizes a connection, such as one with OAuth 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection import operations
from reconciler.model.capabilities.follow_up import Authorization
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.connection.operations import ConnectionAuthorization, ScopedConfigVariableFields
    from reconciler.model.tenant import Live

AUTHORIZATIONS = single_objects(operations.CONNECTION_AUTHORIZATION)


def _reads(live: Live[ScopedConfigVariableFields]) -> Read | None:
    waits = live.node.status == "PENDING" and live.node.variable_scope == "ORG"
    return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if waits else None


def _urls(node: ConnectionAuthorization) -> Mapping[str, str]:
    return {node.key: node.authorize_url} if node.authorize_url else {}


AUTHORIZATION = Authorization(_reads, _urls)
