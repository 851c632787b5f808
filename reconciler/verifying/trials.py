"""One flow under test: where its run has come to, and what that means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from reconciler.model.execution import NOTHING
from reconciler.model.health import Check

if TYPE_CHECKING:
    from reconciler.model.capabilities.health import FlowTest, Runs
    from reconciler.model.execution import Execution
    from reconciler.model.health import Verdict

Stage = Literal["start", "look", "follow", "read", "done"]
"""``start``: to be started. ``look``: the answer was lost, so its run is looked for. ``follow``: it runs. ``read``: it
ended, and a step's result is still to be read."""
NOT_OURS = "the answer to its start was lost, so that it may be somebody else's run"


@dataclass(slots=True)
class Trial:
    """One flow under test. Times are those of the clock, in seconds; ``due`` is that of its next step."""

    test: FlowTest
    runs: Runs
    stage: Stage = "start"
    due: float = 0.0
    begun: float | None = None
    """When it was first tried to start it."""
    started: float = 0.0
    """When its run began."""
    known: frozenset[str] = frozenset()
    """The IDs of runs that were there before the start."""
    execution: str = ""
    run: Execution | None = None
    certain: bool = True
    """Whether the run is certainly the one that was started here."""
    attempts: int = 0
    """How often the current stage was tried."""
    patient: bool = True
    """Whether a step's result that is not kept yet is waited for; that of an old run comes no more."""
    restarted: bool = False
    is_earlier: bool = False
    """Whether the run is one from before, which may make another one unnecessary."""
    trouble: str = ""
    """Why the last look failed, or what it is waiting for."""
    check: Check | None = field(default=None)

    def to(self, stage: Stage, due: float) -> None:
        """Go to another stage, whose first step is due at a time."""
        self.stage, self.due, self.attempts = stage, due, 0

    def start_anew(self, now: float) -> None:
        """Start a run of its own: the earlier one does not show what is expected."""
        self.is_earlier, self.run, self.execution = False, None, ""
        self.to("start", now)

    def end(self, verdict: Verdict, reason: str = "") -> None:
        """Settle the check. What may be somebody else's run proves nothing when it fails."""
        if verdict == "failed" and not self.certain:
            verdict, reason = "inconclusive", f"{reason}; {NOT_OURS}"
        self.stage = "done"
        self.check = Check(self.test.name, verdict, reason, self.run.last.id if self.run else self.execution)

    @property
    def deadline(self) -> float:
        return (self.begun or 0.0) + self.test.timeout

    def give_up(self) -> None:
        """Settle the check when the time is over: that is no failure."""
        waited = f"within {_duration(self.test.timeout)}"
        run = self.run
        if run and run.state == "retrying":
            self.end("inconclusive", f"it failed, and a retry is due at {run.last.retry_next_at}, not {waited}")
        elif self.stage == "start":
            self.end("inconclusive", f"it was not started {waited}: {self.trouble or 'the API gave no answer'}")
        elif self.stage == "look":
            self.end("inconclusive", f"the answer to its start was lost, and no run was found {waited}")
        elif self.trouble:
            self.end("inconclusive", f"its end was not seen {waited}: {self.trouble}")
        else:
            self.end("inconclusive", f"its run did not end {waited}")

    def judge(self, now: float) -> None:
        """Decide by the state of the run; where a step's result decides, read it next."""
        run = self.run
        if run is None or run.state in {"running", "retrying"}:
            return
        wanted = self.test.expect.status
        said = f": {run.error_line}" if run.error_line else ""
        if run.state == "nothing":
            words = NOTHING.get(run.last.result_type or "", f"it ended as {run.last.result_type or run.last.status}")
            self.end("inconclusive", f"its run shows nothing: {words}")
        elif run.state == "failed" and wanted == "success":
            self.end("failed", f"its run failed{said}")
        elif run.state == "succeeded" and wanted == "error":
            self.end("failed", "its run succeeded, and was expected to fail")
        elif self.test.expect.step:
            self.to("read", now)
        else:
            self.end("passed")


def _duration(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
