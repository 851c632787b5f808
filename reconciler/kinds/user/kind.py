"""Users: a customer's users, and the organization's team members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.parent import customer_parent
from reconciler.kinds.customer.reads import NAME as CUSTOMER
from reconciler.kinds.customer.reference import reference_key, references
from reconciler.kinds.user.deletion import DELETION
from reconciler.kinds.user.differ import DIFFER
from reconciler.kinds.user.editor import EDITOR
from reconciler.kinds.user.export import EXPORT
from reconciler.kinds.user.finder import FINDER
from reconciler.kinds.user.reads import NAME, USERS, customer_id
from reconciler.model.appearance import Appearance
from reconciler.model.capabilities.names import Looks
from reconciler.model.capabilities.spec import Spec
from reconciler.model.kind import Kind
from reconciler.model.tenant import Read
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from reconciler.model.live import Live


def _email(spec: Mapping[str, Any]) -> Hashable:
    return str(spec["email"]).casefold()


def _identity(spec: Mapping[str, Any]) -> Hashable:
    return (reference_key(spec.get("customer")), _email(spec))


def _title(spec: Mapping[str, Any]) -> str:
    return str(spec.get("name") or spec["email"])


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance((reference_key(spec.get("customer")), skeleton(spec["email"])), ("email",), spec["email"])


def _once(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(_email(spec), ("email",), spec["email"])


def _children(parent: Live) -> Read | None:
    if parent.kind != CUSTOMER:
        return None
    return Read(USERS, ("customer", parent.id, "all"), (("customer", parent.id),))


KIND = Kind(
    NAME,
    Spec(_identity, _title, references, fixed=frozenset({"customer", "email"})),
    FINDER,
    DIFFER,
    DELETION,
    level=1,
    looks=Looks(_appearance, once=_once),
    parent=customer_parent(customer_id, _email, _children),
    export=EXPORT,
    editor=EDITOR,
)
