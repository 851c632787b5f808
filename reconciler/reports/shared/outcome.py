"""What a run came to: one object, from which every report is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from reconciler.errors import ManifestErrors, PlanRefused, UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.pasted_tokens import without_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.errors import ReconcilerError
    from reconciler.impact.verdict import Verdict
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.http.stats import Stats
    from reconciler.receipts.compare import Explanation

Command = Literal["plan", "apply", "drift", "validate", "forget"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result, or not the one that was asked for; ``advice`` says what to do about it."""

    problems: tuple[Diagnostic, ...]
    advice: str = ""

    @classmethod
    def of(cls, error: ReconcilerError) -> Self:
        """Return what an error of ours says, problem by problem."""
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
    """The current folder within the repository, with ``/`` between names: what the names of files begin at."""
    full_report: str = ""
    """Where the whole of what a short report leaves out is found: an address, or the name of a file."""
    marker_key: bytes = field(default=b"", repr=False)
    """Signs the hidden line of a comment; empty where the run has no secret to sign with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a report can tell of one run.

    Without a ``plan`` nothing could be compared, and ``failure`` says why; or it was a validation, which never has one:
    ``valid`` counts the manifests by kind, and ``cautions`` are what it warns of. With both, the plan was made and not
    carried out, or only as far as there are ``results``, which are those of an apply. ``authorize_urls`` are secrets
    and only for who asked for them.
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
    """By address, how a drift came about, in two or three words; empty where that cannot be told."""
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By address, sentences to say about one change."""
    notes: Sequence[str] = ()
    """Sentences to say about the whole."""
    explanation: Explanation | None = None
    """A drift in the light of a receipt, in full."""
    verdicts: Sequence[Verdict] = ()
    """What definitions that are not published would do; the failure then holds what would be wrong."""
    verbose: bool = False
    surroundings: RunContext = RunContext()

    @property
    def warnings(self) -> Sequence[Diagnostic]:
        """What a reader should know, whether there is a plan or not."""
        return self.plan.warnings if self.plan else self.cautions

    def sayings_of(self, address: str) -> list[str]:
        """Return what is to be said of one address: how it came about, then the rest."""
        origin = self.origins.get(address)
        return [*([origin] if origin else []), *self.remarks.get(address, ())]
