"""Runs flows and follows their runs until each has a verdict, many of them in one request.

A run has side effects, and starting one is not idempotent. So after a lost answer the run is looked for among those
that were not there before, and the flow is started once more only when none has come up. Nothing that goes wrong on the
way to the API is a failure of a flow: it is waited out, and in the end inconclusive.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import EndOfRun, Rejected, RequestFailed
from reconciler.model.tenant import Tenant
from reconciler.prismatic.fetch.answer_reads import answer_reads
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.concurrency import run_concurrently
from reconciler.verifying.clock import pause_after
from reconciler.verifying.step_results import NoResult, step_result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.capabilities.health import Runs
    from reconciler.model.execution import Execution
    from reconciler.model.tenant import Identity
    from reconciler.prismatic.client import Api
    from reconciler.verifying.clock import Clock
    from reconciler.verifying.trials import Trial

PAGE = 100
"""Runs that one request looks at."""
AT_ONCE = 4
BUSY_PAUSE, LONGEST_BUSY_PAUSE = 5.0, 60.0
LOOKS = (1.0, 2.0, 4.0, 8.0)
"""Seconds between the looks for a run whose answer was lost: runs may be listed late."""
READS = (1.0, 2.0, 4.0)
"""Seconds between the tries to read a step's result, which may be kept late."""


class Runner:
    """Runs the trials of one verification; ``progress`` is called with each that is settled."""

    def __init__(
        self, api: Api, identity: Identity, clock: Clock, progress: Callable[[Trial], None] = lambda _: None
    ) -> None:
        self._api = api
        self._identity = identity
        self._clock = clock
        self._progress = progress
        self.ended_by: EndOfRun | None = None
        """Why the verification ended early."""

    async def run(self, trials: Sequence[Trial]) -> None:
        """Settle every trial. What is not settled when the run ends early is inconclusive, with its reason."""
        pending = [trial for trial in trials if trial.stage != "done"]
        try:
            while pending:
                await self._round(pending)
                pending = self._unsettled(pending)
                if pending:
                    await self._clock.sleep(max(0.0, min(map(_next, pending)) - self._clock.monotonic()))
        except EndOfRun as error:
            self.ended_by = error
            for trial in pending:
                if trial.stage != "done":
                    trial.end("inconclusive", f"not known: {error}")
                    self._progress(trial)

    def _unsettled(self, pending: Sequence[Trial]) -> list[Trial]:
        left = []
        for trial in pending:
            if trial.stage != "done" and trial.begun is not None and self._clock.monotonic() >= trial.deadline:
                trial.give_up()
            if trial.stage == "done":
                self._progress(trial)
            else:
                left.append(trial)
        return left

    async def _round(self, pending: Sequence[Trial]) -> None:
        """Take every step that is due."""
        now = self._clock.monotonic()
        due = [trial for trial in pending if trial.due <= now]
        await run_concurrently((self._start(trial) for trial in due if trial.stage == "start"), limit=AT_ONCE)
        looking = [trial for trial in due if trial.stage == "look" and trial.due <= now]
        if looking:
            await self._look(looking)
        if any(trial.stage == "follow" and trial.due <= now for trial in due):
            # Those whose turn comes later share the request of those that are due.
            await self._follow([trial for trial in pending if trial.stage == "follow" and trial.due <= now + 1])
        reading = [trial for trial in pending if trial.stage == "read" and trial.due <= self._clock.monotonic()]
        await run_concurrently((self._read(trial) for trial in reading), limit=AT_ONCE)

    async def _start(self, trial: Trial) -> None:
        now = self._clock.monotonic()
        if trial.begun is None:
            trial.begun = now
        try:
            (answer,) = await self._api.call([Call(trial.runs.start, {"input": trial.test.input})])
        except RequestFailed as error:
            self._not_started(trial, str(error), lost=error.ambiguous, final=isinstance(error, Rejected))
            return
        if answer.errors:
            self._not_started(trial, "; ".join(answer.errors), lost=answer.ambiguous, final=not answer.ambiguous)
            return
        started = trial.runs.started(answer.data)
        if started.execution:
            trial.execution, trial.started = started.execution, self._clock.monotonic()
            trial.to("follow", trial.started + pause_after(0))
        elif started.busy:
            self._wait(trial, "too many runs of the customer at a time")
        elif started.reason:
            trial.end("inconclusive", f"it was not started: {self._api.clean(started.reason)}")
        else:
            trial.to("look", self._clock.monotonic() + LOOKS[0])

    def _not_started(self, trial: Trial, reason: str, *, lost: bool, final: bool) -> None:
        if lost:
            trial.to("look", self._clock.monotonic() + LOOKS[0])
        elif final:
            trial.end("inconclusive", f"it was not started: {reason}")
        else:
            self._wait(trial, reason)

    def _wait(self, trial: Trial, trouble: str) -> None:
        """Try to start it again after a while, longer each time."""
        trial.trouble, trial.attempts = trouble, trial.attempts + 1
        pause = min(BUSY_PAUSE * 2 ** (trial.attempts - 1), LONGEST_BUSY_PAUSE)
        trial.due = self._clock.monotonic() + pause

    async def _look(self, trials: Sequence[Trial]) -> None:
        """Look for runs whose answers were lost: the flow's runs that were not there before."""
        found = await self._runs_of_targets(trials)
        for trial in trials:
            runs = found.get(trial.test.target)
            fresh = [run for run in runs or () if run.id not in trial.known and run.retry_of is None]
            tests = [run for run in fresh if run.is_test]
            if fresh:
                chosen = (tests or fresh)[-1]
                trial.certain = len(tests) == 1
                trial.execution, trial.run = chosen.id, chosen
                trial.started = self._clock.monotonic()
                trial.to("follow", trial.started)
                trial.judge(trial.started)
                continue
            trial.attempts += 1
            if trial.attempts < len(LOOKS):
                trial.due = self._clock.monotonic() + LOOKS[trial.attempts]
            elif runs is None:
                trial.end("inconclusive", f"the answer to its start was lost: {trial.trouble}")
            elif trial.restarted:
                trial.end("inconclusive", "the answer to its start was lost twice, and no run of it was found")
            else:
                trial.restarted = True
                trial.to("start", self._clock.monotonic())

    async def _runs_of_targets(self, trials: Sequence[Trial]) -> dict[str, list[Execution]]:
        """Return the runs of each trial's target; what cannot be read is noted in the trial and left out."""
        tenant = Tenant(self._identity)
        reads = {trial.test.target: trial.runs.of_target(trial.test.target, trial.test.since) for trial in trials}
        try:
            await answer_reads(self._api, tenant, reads.values())
        except RequestFailed as error:
            for trial in trials:
                trial.trouble = str(error)
            return {}
        found: dict[str, list[Execution]] = {}
        for trial in trials:
            read = reads[trial.test.target]
            nodes = tenant.find(read.collection, read.key)
            found[trial.test.target] = [self._cleaned(trial.runs.execution(node)) for node in nodes]
        return found

    async def _follow(self, trials: Sequence[Trial]) -> None:
        """Look at many runs, a hundred in one request."""
        for start in range(0, len(trials), PAGE):
            await self._follow_page(trials[start : start + PAGE])

    async def _follow_page(self, trials: Sequence[Trial]) -> None:
        seen, trouble = await self._runs_by_id(trials[0].runs, [trial.execution for trial in trials])
        now = self._clock.monotonic()
        for trial in trials:
            trial.due = now + pause_after(now - trial.started)
            trial.trouble = trouble or ("" if trial.execution in seen else "the API does not list its run")
            if trial.execution in seen:
                trial.run = self._cleaned(seen[trial.execution])
                trial.judge(now)

    async def _runs_by_id(self, runs: Runs, ids: Sequence[str]) -> tuple[dict[str, Execution], str]:
        """Return the runs that the API lists, and why others are missing. A page may hold fewer than were asked for."""
        seen: dict[str, Execution] = {}
        left = list(ids)
        while left:
            try:
                (answer,) = await self._api.call([Call(runs.by_id, {"ids": left})])
            except RequestFailed as error:
                return seen, str(error)
            found = {node.id: runs.execution(node) for node in answer.data.nodes} if answer.data else {}
            seen |= found
            if answer.errors or not found:
                return seen, "; ".join(answer.errors)
            left = [each for each in left if each not in found]
        return seen, ""

    def _cleaned(self, run: Execution) -> Execution:
        return cleaned(run, self._api.clean)

    async def _read(self, trial: Trial) -> None:
        """Read a step's result and compare it."""
        expect = trial.test.expect
        if trial.begun is None:
            trial.begun = self._clock.monotonic()
        try:
            data = await step_result(self._api, trial.runs, trial.run.last.id if trial.run else "", expect.step)
        except NoResult as error:
            trial.attempts += 1
            if error.late and trial.patient and trial.attempts <= len(READS):
                trial.due = self._clock.monotonic() + READS[trial.attempts - 1]
            elif trial.is_earlier:
                trial.start_anew(self._clock.monotonic())
            else:
                trial.end("inconclusive", str(error))
            return
        shortfall = expect.holds(data)
        if shortfall and trial.is_earlier:
            trial.start_anew(self._clock.monotonic())
            return
        trial.end("failed" if shortfall else "passed", f"step {expect.step!r}: {shortfall}" if shortfall else "")


def cleaned(run: Execution, clean: Callable[[str], str]) -> Execution:
    """Return the run; secrets that are known are taken out of the errors that the flow reported."""
    attempts = tuple(cleaned(each, clean) for each in run.attempts)
    return replace(run, error=clean(run.error) if run.error else None, attempts=attempts)


def _next(trial: Trial) -> float:
    return trial.due if trial.begun is None else min(trial.due, trial.deadline)
