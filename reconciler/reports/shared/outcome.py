"""The outcome of a run: one object, from which every report is rendered, and its entries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self

from reconciler.errors import ManifestErrors, PlanRefused, UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.reports.shared.marker_key import NO_KEY
from reconciler.secrets.pasted_tokens import without_tokens
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.errors import ReconcilerError
    from reconciler.impact.verdict import Verdict
    from reconciler.model.health import Health
    from reconciler.model.listed import Listed
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.http.stats import Stats
    from reconciler.receipts.compare import Explanation
    from reconciler.reports.shared.marker_key import MarkerKey

Command = Literal["plan", "apply", "drift", "verify", "validate", "forget", "watch"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run has no result or an incomplete one; ``advice`` says what to do."""

    problems: tuple[Diagnostic, ...]
    advice: str = ""

    @classmethod
    def of(cls, error: ReconcilerError) -> Self:
        if isinstance(error, (ManifestErrors, PlanRefused)):
            return cls(tuple(error.problems), error.advice)
        message = without_tokens(str(error)) if isinstance(error, UsageError) else str(error)
        return cls(tuple(Diagnostic(line) for line in message.splitlines()), error.advice)

    @classmethod
    def saying(cls, message: str) -> Self:
        return cls((Diagnostic(message),))


@dataclass(frozen=True, slots=True)
class RunContext:
    """Where a run takes place, as far as a report has to know."""

    folder: str = ""
    """The current folder within the repository, with ``/`` between names; names of files are relative to it."""
    full_report: str = ""
    """Where the whole report is, if this one is cut: a URL or the name of a file."""
    marker_key: MarkerKey = NO_KEY
    """Signs the hidden line of a comment; empty where the run has no secret to sign with."""


@dataclass(frozen=True)
class Outcome:
    """Everything that a report can show of one run.

    Without a ``plan`` nothing was compared: ``failure`` is the reason, or the run was a validation, whose ``valid``
    counts the manifests by kind and whose ``cautions`` are its warnings. With a plan and a failure, the plan was made
    but not carried out, or only as far as the ``results`` of the apply go. ``authorize_urls`` are secrets, present only
    if the user asked for them.
    """

    command: Command
    plan: Plan | None = None
    results: Sequence[Result] = ()
    failure: Failure | None = None
    valid: Mapping[str, int] | None = None
    cautions: Sequence[Diagnostic] = ()
    project: str | None = None
    environment: str | None = None
    stats: Stats | None = None
    authorize_urls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    """The cause of each drift, by address, in two or three words; empty if unknown."""
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Remarks on single changes, by address."""
    notes: Sequence[str] = ()
    """Remarks on the whole run."""
    explanation: Explanation | None = None
    """A drift in the light of a receipt, in full."""
    verdicts: Sequence[Verdict] = ()
    """The impact of unpublished definitions; the failure then holds the problems that they would cause."""
    healths: Sequence[Health] = ()
    """The health of what was verified: by ``verify`` of its targets, by ``apply`` of what it deployed."""
    unmanaged: Sequence[Listed] | None = None
    """The live objects that nobody declares, grouped; ``None``: nobody asked for them."""
    verbose: bool = False
    surroundings: RunContext = RunContext()

    @property
    def for_people(self) -> Self:
        """The outcome with problems without the IDs of live objects, unless the user asks for them."""
        if self.verbose or self.failure is None:
            return self
        return replace(self, failure=replace(self.failure, problems=readable_problems(self.failure.problems)))

    @cached_property
    def readable(self) -> Callable[[str], str]:
        """What takes the IDs of undeclared objects out of a message, unless the user asks for them."""
        if self.verbose or self.plan is None:
            return str
        from reconciler.reports.shared.names import without_ids

        return without_ids(self.plan)

    @property
    def warnings(self) -> Sequence[Diagnostic]:
        """The warnings, as a reader understands them."""
        if self.plan is None:
            return self.cautions
        readable = self.readable
        return [
            replace(each, message=readable(each.message), address=each.address and readable(each.address))
            for each in self.plan.warnings
        ]

    def sayings_of(self, address: str) -> list[str]:
        """Return the remarks on one address, its cause first."""
        origin = self.origins.get(address)
        return [*([origin] if origin else []), *self.remarks_on(address)]

    def remarks_on(self, address: str) -> Sequence[str]:
        """Return the remarks on one address, as a reader understands them."""
        return [*map(self.readable, self.remarks.get(address, ()))]


def readable_problems(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the problems without the IDs of live objects."""
    from reconciler.reports.shared.names import without_live_ids

    return tuple(replace(each, message=without_live_ids(each.message)) for each in problems)


def valid_line(counts: Mapping[str, int]) -> str:
    """Return the result of a validation, from the number of manifests by kind."""
    parts = [counted(count, kind) for kind, count in sorted(counts.items())]
    return f"Valid: {', '.join(parts) or 'no resources'}"
