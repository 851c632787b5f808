"""What reports say of a set: its members, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.place import Place
    from reconciler.model.resource import SetCustomer


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A customer that a set has no member for."""

    customer: SetCustomer
    reason: str


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set, with the customers that it was expanded for."""

    address: str
    """Such as ``InstanceSet/inventory``."""
    place: Place
    members: tuple[str, ...]
    """The handles of the customers, in order; those of a set whose customers were not read are unknown."""
    left_out: tuple[LeftOut, ...] = ()
    known: bool = True
    """Whether the customers were read: a set of the tenant's customers has none offline."""
