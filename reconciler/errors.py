"""Every error that the product reports, as one tree.

    ReconcilerError                 exit 1, one message
    ├── UsageError                  the command line cannot be run
    ├── ManifestErrors              the manifests have problems, each with its place
    ├── PlanRefused                 the plan cannot be made, or must not be applied
    │   ├── StalePlan               the tenant, the manifests or a secret changed since the plan was saved
    │   ├── UnknownToApi            the API's schema lacks what the plan needs
    │   └── WrongTenant             the token belongs to another organization than the environment
    ├── WouldBreak                  an unpublished definition would break manifests
    ├── Mistake                     a bug in reconciler
    └── ApiError                    the API did not do what was asked
        ├── EndOfRun                nothing more can be sent
        │   ├── NotAuthenticated    no token, a wrong token, or a token that could not be refreshed
        │   ├── OutOfTime           the run's time limit is over
        │   └── Interrupted         a user or the system ended the run
        └── RequestFailed           others can be sent
            ├── Unreachable         no answer: host, proxy, TLS, time-out, lost connection
            ├── Throttled           the rate limit was still exceeded after every retry
            ├── ServerFault         an HTTP status of 5xx, or an answer that is not GraphQL
            └── Rejected            a GraphQL answer with top-level ``errors``
                ├── Forbidden       the token lacks a permission
                └── Unexpected      an answer, or a refusal, of an API with another schema

User mistakes and network faults end as one of these, never as a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from reconciler.model.diagnostic import grouped
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.diagnostic import Diagnostic


GONE = "the current folder does not exist any more; change to one that does"
"""The message where the current folder was deleted."""

EXAMINE = (
    "This API is not as reconciler knows it. 'reconciler doctor' examines it without changing anything: it lists what "
    "is missing, and what works without it"
)
"""What to do where an answer is unexpected."""


class ReconcilerError(Exception):
    """The root of the tree; ``str()`` is the message for the user."""

    exit_code: int = 1
    advice: ClassVar[str] = ""
    """What the user can do about every error of the class."""


class UsageError(ReconcilerError):
    """A command line that cannot be run."""


class _Problems(ReconcilerError):
    """Several problems, in the order of their places, each once; those that members of a set share are one."""

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        unique = grouped(problems)
        self.problems: Sequence[Diagnostic] = sorted(
            unique, key=lambda problem: (problem.place is None, problem.place or Place(""))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ManifestErrors(_Problems):
    """All problems of the manifests."""


class PlanRefused(_Problems):
    """All reasons why a plan cannot be made or applied; ``plan`` is the plan where only its guardrails refuse it."""

    def __init__(self, problems: Iterable[Diagnostic], plan: Any = None) -> None:
        super().__init__(problems)
        self.plan = plan


class StalePlan(PlanRefused):
    """A saved plan that no longer matches the tenant, the manifests or the secrets."""

    advice = "Nothing was changed. Make the plan anew and review it."


class UnknownToApi(PlanRefused):
    """A plan whose mutations need what the API's schema lacks."""

    advice = f"Nothing was changed. {EXAMINE}."


class WrongTenant(PlanRefused):
    """A token that belongs to another organization than the environment declares."""

    advice = "Nothing else was asked of the tenant, and nothing was changed."


class WouldBreak(ReconcilerError):
    """An unpublished definition that would break manifests; the report lists which."""


class Mistake(ReconcilerError):
    """A bug in reconciler; ``str()`` is its traceback, without a secret."""


class ApiError(ReconcilerError):
    """The API did not do what was asked.

    ``ambiguous`` is true where a mutation may have been executed although it seems to have failed.
    """

    def __init__(self, message: str, *, ambiguous: bool = False) -> None:
        super().__init__(message)
        self.ambiguous = ambiguous


class EndOfRun(ApiError):
    """A failure after which no request can be sent."""


class NotAuthenticated(EndOfRun):
    """No token, a wrong token, or a token that could not be refreshed."""


class OutOfTime(EndOfRun):
    """The run's time limit is over."""


class Interrupted(EndOfRun):
    """A user or the system ended the run; the process ends with ``exit_code``."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class RequestFailed(ApiError):
    """A request that failed; further ones can be sent."""


class Unreachable(RequestFailed):
    """No answer: host, proxy, TLS, a time-out or a lost connection."""


class Throttled(RequestFailed):
    """The rate limit was still exceeded after every retry."""


class ServerFault(RequestFailed):
    """An HTTP status of 5xx, or an answer that is not GraphQL."""


class Rejected(RequestFailed):
    """A GraphQL answer with top-level ``errors``."""


class Forbidden(Rejected):
    """The token lacks a permission for what was asked."""


class Unexpected(Rejected):
    """An answer that does not have the form of the known schema, or a refusal of a part of that schema."""

    advice = f"{EXAMINE}."
