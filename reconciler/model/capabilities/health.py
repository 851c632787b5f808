"""Health: what shows whether a live object works, and which flows can be run to find out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from reconciler.model.execution import Execution
    from reconciler.model.health import Check
    from reconciler.model.operation import Operation
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read, Tenant


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a run must come to; ``holds`` checks a step's result, which nothing may show."""

    status: Literal["success", "error"] = "success"
    step: str = ""
    """The name of the step whose result is checked; empty: none is."""
    path: str = ""
    holds: Callable[[Any], str] = field(default=lambda _: "", repr=False)
    """Return why a step's result is not as expected, without any of it; empty for one that is."""


@dataclass(frozen=True, slots=True)
class FlowTest:
    """One flow to run: ``input`` is that of the mutation, with secrets in it."""

    flow: str
    target: str
    """The ID of what is run, by which its runs are found."""
    input: Mapping[str, Any] = field(repr=False)
    expect: Expectation = Expectation()
    timeout: float = 300.0
    """Seconds to wait for the end of the run."""
    since: str | None = None
    """The time of the last deploy: earlier runs show nothing."""
    hindrance: str = ""
    """Why it cannot be run now; empty if it can be."""
    earlier: tuple[Execution, ...] = ()
    """Its runs since the last deploy, the latest first."""

    @property
    def name(self) -> str:
        """The name of its check."""
        return f"flow {self.flow}"

    @property
    def settled_by(self) -> Execution | None:
        """The latest successful run since the last deploy, unless a later one failed: it need not be run again."""
        ended = [run for run in self._requests if run.state in {"succeeded", "failed"}]
        return ended[0] if ended and ended[0].state == "succeeded" and self.expect.status == "success" else None

    @property
    def latest(self) -> Execution | None:
        """The latest run since the last deploy that shows something: a canceled one and an empty poll do not."""
        return next((run for run in self._requests if run.state != "nothing"), None)

    @property
    def _requests(self) -> Sequence[Execution]:
        """The earlier runs without their retries, which count with the run that they repeat."""
        return [run for run in self.earlier if run.retry_of is None]


@dataclass(frozen=True, slots=True)
class Runs:
    """The operations that start a run and look at runs, and how their answers are read."""

    start: Operation
    by_id: Operation
    """Takes ``ids``, a hundred at most."""
    step_results: Operation
    """Takes ``execution``, and ``name`` or ``title`` of the step."""
    of_target: Callable[[str, str | None], Read]
    """Return what reads the latest runs of a target since a time, the latest first."""
    latest: Operation
    """Takes ``instance``, the ID of an object, and ``first``, how many of its latest runs to return."""
    execution: Callable[[Any], Execution]
    """Return a node of the API as an execution."""
    started: Callable[[Any], Started]
    """Return what the answer to ``start`` says."""
    step_name: Callable[[str], str]
    """Return a step's name in the form that the API looks it up by."""


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to a start: the run's ID, or why there is none. ``busy``: too many runs at a time, try later."""

    execution: str = ""
    busy: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read besides the objects; ``clean`` takes secrets out of a text that a flow reported."""

    tenant: Tenant
    clean: Callable[[str], str] = lambda text: text


@dataclass(frozen=True, slots=True)
class HealthChecks:
    """How the live objects of a kind are verified. ``verifying/`` asks, after an apply or at any time.

    >>> from reconciler.kinds.registry import default_registry
    >>> [kind.name for kind in default_registry() if kind.health]
    ['Instance']
    """

    field: str
    """The field of the spec that declares the checks; it is no field of the live object."""
    reads: Callable[[Resource, Live], Iterable[Read]]
    """Yield what reads the evidence that the object's own fields do not hold."""
    checks: Callable[[Resource, Live, Evidence], Sequence[Check]]
    """Return the checks that need no run, from the object and the evidence."""
    tests: Callable[[Resource, Live, Tenant], Sequence[FlowTest]]
    """Return the flows that the manifest wants to have run, with their runs so far."""
    flows: Callable[[Mapping[str, Any]], Sequence[str]]
    """Return the names of the flows that a spec wants to have run after a deploy."""
    deployed_at: Callable[[Live], datetime | None]
    """Return when the object was last deployed."""
    runs: Runs
