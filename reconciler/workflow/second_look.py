"""The second look: what depends on something that this run created or moved is compared once more, and then changed.

A flow of an instance gets its ID when the instance is created, perhaps another one when it moves to another version.
What is bound to the flow may be gone then. So such resources are left out at first. When everything else is carried
out, they are read and compared again, and what differs now is applied in the same run. A run that ends before that
loses nothing: the next plan finds the same differences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.applying.convergence import compared, unverified
from reconciler.applying.results import LATER, Result
from reconciler.errors import Interrupted, PlanRefused, ReconcilerError
from reconciler.manifests.graph import dependencies
from reconciler.planning.orphans import Pruning
from reconciler.workflow.partial_apply import existing, read_back
from reconciler.workflow.planning import rules_of
from reconciler.workflow.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.planning.plan import Change, Plan
    from reconciler.workflow.partial_apply import PartialApply

SETTLED = "as declared once it was looked up again"


def look_again(parts: PartialApply, results: Sequence[Result]) -> list[Result]:
    """Compare again what the plan says, after the changes with these results, and apply the differences.

    Return a result for each change of the plan that was put off, and for each further one that is due now. Changes that
    wait in a rollout with what they depend on have none.
    """
    return _SecondLook(parts, {result.change.address: result for result in results}).run()


def with_second_looks(plan: Plan, results: Iterable[Result]) -> Plan:
    """Return the plan with the changes that a second look found in the place of those that were planned."""
    found = {result.change.address: result.change for result in results if result.change.address in plan.again}
    kept = tuple(found.pop(change.address, change) for change in plan)
    return replace(plan, changes=(*kept, *found.values()))


@dataclass(frozen=True)  # not slotted: what is computed once is kept in it
class _SecondLook:
    """``done`` are the results so far, by address."""

    parts: PartialApply
    done: Mapping[str, Result]

    @cached_property
    def _planned(self) -> Mapping[str, Change]:
        """The changes that are computed again before they are carried out, by address."""
        return {change.address: change for change in self.parts.plan if change.address in self.parts.plan.again}

    @cached_property
    def _needed(self) -> Mapping[str, Sequence[str]]:
        return dependencies(self.parts.session.manifests.resources, self.parts.session.registry)

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The addresses of the changes that come before."""
        return frozenset(change.address for change in self.parts.plan if change.address not in self.parts.plan.again)

    def run(self) -> list[Result]:
        found: list[Result] = []
        due: list[str] = []
        for address in self.parts.plan.again:
            before, change = self._before(address), self._planned.get(address)
            failed = next((each for each in before if each.status in {"failed", "skipped"}), None)
            if self._is_early(address):
                continue
            if failed is None and not self.parts.ended_by:
                due.append(address)
            elif change is not None:
                found.append(self._skipped(change, failed))
        pruned = {each: self._planned[each] for each in due if self._is_pruned(each)}
        found += self._pruned([*pruned.values()]) if pruned else []
        declared = [address for address in due if address not in pruned]
        return [*found, *self._compared(declared)] if declared else found

    def _is_pruned(self, address: str) -> bool:
        """Return whether a change deletes an object that no manifest declares."""
        return address in self._planned and self._planned[address].resource is None

    def _before(self, address: str) -> list[Result]:
        """Return the results of what a resource depends on."""
        return [self.done[each] for each in self._needs(address) if each in self.done]

    def _needs(self, address: str) -> Sequence[str]:
        """Return what comes before a change: what it depends on and, of a deletion, what ends the use of its object."""
        change = self._planned.get(address)
        needed = change.depends_on if change and self._is_pruned(address) else self._needed.get(address, ())
        ending = change.after if change and change.deletes else ()
        again = self.parts.plan.again
        return [*needed, *(each for one in ending for each in (self._needs(one) if one in again else (one,)))]

    def _is_early(self, address: str) -> bool:
        """Return whether something that a resource depends on is still to be changed, in this run or a later one."""
        needed = [each for each in self._needs(address) if each in self._changed]
        return any(each not in self.done or self.done[each].status in LATER for each in needed)

    def _skipped(self, change: Change, failed: Result | None) -> Result:
        result = Result(change)
        why = f"it depends on {failed.change.address}, which was not applied" if failed else str(self.parts.ended_by)
        result.skip(f"not tried: {why}")
        self.parts.progress(result)
        return result

    def _pruned(self, changes: Sequence[Change]) -> list[Result]:
        """Delete what is to be pruned, if it is still there and no manifest means it now."""
        try:
            left = self._prunable(changes)
        except ReconcilerError as error:
            return self._not_compared([change.address for change in changes], error)
        results = self.parts.apply([change for change in changes if change.address in left]) if left else []
        read_back(self.parts.session, results)
        return [*results, *self._without_change([each.address for each in changes if each.address not in left], {})]

    def _prunable(self, changes: Sequence[Change]) -> frozenset[str]:
        """Return the addresses of those that are still there, and that no manifest of their owner means."""
        session = self.parts.session
        owners = {address for change in changes for address in change.depends_on}
        beside = [address for address, needed in self._needed.items() if owners.intersection(needed)]
        claimed: AbstractSet[str] = set()
        if beside:
            chosen, view = read(session, beside, Pruning())
            rules = replace(rules_of(session, Pruning()), enforce_guardrails=False)
            found = compared(chosen, session.registry, view, rules, ())
            if found.wrong:
                raise PlanRefused([problem for problems in found.wrong.values() for problem in problems])
            claimed = set(found.live_ids.values())
        there = existing(session, changes)
        return frozenset(
            each.address for each in changes if each.live and each.live.id in there and each.live.id not in claimed
        )

    def _compared(self, due: Sequence[str]) -> list[Result]:
        """Compare the resources again, apply the differences and read them back."""
        session = self.parts.session
        try:
            chosen, view = read(session, due, Pruning(), salvaging=True)
            rules = replace(rules_of(session, Pruning()), enforce_guardrails=False)
            again = compared(chosen, session.registry, view, rules, ())
        except ReconcilerError as error:
            return self._not_compared(due, error)
        wrong = {address: "; ".join(each.message for each in again.wrong[address]) for address in again.wrong}
        wanted = set(due) - wrong.keys()
        changes = [each for each in again.changes if each.address in wanted]
        results = self.parts.apply(changes) if changes else []
        read_back(session, results)
        changed = {change.address for change in changes}
        return [*results, *self._without_change([each for each in due if each not in changed], wrong)]

    def _not_compared(self, addresses: Sequence[str], error: ReconcilerError) -> list[Result]:
        return self._without_change(
            addresses, dict.fromkeys(addresses, str(error)), interrupted=isinstance(error, Interrupted)
        )

    def _without_change(
        self, addresses: Iterable[str], wrong: Mapping[str, str], *, interrupted: bool = False
    ) -> list[Result]:
        """Return the results of planned changes that have nothing left to do, or that cannot be compared.

        Those that somebody ``interrupted`` have not failed: nothing was sent for them.
        Where one without a planned change cannot be compared, nobody knows whether it is still as declared: what it
        depends on then counts as not read back.
        """
        results = []
        for address in addresses:
            if address not in self._planned:
                if address in wrong:
                    unverified(self._before(address), f"{address} cannot be looked up again: {wrong[address]}")
                continue
            result = Result(self._planned[address])
            if address in wrong:
                result.unreached = True
                if interrupted:
                    result.skip(f"not tried: {wrong[address]}")
                else:
                    result.fail(f"looking it up again failed: {wrong[address]}")
            else:
                result.notes.append(SETTLED)
            self.parts.progress(result)
            results.append(result)
        return results
