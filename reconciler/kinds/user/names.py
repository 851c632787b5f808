"""E-mail addresses of users, which the API may accept only once in a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.user.spec import email_key
from reconciler.model.appearance import Appearance
from reconciler.model.capabilities.names import Looks

if TYPE_CHECKING:
    from collections.abc import Mapping


def _once(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(email_key(spec), ("email",), spec["email"])


LOOKS = Looks(once=_once)
