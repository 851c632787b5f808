"""Carrying rollouts out: wave by wave, as many members together as may fail, each batch proven before the next one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.rollouts.evidence import Evidence
from reconciler.workflow.partial_apply import read_back
from reconciler.workflow.rollouts import EvidenceReader, Fleet, with_standings
from reconciler.workflow.setting_back import set_back, set_back_planned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Change, Plan
    from reconciler.rollouts.decisions import WaveStanding
    from reconciler.workflow.partial_apply import PartialApply, ReadBack

MAYBE = "its change may not have been carried out: {}"


def carry_out_waves(parts: PartialApply) -> tuple[list[Result], Plan]:
    """Apply a plan with rollouts: first what no rollout governs, then each rollout as far as its gates let it.

    Return a result for each change in the plan's order, and the plan with its rollouts as they stand afterwards.
    """
    return _Run(parts).run()


@dataclass(slots=True)
class _Run:
    """One run: the changes that are left, and the results so far, by address."""

    parts: PartialApply
    left: dict[str, Change] = field(init=False)
    results: dict[str, Result] = field(default_factory=dict)
    fleets: list[Fleet] = field(init=False)

    def __post_init__(self) -> None:
        self.left = {change.address: change for change in self.parts.plan}
        self.fleets = [Fleet.of(standing) for standing in self.parts.plan.rollouts]

    def run(self) -> tuple[list[Result], Plan]:
        plan = self.parts.plan
        done, found = self._apply(self._first())
        new = {result.change.address: result for result in done if result.ok or not result.unreached}
        for fleet in self.fleets:
            self._set_back_planned(fleet)
            created = [result for address, result in new.items() if address in fleet.evidence]
            self._take_in(fleet, [result.change for result in created], created, found)
            self._carry_out(fleet)
        self._apply(self._dependants())
        if plan.again:
            plan = self._look_again(plan)
        for fleet in self.fleets:
            # Of what was carried out the results say where it went.
            fleet.rollbacks = {address: each for address, each in fleet.rollbacks.items() if address in self.left}
        now = self.parts.session.connection.now()
        standings = tuple(fleet.standing(now) for fleet in self.fleets)
        after = replace(plan, changes=with_standings(plan.changes, standings, plan.again), rollouts=standings)
        self._leave(after)
        return [self.results[change.address] for change in plan], after

    def _look_again(self, plan: Plan) -> Plan:
        """Look up again what depends on the members that were changed; return the plan with what is due then."""
        from reconciler.workflow.second_look import look_again, with_second_looks

        found = look_again(self.parts, list(self.results.values()))
        for result in found:
            self.left.pop(result.change.address, None)
        self.results |= {result.change.address: result for result in found}
        return with_second_looks(plan, found)

    def _set_back_planned(self, fleet: Fleet) -> None:
        """Set the members back that failed since an earlier run changed them; they wait for no wave and no window."""
        due = [self.left.pop(address) for address, each in fleet.rollbacks.items() if each.due and address in self.left]
        if due and not self.parts.ended_by:
            done = set_back_planned(self.parts, fleet, due)
            self.results |= {result.change.address: result for result in done}
        else:
            self.left |= {change.address: change for change in due}

    def _first(self) -> list[Change]:
        """Return the changes that wait for no wave: those that no rollout governs, and objects that are new at once."""
        at_once = {address for standing in self.parts.plan.rollouts for address in standing.at_once}
        members = {address for fleet in self.fleets for address in fleet.evidence} - at_once
        return [change for change in self._not_after(members) if not change.waits and change.address not in members]

    def _not_after(self, members: AbstractSet[str]) -> list[Change]:
        """Return the changes that depend on no member that is still to be changed."""
        later = {address for address in self.left if address in members}
        for change in self.left.values():
            needed = () if change.deletes else change.depends_on
            if later.intersection((*needed, *change.after)):
                later.add(change.address)
        return [
            change
            for address, change in self.left.items()
            if address not in later and address not in self.parts.plan.again
        ]

    def _dependants(self) -> list[Change]:
        """Return the changes that waited for members on which they depend, and that can be carried out now."""
        members = {address for fleet in self.fleets for address in fleet.evidence}
        return [
            change
            for address, change in self.left.items()
            if address not in members
            and address not in self.parts.plan.again
            and not any(each in self.left and each not in self.parts.ids for each in change.depends_on)
            and not any(each in self.left for each in change.after)
        ]

    def _apply(self, changes: Sequence[Change]) -> tuple[list[Result], ReadBack | None]:
        """Apply some changes and read them back; one that depends on a failed one is skipped."""
        from reconciler.applying.results import Result

        ready = []
        for change in changes:
            del self.left[change.address]
            needed = (*(() if change.deletes else change.depends_on), *change.after)
            failed = [each for each in needed if each in self.results and not self.results[each].ok]
            if failed:
                self.results[change.address] = result = Result(change)
                result.skip(f"not tried: it depends on {failed[0]}, which was not applied")
                self.parts.progress(result)
            else:
                ready.append(change)
        done = self.parts.apply(ready) if ready else []
        self.results |= {result.change.address: result for result in done}
        return done, read_back(self.parts.session, done)

    def _carry_out(self, fleet: Fleet) -> None:
        """Change the members of a rollout, batch by batch, until no gate is open or something stands in the way."""
        connection = self.parts.session.connection
        while not self.parts.ended_by:
            standing = fleet.standing(connection.now())
            batch = next(filter(None, map(self._batch, standing.waves)), None)
            if batch is None:
                return
            done, found = self._apply(batch)
            self._take_in(fleet, batch, done, found)
            if any(result.unreached and not result.ok for result in done) or len(done) < len(batch):
                return  # nobody knows what became of these members: the next run sees

    def _batch(self, wave: WaveStanding) -> list[Change] | None:
        """Return the changes of a wave to carry out together.

        A shard keeps to the order of the whole wave, since other machines change the other members at the same time.
        """
        open_ones = [each.member.address for each in wave.members if each.state == "open" and not each.at_once]
        if not self.parts.session.options.plan.shard:
            open_ones = [address for address in open_ones if address in self.left]
        return [self.left[address] for address in open_ones[: wave.room] if address in self.left] or None

    def _take_in(self, fleet: Fleet, batch: Sequence[Change], done: Iterable[Result], found: ReadBack | None) -> None:
        """Take in what is known of the members of a batch now."""
        session = self.parts.session
        results = {result.change.address: result for result in done}
        well = [each.change.resource for each in results.values() if each.ok and each.change.resource]
        run_flows = session.options.rollout.verify
        healths = EvidenceReader(session, found.view).healths(well, run_flows=run_flows) if found else {}
        for change in batch:
            result = results.get(change.address)
            before = fleet.evidence[change.address]
            if result is None or (result.unreached and not result.ok):
                why = result.messages[0] if result and result.messages else "it was not tried"
                fleet.evidence[change.address] = Evidence(unknown=MAYBE.format(why), desired=before.desired)
            elif not result.ok:
                fleet.evidence[change.address] = replace(before, failed="; ".join(result.messages), live=None)
            else:
                health = healths.get(change.address)
                now = before.desired
                fleet.evidence[change.address] = Evidence(exempt=before.exempt, health=health, live=now, desired=now)
                if health and health.verdict == "failed" and not before.exempt:
                    result.fail(f"not healthy: {health.reason}")
        if fleet.rollbacks:
            set_back(self.parts, fleet, results.values())

    def _leave(self, after: Plan) -> None:
        """Note of each change that was not tried why it waits; behind a wave that stopped, it is skipped."""
        from reconciler.applying.results import Result

        stopped = {standing.rollout.name: standing.stopped for standing in after.rollouts}
        for change in after:
            if change.address not in self.left:
                continue
            self.results[change.address] = result = Result(self.left[change.address])
            place = change.rollout
            if self.parts.ended_by:
                result.skip(f"not tried: {self.parts.ended_by}")
            elif place is None or place.state == "open":
                result.wait("waiting", "waits for a later run: this one ended early in its rollout")
            elif place.state == "waiting" and change.address in stopped[place.rollout]:
                result.skip(f"not tried: {place.reason}")
            else:
                result.wait(place.state, place.reason)
            self.parts.progress(result)
