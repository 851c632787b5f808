"""What the organization's plan and the token's role allow: the ``allow…`` fields of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether objects of a kind may be created. The planner asks for resources without a live object.

    Whether a live object may be changed or deleted is a field of that object (``Live.allows``).
    """

    field: str
    """The field of the API that allows it, such as ``Organization.allowAddUser``."""
    reads: Callable[[Resource, View], Iterable[Read]]
    """Yield what reads the field, as far as the answers so far determine it."""
    granted: Callable[[Resource, View], bool | None]
    """Return the field's value; ``None`` where it could not be read."""
