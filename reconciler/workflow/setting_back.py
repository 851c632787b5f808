"""Setting members of a rollout back that failed, and holding them there: each once, and so that a kill loses nothing.

The first write moves a member to its former version, and puts on the label that holds it, with one that notes that the
rest is still to be done. So no run takes the member for one that waits for its change. Then come its former values, the
deploy, and last of all the note goes. A run that finds the note deploys and takes it off; what a member's values were
before is known only to the run that changed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from msgspec import structs

from reconciler.applying.results import Result, SetBack
from reconciler.errors import ReconcilerError
from reconciler.model.capabilities.rollback import Reversal
from reconciler.model.reserved_labels import UNFINISHED, held_labels
from reconciler.model.view import DiffContext
from reconciler.workflow.rollbacks import labels_of, reversal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from reconciler.model.capabilities.ownership import Labels
    from reconciler.model.capabilities.rollback import Rollback
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Change
    from reconciler.workflow.partial_apply import PartialApply
    from reconciler.workflow.rollouts import Fleet

UNKNOWN = "the next run goes on: {}"
UNREADABLE = "it cannot be read any more"
NOT_KEPT = "the API did not keep its former values"
NOT_MOVED = "the API did not keep its former version"
NOT_DEPLOYED = "it still waits for a deploy"


@dataclass(slots=True)
class Task:
    """One member to set back: the change that failed, how to take it back, and what became of that so far."""

    change: Change
    reversal: Reversal
    labels: frozenset[str]
    """The label that holds it."""
    begun: bool = False
    """Whether an earlier run wrote the labels, and moved it."""
    deploys: bool = True
    failure: str = ""
    lost: bool = False
    """Whether an error of ours or of the network ended it: the next run goes on."""
    held: bool = False
    back: bool = False
    """Whether there is anything to take back, so that it is not only held."""
    done: list[str] = field(default_factory=list)
    """The mutations that the API carried out."""
    notes: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.change.address

    @property
    def rollback(self) -> Rollback:
        rollback = self.change.kind.rollback
        if rollback is None:
            raise LookupError(self.address)
        return rollback

    @property
    def label_rules(self) -> Labels:
        labels = self.change.kind.labels
        if labels is None:
            raise LookupError(self.address)
        return labels

    def fail(self, message: str, *, lost: bool = False) -> None:
        """Note why it cannot be set back; ``lost``: nobody knows what became of it."""
        self.failure = self.failure or message
        self.lost = self.lost or lost

    @property
    def outcome(self) -> SetBack:
        """What became of it."""
        version = self.reversal.version
        failure = UNKNOWN.format(self.failure) if self.lost else self.failure
        return SetBack(version.label if version and self.back else None, self.back, self.held, failure)


@dataclass(frozen=True, slots=True)
class SettingBack:
    """Sets members back, all of them together, step by step."""

    parts: PartialApply
    tasks: Sequence[Task]
    lives: dict[str, Live] = field(default_factory=dict)

    def run(self) -> Mapping[str, SetBack]:
        """Set the members back and hold them; return what became of each by its address."""
        if self._read(self.tasks):
            self._hold()
            self._restore()
            self._settle()
        return {task.address: task.outcome for task in self.tasks}

    @property
    def _going(self) -> list[Task]:
        """The members that go back and that nothing has stopped so far."""
        return [task for task in self.tasks if task.back and not task.failure]

    def _read(self, tasks: Sequence[Task]) -> bool:
        """Read the live objects; labels are written as a whole set, so they are read just before."""
        if not tasks or self._is_over(tasks):
            return False
        reading = self.parts.session.reading(salvaging=True)
        reads = {task.address: task.label_rules.by_id(self.parts.ids[task.address]) for task in tasks}
        try:
            reading.read(reads.values())
        except ReconcilerError as error:
            for task in tasks:
                task.fail(str(error), lost=True)
            return False
        for task in tasks:
            each = reads[task.address]
            found = reading.tenant.find(each.collection, each.key)
            if found:
                self.lives[task.address] = task.change.kind.finder.live(found[0])
            else:
                task.fail(UNREADABLE, lost=True)
        return True

    def _is_over(self, tasks: Iterable[Task]) -> bool:
        """Return whether the run ended, and note in that case that the members are left to the next one."""
        for task in tasks if self.parts.ended_by else ():
            task.fail(str(self.parts.ended_by), lost=True)
        return self.parts.ended_by is not None

    def _hold(self) -> None:
        """Put on the label that holds a member, and move it to its former version, in one write."""
        found = [task for task in self.tasks if task.address in self.lives]
        for task in found:
            values = any(step.action != "deploy" for step in task.rollback.restore(task.reversal, self._live(task)))
            task.back = task.begun or self._is_away(task) or values
            task.held = task.begun
        self._write([task for task in found if not task.begun], self._hold_step)
        again = [task for task in found if task.failure and not task.lost and not task.held]
        # Refused, perhaps for the version: at least the failed manifest must not be tried again and again.
        for task in again:
            task.back = False
        self._write(again, self._hold_step)

    def _hold_step(self, task: Task) -> Sequence[Step]:
        live, note = self._live(task), frozenset({UNFINISHED} if task.back else ())
        version = task.reversal.version if task.back and self._is_away(task) else None
        unwanted = held_labels(live.labels) - task.labels - note
        return [task.rollback.hold(live, task.labels | note, unwanted, version)]

    def _restore(self) -> None:
        """Write the former values, and deploy."""
        fresh = [task for task in self._going if task.reversal.before is not None]
        if fresh:
            self._read(fresh)
        self._write(
            [task for task in self._going if task.deploys],
            lambda task: task.rollback.restore(task.reversal, self._live(task)),
            follow_up=True,
        )

    def _settle(self) -> None:
        """Read the members once more, say what did not take, and take off the note that something is left to do."""
        done = [task for task in self.tasks if task.back and not task.lost]
        if not self._read(done):
            return
        for task in self._going:
            left = task.rollback.restore(task.reversal, self._live(task))
            if self._is_away(task):
                task.fail(NOT_MOVED)
            elif any(step.action != "deploy" for step in left):
                task.fail(NOT_KEPT)
            elif left and task.deploys:
                task.fail("; ".join(task.notes) or NOT_DEPLOYED)
        noted = [task for task in done if UNFINISHED in self._live(task).labels and not task.lost]
        self._write(noted, self._settle_step)

    def _settle_step(self, task: Task) -> Sequence[Step]:
        return [task.label_rules.release(self._live(task), {UNFINISHED})]

    def running(self, task: Task) -> Version | None:
        """Return the version that a member had when it was last read; ``None``: it was not."""
        versions, live = task.change.kind.versions, self.lives.get(task.address)
        return versions.running(live) if versions and live else None

    def _is_away(self, task: Task) -> bool:
        """Return whether a member has another version than the one that it goes back to."""
        version, running = task.reversal.version, self.running(task)
        return bool(version and running and running.id != version.id)

    def _live(self, task: Task) -> Live:
        return self.lives[task.address]

    def _write(
        self, tasks: Iterable[Task], steps: Callable[[Task], Sequence[Step]], *, follow_up: bool = False
    ) -> None:
        """Carry out steps of some members, and note what failed."""
        made = {task.address: task for task in tasks}
        if self._is_over(made.values()):
            return
        changes = [self._change(task, tuple(steps(task)), follow_up=follow_up) for task in made.values()]
        due = [change for change in changes if change.steps]
        for result in self.parts.apply(due, quietly=True) if due else ():
            task = made[result.change.address]
            task.done += result.done
            task.notes += result.notes
            if result.ok:
                task.held = True
            else:
                task.fail("; ".join(result.messages), lost=result.unreached or result.status == "skipped")

    def _change(self, task: Task, steps: tuple[Step, ...], *, follow_up: bool) -> Change:
        """Return the steps as a change; with ``follow_up`` the answers may change what is left of them."""
        live, before = self._live(task), task.change.context
        context = structs.replace(before, live=live) if before else DiffContext(task.reversal.view, live)
        return replace(
            task.change,
            steps=steps,
            resource=task.rollback.bare(task.reversal.resource) if follow_up else None,
            context=context if follow_up else None,
            live=live,
            depends_on=(),
        )


def set_back(parts: PartialApply, fleet: Fleet, results: Iterable[Result]) -> None:
    """Set the members back whose changes failed in this run, and hold them; note in each result what became of it.

    An error of ours or of the network is no failure of the member, and an object that was not created has no label.
    """
    failed = {
        result.change.address: result
        for result in results
        if result.status in {"failed", "not converged"} and not result.unreached and result.change.address in parts.ids
    }
    tasks = []
    declared = _declared(parts, failed)
    for address, result in failed.items():
        change, resource = result.change, declared[address]
        planned, evidence = fleet.rollbacks.get(address), fleet.planned[address]
        version = planned.version if planned else None
        if change.context and change.kind.rollback:
            # Where the plan has no version to go back to, the values stay too: they may not fit.
            whole = reversal_of(change, resource, evidence, version)
            reversal = whole if version else Reversal(resource, change.context.view)
            tasks.append(Task(change, reversal, labels_of(parts.session, change.context.view, resource)))
    _carry_out(parts, fleet, tasks, failed)


def set_back_planned(parts: PartialApply, fleet: Fleet, changes: Sequence[Change]) -> list[Result]:
    """Set the members back that the plan has, and finish what earlier runs began; return a result for each."""
    results = {change.address: Result(change) for change in changes}
    size, declared = fleet.rollout.max_concurrent, _declared(parts, results)
    for group in (changes[at : at + size] for at in range(0, len(changes), size)):
        tasks = []
        for change in group:
            evidence, resource = fleet.evidence[change.address], declared[change.address]
            begun = evidence.held and evidence.unfinished
            if change.context is None:
                continue
            view = change.context.view
            version = fleet.rollbacks[change.address].version
            reversal = Reversal(resource, view, failed=evidence.desired, version=version)
            labels = labels_of(parts.session, view, resource)
            tasks.append(Task(change, reversal, labels, begun, deploys=not begun or len(change.steps) > 1))
            if not begun:
                results[change.address].fail(change.reason.partition("; goes back")[0])
        _carry_out(parts, fleet, tasks, results)
    for result in results.values():
        parts.progress(result)
    return list(results.values())


def _carry_out(parts: PartialApply, fleet: Fleet, tasks: Sequence[Task], results: Mapping[str, Result]) -> None:
    """Set members back, and note in the results and in what is known of the members what became of them."""
    setting_back = SettingBack(parts, tasks)
    outcomes = setting_back.run()
    for task in tasks:
        address = task.address
        result, known, outcome = results[address], fleet.evidence[address], outcomes[address]
        fleet.evidence[address] = replace(
            known,
            failed="; ".join(result.messages) or known.failed,
            held=outcome.held,
            difference="update" if outcome.back and not task.lost else known.difference,
            live=setting_back.running(task),
        )
        result.set_back = outcome
        result.done += task.done
        # What was read before it went back is no longer true.
        result.live = result.compared = None
        if outcome.failure:
            result.fail(message_of(outcome))
        else:
            result.notes.append(message_of(outcome))


def _declared(parts: PartialApply, addresses: Container[str]) -> dict[str, Resource]:
    return {each.address: each for each in parts.session.manifests.resources if each.address in addresses}


def message_of(outcome: SetBack) -> str:
    """Return in words what became of a member that failed."""
    if outcome.failure:
        return f"could not be set back: {outcome.failure}" + ("; it is held" if outcome.held else "")
    if not outcome.back:
        return "held as it is"
    version = "its former config variables" if outcome.version is None else f"version {outcome.version}"
    return f"went back to {version}, and is held there"
