"""A live user as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import declared_reference
from reconciler.kinds.shared.attributes import declared
from reconciler.kinds.user.differ import ATTRIBUTES
from reconciler.kinds.user.finder import USERS, customer_id, roles_for
from reconciler.model.capabilities.export import Declared, Export, Remark
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.kinds.user.operations import UserFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _reads(live: Live[UserFields]) -> Iterator[Read]:
    yield Read(roles_for({"customer": None} if customer_id(live) else {}))


def _declare(live: Live[UserFields], view: View, customer: Live[CustomerFields] | None, full: bool) -> Declared:
    node = live.node
    spec = {**declared_reference(customer_id(live) or "", customer), "email": node.email}
    spec |= declared(ATTRIBUTES, node, full=full)
    role = node.role.name
    if len(view.tenant.find(roles_for(spec), role)) == 1:
        return Declared({**spec, "role": role})
    return Declared(spec, [Remark(("role",), f"several roles, or none, are named {role!r}", left_out=True)])


def _file_of(_handle: str, folder: str | None) -> str:
    return f"{folder}/users.yaml" if folder else "team.yaml"


def _handle_candidates(live: Live[UserFields], customer: str | None) -> Sequence[str]:
    local = live.node.email.partition("@")[0]
    return (local, f"{customer} {local}") if customer else (local, live.node.email)


EXPORT = Export(Read(USERS), _declare, _file_of, _handle_candidates, _reads)
