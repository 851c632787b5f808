"""What the organization's plan, or the token's role, does not allow: ``allow…`` fields that are false.

By default everything is allowed: the signed-in user owns the organization. A world file lists exceptions by their types
and fields: ``denied: [Organization.allowAddAlertGroup]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.sandbox.data.store import Store

_DENIED = "denied"
_FIELDS = {"create": "allowAdd{}", "update": "{}.allowUpdate", "delete": "{}.allowRemove"}


def deny(store: Store, fields: Iterable[str]) -> None:
    """Let these fields be false, such as ``Organization.allowAddAlertGroup``, and everything else be true."""
    store.keep(_DENIED, sorted(fields))


def denied(store: Store) -> frozenset[str]:
    """Return the fields that are false."""
    return frozenset(store.kept(_DENIED, ()))


def refuse_denied(store: Store, mutation: str) -> None:
    """Raise :class:`.Refused` for a mutation such as ``createAlertGroup`` that is not allowed."""
    verb = re.split("[A-Z]", mutation, maxsplit=1)[0]
    field = _FIELDS.get(verb, "").format(mutation.removeprefix(verb))
    if field and any(each == field or each.endswith(f".{field}") for each in denied(store)):
        raise Refused((OBJECT_LEVEL, "You do not have permission to perform this action."))
