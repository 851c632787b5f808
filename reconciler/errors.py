"""Every error the product reports, as one tree, each with its exit code.

    ReconcilerError                 exit 1, one message
    ├── UsageError                  a command line that cannot be run
    ├── ManifestErrors              every problem found in the manifests, each at its place
    ├── PlanRefused                 the plan cannot be made or must not be carried out
    │   ├── StalePlan               the tenant, the manifests or a secret moved since a plan was saved
    │   └── WrongTenant             the token is of another organization than the environment
    ├── WouldBreak                  what is not published yet does not go with the manifests, as was told
    ├── Mistake                     one of our own
    └── ApiError                    the API did not do what was asked
        ├── Unreachable             no answer: host, proxy, TLS, time-out, connection lost
        ├── EndOfRun                nothing more can be sent
        │   ├── NotAuthenticated    … no token, a wrong one, or one that could not be refreshed
        │   ├── OutOfTime           … the time that the run may take is over
        │   └── Interrupted         … somebody wants the run to end
        ├── Throttled               still told to slow down after every retry
        ├── ServerFault             an answer of 5xx, or one that is no GraphQL answer
        └── Rejected                a GraphQL answer whose top-level ``errors`` say no
            └── Forbidden           … because the token may not see what was asked for

A user's mistake and the network's fault end as one of these, never as a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.diagnostic import Diagnostic


GONE = "the current folder does not exist any more; change to one that does"
"""What is said where the folder that a command was started in was deleted."""


class ReconcilerError(Exception):
    """The root of the tree: ``str()`` is what the user reads."""

    exit_code: int = 1
    advice: ClassVar[str] = ""
    """What to do about it, when that is the same for all errors of the class."""


class UsageError(ReconcilerError):
    """The command line asks for something that cannot be run."""


class _Problems(ReconcilerError):
    """Several problems, reported together and in the order of their places."""

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        unique = dict.fromkeys(problems)
        self.problems: Sequence[Diagnostic] = sorted(
            unique, key=lambda problem: (problem.place is None, problem.place or Place(""))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ManifestErrors(_Problems):
    """Everything that is wrong with the manifests."""


class PlanRefused(_Problems):
    """Everything that keeps a plan from being made or carried out."""


class StalePlan(PlanRefused):
    """A saved plan that no longer describes what would happen."""

    advice = "Nothing was changed. Make the plan anew and review it."


class WrongTenant(PlanRefused):
    """A token of another organization than the one that the environment stands for."""

    advice = "Nothing else was asked of the tenant, and nothing was changed."


class WouldBreak(ReconcilerError):
    """What is not published yet does not go with the manifests; the report told what, and of whom."""


class Mistake(ReconcilerError):
    """A mistake in our own code; ``str()`` is its traceback, without a secret."""


class ApiError(ReconcilerError):
    """The API did not do what was asked.

    ``ambiguous`` says that a mutation may have been carried out all the same.
    """

    def __init__(self, message: str, *, ambiguous: bool = False) -> None:
        super().__init__(message)
        self.ambiguous = ambiguous


class Unreachable(ApiError):
    """No answer came: host, proxy, TLS, a time-out, a connection lost."""


class EndOfRun(ApiError):
    """Nothing more can be sent, whatever it is."""


class NotAuthenticated(EndOfRun):
    """No token, a wrong token, or one that could not be refreshed."""


class OutOfTime(EndOfRun):
    """The time that the run may take is over: nothing more is sent."""


class Interrupted(EndOfRun):
    """Somebody wants the run to end: nothing more is sent. The process ends with ``exit_code``."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Throttled(ApiError):
    """Still told to slow down after every retry."""


class ServerFault(ApiError):
    """An answer of 5xx, or one that is not a GraphQL answer."""


class Rejected(ApiError):
    """A GraphQL answer whose top-level ``errors`` say no."""


class Forbidden(Rejected):
    """The token may not see what was asked for."""
