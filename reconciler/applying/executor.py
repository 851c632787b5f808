"""The executor: carries a plan out, step by step, independent steps together, and keeps every result.

Each change has a queue of steps. A round sends the steps that are due first, ordered by phase and then by the level of
their kind: a customer exists before its instances, and every configuration is written before any deploy, so that no
deploy runs with half of its configuration. Rounds, rather than one queue for each change, let steps of many changes
share a request. After each answer the kind may revise the rest of its queue. A failure ends its own change and skips
the changes that depend on it; nothing else. A step whose answer was lost is looked up or sent again; see
``recovery.py``.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.applying.payload import MAYBE, Understood, understand, understand_look
from reconciler.applying.recovery import Case, Resolution, resolve
from reconciler.applying.results import Result
from reconciler.errors import ApiError, EndOfRun, Interrupted
from reconciler.model.step import IdOf, Phase
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.response import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.applying.failure_limit import FailureLimit
    from reconciler.applying.recovery import LookUp
    from reconciler.model.answers import Node
    from reconciler.model.step import Step
    from reconciler.planning.plan import Change, Plan
    from reconciler.prismatic.client import Api

FIRST = 5
SLOW_SECONDS = 5.0
"""A request over this is slow. A deploy can take seconds, and gateways cut long requests off."""
AT_ONCE = 4
"""Requests of one round that are in flight together."""


@dataclass(slots=True)
class BatchSize:
    """The size of the next batch: doubled after a quick one, halved after a slow one, never over ``largest``."""

    largest: int
    size: int = 0

    def __post_init__(self) -> None:
        self.size = min(self.size or FIRST, self.largest)

    def took(self, seconds: float) -> None:
        """Adapt the size to the duration of one request, in seconds."""
        self.size = max(1, self.size // 2) if seconds > SLOW_SECONDS else min(self.largest, self.size * 2)


@dataclass(slots=True)
class _Task:
    """One change under way: its remaining steps, and its result so far."""

    change: Change
    result: Result
    steps: deque[Step] = field(default_factory=deque)
    resent: bool = False
    """Whether the next step was sent before and its answer lost."""

    @property
    def due(self) -> tuple[int, int]:
        """The sort key of the next step. Deletes go down the levels of the kinds, all other steps go up."""
        step, level = self.steps[0], self.change.kind.level
        return (step.phase, -level if step.phase is Phase.DELETE else level)


class Executor:
    """Carries one plan out over one API connection.

    ``look_up`` finds the object of a creation whose answer was lost. ``progress`` gets every result once it is final.
    ``batch`` is the size of requests, and ``limit`` ends a run that fails alike everywhere; several executors may share
    both.
    """

    def __init__(
        self,
        plan: Plan,
        api: Api,
        look_up: LookUp,
        *,
        batch: BatchSize,
        limit: FailureLimit,
        progress: Callable[[Result], None] | None = None,
    ) -> None:
        self._api = api
        self._look_up = look_up
        self.ids: dict[str, str] = dict(plan.live_ids)
        """The ID of each object by its address, those that this run created too."""
        self._tasks = {change.address: _Task(change, Result(change), deque(change.steps)) for change in plan}
        self._batch = batch
        self._limit = limit
        self._progress = progress or (lambda _: None)
        self._waits_for = self._dependencies()
        self.ended_by: EndOfRun | None = None
        """Why the run ended early: nothing more is sent."""

    async def run(self) -> list[Result]:
        """Carry out all that can be; return the results in the plan's order."""
        while not self._over and (ready := self._ready()):
            due = min(task.due for task in ready)
            await self._round([task for task in ready if task.due == due])
        if self.ended_by:
            self._give_up(str(self.ended_by), failing=not isinstance(self.ended_by, Interrupted))
        elif self._limit.reason:
            self._give_up(self._limit.reason)
        return [task.result for task in self._tasks.values()]

    @property
    def _over(self) -> bool:
        """Whether nothing more is sent."""
        return self.ended_by is not None or bool(self._limit.reason)

    def _dependencies(self) -> dict[str, list[str]]:
        """Return the changes each must wait for; a delete waits for the deletes of what depends on it."""
        waits: dict[str, list[str]] = {address: [] for address in self._tasks}
        for address, task in self._tasks.items():
            waits[address] += (each for each in task.change.after if each in self._tasks)
            for needed in task.change.depends_on:
                if needed not in self._tasks:
                    continue
                if not task.change.deletes:
                    waits[address].append(needed)
                elif self._tasks[needed].change.deletes:
                    waits[needed].append(address)
        return waits

    def _ready(self) -> list[_Task]:
        """Return the tasks whose next step can be sent; skip those that depend on a failed one."""
        self._skip_dependants()
        return [
            task
            for address, task in self._tasks.items()
            if task.steps and not any(self._tasks[each].steps for each in self._waits_for[address])
        ]

    def _skip_dependants(self) -> None:
        changed = True
        while changed:
            changed = False
            for address, task in self._tasks.items():
                failed = [each for each in self._waits_for[address] if not self._tasks[each].result.ok]
                if task.steps and failed:
                    task.steps.clear()
                    task.result.skip(f"not tried: it depends on {failed[0]}, which was not applied")
                    self._progress(task.result)
                    changed = True

    async def _round(self, tasks: Sequence[_Task]) -> None:
        """Take the next step of each task, in waves of requests under way together."""
        waiting = deque(tasks)
        while waiting and not self._over:
            wave = list(self._wave(waiting))
            async with asyncio.TaskGroup() as group:
                for batch in wave:
                    group.create_task(self._send(batch))

    def _wave(self, waiting: deque[_Task]) -> Iterator[list[_Task]]:
        at_once = AT_ONCE if self._batch.size == self._batch.largest else 1
        for _ in range(at_once):
            batch = [waiting.popleft() for _ in range(min(self._batch.size, len(waiting)))]
            if batch:
                yield batch

    async def _send(self, batch: Sequence[_Task]) -> None:
        calls = [self._call(task.steps[0]) for task in batch]
        started = time.monotonic()
        try:
            answers = await self._api.call(calls)
        except EndOfRun as error:
            # No further request can succeed; those in flight still get their answers.
            self.ended_by = error
            if error.ambiguous:
                self._lose(batch, str(error))
            return
        except ApiError as error:
            took = time.monotonic() - started
            answers = [Answer(None, (str(error),), error.ambiguous, took, unreached=True)] * len(batch)
        self._batch.took(max(answer.seconds for answer in answers))
        understood = [_understood(task, answer) for task, answer in zip(batch, answers, strict=True)]
        resolutions = await self._resolutions(batch, understood)
        for task, answer, each in zip(batch, answers, understood, strict=True):
            task.result.unreached = answer.unreached or answer.forbidden or answer.transient or each.doubtful
            self._take_in(task, each, resolutions.get(task.change.address, Resolution()))

    async def _resolutions(self, batch: Sequence[_Task], understood: Sequence[Understood]) -> dict[str, Resolution]:
        """Find out whether the failed steps were carried out nevertheless, or somebody else was faster."""
        answered = zip(batch, understood, strict=True)
        cases = [
            Case(task.change.address, task.steps[0], each, task.resent) for task, each in answered if each.failures
        ]
        try:
            return await resolve(cases, self._look_up)
        except EndOfRun as error:
            self.ended_by = error
            return {}

    def _lose(self, batch: Sequence[_Task], message: str) -> None:
        """Fail the changes whose steps were in flight when the run ended."""
        for task in batch:
            task.result.unreached = True
            task.result.fail(message, f"{task.steps[0].operation.field}: {MAYBE}")
            task.steps.clear()
            self._progress(task.result)

    def _give_up(self, reason: str, *, failing: bool = False) -> None:
        """Settle the changes that are left; ``failing``: those that nothing was sent for have failed, too."""
        for task in self._tasks.values():
            if not task.steps:
                continue
            left = [step.operation.field for step in task.steps if step.operation.mutation]
            field = task.steps[0].operation.field
            task.steps.clear()
            task.result.unreached = True
            if task.resent:
                task.result.fail(reason, f"{field}: {MAYBE}")
            elif task.result.done:
                task.result.cut_short(left or [field], reason)
            elif failing:
                task.result.fail(reason)
            else:
                task.result.skip(f"not tried: {reason}")
            self._progress(task.result)

    def _call(self, step: Step) -> Call:
        """Return the request of a step; a phase has either mutations or queries, so a batch mixes none."""
        filled = self._filled(step.input)
        return Call(step.operation, {"input": filled} if step.operation.mutation else filled)

    def _filled(self, value: Any) -> Any:
        """Return a step's input with the IDs of the objects that this run created."""
        if isinstance(value, IdOf):
            return self.ids[value.address]
        if isinstance(value, Mapping):
            return {key: item if isinstance(item, str) else self._filled(item) for key, item in value.items()}
        return [self._filled(item) for item in value] if isinstance(value, list) else value

    def _take_in(self, task: _Task, understood: Understood, resolution: Resolution) -> None:
        step = task.steps[0]
        if resolution.note:
            task.result.notes.append(f"{step.operation.field}: {resolution.note}")
        if resolution.again:
            task.resent = True
            return
        if resolution.done:
            understood = Understood(resolution.node)
        task.steps.popleft()
        task.resent = False
        failures = [*understood.failures, *filter(None, [resolution.failure])]
        if failures:
            task.steps.clear()
            task.result.fail(*(f"{step.operation.field}: {failure}" for failure in failures))
            self._limit.note(task.result)
        else:
            if step.operation.mutation:
                task.result.done.append(step.operation.field)
            if understood.node and step.action == "create" and not resolution.done:
                task.result.created = understood.node.id
            if understood.node and step.phase is not Phase.DELETE:
                self._revise(task, step, understood.node)
        if not task.steps:
            self._progress(task.result)

    def _revise(self, task: _Task, step: Step, node: Node) -> None:
        """Note the object's ID, and let its kind revise the remaining steps."""
        change = task.change
        self.ids[change.address] = node.id
        if change.resource and change.context and change.kind.follow_up:
            revision = change.kind.follow_up.revise(change.resource, change.context, step, node, tuple(task.steps))
            task.steps = deque(revision.steps)
            task.result.notes += revision.notes


def _understood(task: _Task, answer: Answer) -> Understood:
    """Return what the answer to a task's next step means. Every mutation but a deletion must return its object."""
    if not task.steps[0].operation.mutation:
        return understand_look(answer)
    understood = understand(answer)
    given_back = understood.node is not None and understood.node.id
    if understood.failures or given_back or task.steps[0].phase is Phase.DELETE:
        return understood
    return Understood(failures=("the API gave no object back", MAYBE))
