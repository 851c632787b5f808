"""The sets of instances that a plan is about: who their members are, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Place
    from reconciler.model.resource import SetCustomer


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A customer that a set does not select, and the reason, such as ``excluded``."""

    customer: SetCustomer
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set, as far as a plan is about it: ``--target`` and ``--shard`` may leave only a part of its members."""

    address: str
    members: Mapping[str, SetCustomer] = field(default_factory=dict)
    """The customers of the members that the plan compared, by the address of the member."""
    size: int = 0
    """All members of the set, compared or not."""
    left_out: tuple[LeftOut, ...] = ()
    place: Place | None = None
