"""What reports say of a set: its members, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.place import Place
    from reconciler.model.resource import SetCustomer


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A customer that gets no instance of a set."""

    customer: SetCustomer
    reason: str


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set of instances, with the customers that it was expanded for."""

    handle: str
    place: Place
    members: tuple[str, ...]
    """The handles of the customers, in order; those of a set whose customers were not read are unknown."""
    left_out: tuple[LeftOut, ...] = ()
    known: bool = True
    """Whether the customers were read: a set of the tenant's customers has none offline."""

    @property
    def address(self) -> str:
        return f"InstanceSet/{self.handle}"
