"""Misbehaviour on demand: what an API, a proxy or the network can do to a request.

Fault                       what the client sees
--------------------------  ------------------------------------------------------------
``throttle``                429 with ``{"detail": …}``; ``Retry-After`` when ``retry_after`` is set
``error``                   ``status`` (500, 502, 503 …) with an HTML page
``unauthorized``            401, as for an expired token
``drop``                    the connection is lost, before anything happened
``drop-after``              the connection is lost, after everything was carried out
``truncate``                half of a JSON answer, after everything was carried out
``garbage``                 200 with something that is no JSON, after everything was carried out
``partial``                 the field's answer replaced by a top-level error, after it was carried out
``delay``                   the answer comes ``seconds`` late
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Collection

Kind = Literal["throttle", "error", "unauthorized", "drop", "drop-after", "truncate", "garbage", "partial", "delay"]

BEFORE = frozenset({"throttle", "error", "unauthorized", "drop"})
"""Faults that keep the request from being carried out."""


class ConnectionDropped(ConnectionError):
    """Raised out of the application where a server would cut the connection without an answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One fault and the requests it strikes.

    Without ``at`` and ``field`` it strikes every request. ``at`` counts the requests to ``/api`` from 1,
    ``field`` names a root field of the schema. ``times`` is how often it strikes, ``None`` for always.
    """

    kind: Kind
    at: int | None = None
    field: str | None = None
    times: int | None = 1
    status: int = 503
    retry_after: str | None = None
    seconds: float = 0.0
    message: str = "Internal server error"

    def strikes(self, request: int, fields: Collection[str]) -> bool:
        return self.at in {None, request} and (self.field is None or self.field in fields)


@dataclass(slots=True)
class Faults:
    """The faults that are set; each is used up after striking ``times`` times."""

    pending: list[Fault] = field(default_factory=list)
    struck: list[Fault] = field(default_factory=list)
    _uses: dict[int, int] = field(default_factory=dict)

    def add(self, kind: Kind, **options: object) -> Fault:
        """Set a fault; the options are the fields of :class:`Fault`. Raises ``ValueError`` for an unknown kind."""
        if kind not in get_args(Kind):
            raise ValueError(f"There is no fault {kind!r}. Known: {', '.join(get_args(Kind))}.")
        fault = Fault(kind, **options)  # type: ignore[arg-type] # checked where they are used, by name
        self.pending.append(fault)
        return fault

    def clear(self) -> None:
        self.pending.clear()
        self._uses.clear()

    def take(self, request: int, fields: Collection[str]) -> list[Fault]:
        """Return the faults that strike this request, and count them as used."""
        found = [fault for fault in self.pending if fault.strikes(request, fields)]
        for fault in found:
            self.struck.append(fault)
            uses = self._uses.get(id(fault), 0) + 1
            self._uses[id(fault)] = uses
            if fault.times is not None and uses >= fault.times:
                self.pending.remove(fault)
                del self._uses[id(fault)]
        return found
