"""The wave of each member: the first one that chooses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.rollouts.percent import picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.rollout import Member, Rollout, Wave


@dataclass(frozen=True, slots=True)
class Assignment:
    """The members of each wave, by its name, in the order of their addresses; ``unplaced`` are in none."""

    waves: Mapping[str, tuple[Member, ...]]
    unplaced: tuple[Member, ...] = ()


def assign(rollout: Rollout, members: Iterable[Member]) -> Assignment:
    """Return the members by wave.

    A share is counted of all members, and taken from those whom no earlier wave has. So waves of 10 and 20 percent are
    30 percent together, and a wave is never empty while somebody is left.
    """
    left = {member.address: member for member in sorted(members, key=lambda member: member.address)}
    count = len(left)
    waves = {}
    for wave in rollout.waves:
        if wave.percent is None:
            chosen = [member for member in left.values() if chooses(wave, member)]
        else:
            chosen = picked(rollout.name, wave.percent, count, left.values())
        waves[wave.name] = tuple(sorted(chosen, key=lambda member: member.address))
        for member in chosen:
            del left[member.address]
    return Assignment(waves, tuple(left.values()))


def chooses(wave: Wave, member: Member) -> bool:
    """Return whether a wave that chooses by customers, or takes the rest, chooses a member.

    A customer is chosen by its name, or by having all of the labels.
    """
    if wave.rest:
        return True
    by_labels = bool(wave.labels) and member.labels.issuperset(wave.labels)
    return by_labels or member.customer in wave.names
