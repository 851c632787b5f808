"""Where somebody authorizes a customer's connection, such as one with OAuth 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer_connection import operations
from reconciler.model.capabilities.follow_up import Authorization
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.customer_connection.operations import (
        CustomerConfigVariableFields,
        CustomerConnectionAuthorization,
    )
    from reconciler.model.tenant import Live

AUTHORIZATIONS = single_objects(operations.CUSTOMER_CONNECTION_AUTHORIZATION)


def _reads(live: Live[CustomerConfigVariableFields]) -> Read | None:
    return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if live.node.status == "PENDING" else None


def _urls(node: CustomerConnectionAuthorization) -> Mapping[str, str]:
    return {node.scoped_config_variable.key: node.authorize_url} if node.authorize_url else {}


AUTHORIZATION = Authorization(_reads, _urls)
