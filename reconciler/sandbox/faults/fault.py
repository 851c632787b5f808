"""A fault, and the requests that it strikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS: Mapping[str, str] = {
    "throttle": '429 with `{"detail": …}`; nothing is carried out',
    "error": "`status` (503) with an HTML page; nothing is carried out",
    "error-after": "`status` (504) with an HTML page, after everything was carried out",
    "timeout": "no answer for `seconds`, then the connection is cut; nothing is carried out",
    "timeout-after": "the same, after everything was carried out",
    "drop": "the connection is cut; nothing is carried out",
    "drop-after": "the connection is cut, after everything was carried out",
    "cut": "the connection is cut in the midst of the answer, after everything was carried out",
    "truncate": "half of the answer, as if it were all of it, after everything was carried out",
    "malformed": "200 and `application/json` that is none, after everything was carried out",
    "garbage": "200 with a web page, after everything was carried out",
    "partial": "one operation's answer is a top-level error beside the others' data; it was carried out",
    "unauthorized": "401, this once",
    "expire": "the access token expires: 401 until it is refreshed",
    "delay": "the answer comes `seconds` late",
}
"""What each kind of fault does, as in docs/sandbox.md."""

OPTIONS: Mapping[str, str] = {
    "field=NAME": "strikes what asks for this root field, such as `createInstance`",
    "at=N": "strikes the Nth request to `/api`, counted from 1 and from the last `DELETE /sandbox/log`",
    "operation=N": "strikes the request with the Nth operation; several operations can travel in one request",
    "every=N": "of the requests that these hold for, strikes each Nth",
    "chance=P": "of the requests that these hold for, strikes so many by chance: `0.05` is one in twenty",
    "times=N": "strikes so often: once where nothing is said, or `always`, as `every` and `chance` do by themselves",
    "status=N": "the HTTP status of `throttle`, `error` and `error-after`",
    "retry-after=N": "these say to come back in N seconds, or at a date with `date+N`; without it they do not say when",
    "seconds=N": "how long `timeout`, `timeout-after` (300) and `delay` take",
    "message=TEXT": "what the answer says, without a comma in it",
}
"""What each option of a fault does, as in docs/sandbox.md."""

BEFORE = frozenset({"throttle", "error", "timeout", "drop", "unauthorized"})
"""Kinds that keep the request from being carried out."""

BESIDE = frozenset({"partial", "expire", "delay"})
"""Kinds that combine with others; of the other kinds at most one strikes a request."""

DATE = "date+"
"""``date+N``, as ``retry_after``, is an HTTP date N seconds ahead."""


class ConnectionDropped(ConnectionError):
    """Raised by the application instead of an answer: a server would cut the connection."""


class NoAnswer(ConnectionDropped):
    """Raised by the application instead of an answer: a server would not answer before the client gives up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The position and content of a request: its number, that of its first operation, and its root fields in order.

    Requests to ``/api`` and their operations are counted from 1.
    """

    request: int
    first: int
    fields: Sequence[str]

    @property
    def operations(self) -> range:
        return range(self.first, self.first + len(self.fields))


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One fault, and the requests it strikes: those that all of its conditions hold for.

    ``at`` is a request's number, ``operation`` an operation's, ``field`` a root field of the schema; ``every``
    picks each Nth of the requests that these hold for, ``chance`` (0 to 1) picks by chance. ``times`` is how often
    it strikes, ``None`` for always. ``status``, ``retry_after``, ``seconds`` and ``message`` are what it does.
    """

    kind: str
    at: int | None = None
    operation: int | None = None
    field: str | None = None
    every: int | None = None
    chance: float | None = None
    times: int | None = 1
    status: int | None = None
    retry_after: str | None = None
    seconds: float = 0.0
    message: str | None = None

    def concerns(self, asked: Asked) -> bool:
        """Return whether the request is one from which ``every`` and ``chance`` pick."""
        return (
            self.at in {None, asked.request}
            and (self.field is None or self.field in asked.fields)
            and (self.operation is None or self.operation in asked.operations)
        )
