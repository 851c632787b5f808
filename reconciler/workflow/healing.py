"""Which changes of a plan a watch carries out by itself: those of objects that are declared so, and no others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.reports.shared.rounds import Left

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.planning.plan import Change, Plan

NOT_DECLARED = "no manifest declares that it is changed back (lifecycle.drift: heal)"
NOT_ASKED = "this watch only reports (--drift report)"
DELETION = "it is a deletion, which only --allow-deletes N allows"
ONLY_IN_ITS_WAVE = "healed only as its wave allows: {}"
OF_A_ROLLOUT = "it belongs to a rollout, which only --rollouts continue moves on"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a watch may change: what is declared to be healed, open waves of rollouts, and whether it may delete.

    ``project_heals`` holds for what no manifest of its own decides.
    """

    heal: bool = False
    rollouts: bool = False
    deletions: bool = False
    project_heals: bool = False

    def why_left(self, change: Change) -> Left | None:
        """Return why a change is left alone, whatever else the plan holds; ``None`` if it may be carried out."""
        governed = change.rollout is not None or change.goes_back
        if change.waits and change.rollout:
            reason = change.rollout.reason
            return Left("waiting", ONLY_IN_ITS_WAVE.format(reason) if self._heals(change) else reason)
        if change.deletes and not self.deletions:
            return Left("reported", DELETION if self.heal or self.rollouts else NOT_ASKED)
        if governed and self.rollouts:
            return None
        if not self.heal:
            return Left("reported", OF_A_ROLLOUT if governed else NOT_ASKED)
        return None if self._heals(change) else Left("reported", OF_A_ROLLOUT if governed else NOT_DECLARED)

    def _heals(self, change: Change) -> bool:
        """Return whether this watch heals, and the manifest or else the project declares that the object is healed."""
        stated = change.resource.lifecycle.heal if change.resource else None
        return self.heal and (self.project_heals if stated is None else stated)


def part_to_carry_out(
    plan: Plan, allowed: Permission, backing_off: Mapping[str, str]
) -> tuple[Plan, Mapping[str, Left]]:
    """Return the part of a plan that a watch carries out, and why each other change is left alone, by address.

    ``backing_off`` are the reasons for objects that are left alone for a while. What depends on an object that is not
    created is left too.
    """
    left: dict[str, Left] = {}
    for change in plan:
        why = allowed.why_left(change)
        if why is None and change.address in backing_off:
            why = Left("backing off", backing_off[change.address])
        if why:
            left[change.address] = why
    while blocked := dict(_blocked(plan, left)):
        left |= blocked
    chosen = tuple(change for change in plan if change.address not in left)
    taken = {change.address for change in chosen}
    again = {address: why for address, why in plan.again.items() if address in taken}
    return replace(plan, changes=chosen, again=again), left


def _blocked(plan: Plan, left: Mapping[str, Left]) -> list[tuple[str, Left]]:
    """Return the changes that cannot be carried out without one that is left alone."""
    missing = {change.address for change in plan if change.address in left and change.live is None}
    found = []
    for change in plan:
        if change.address in left:
            continue
        needed = () if change.deletes else change.depends_on
        # What is looked up again after a change takes its shape from that change.
        late = left if change.address in plan.again else missing
        blocker = next((each for each in needed if each in late), None) or next(
            (each for each in change.after if each in left), None
        )
        if blocker:
            found.append((change.address, Left("reported", f"it needs the change of {blocker}, which is left alone")))
    return found
