"""Connections that a person must authorize once the object exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.live import Live
    from reconciler.model.tenant import Read


@dataclass(frozen=True, slots=True)
class Authorization:
    """Addresses for signing in. ``apply`` asks for them after the read-back, when they are to be shown."""

    reads: Callable[[Live], Read | None]
    """Return what reads the addresses, where there is something left to authorize."""
    urls: Callable[[Any], Mapping[str, str]]
    """Return the addresses by name, from the node so read. They are secrets: shown only on request."""
