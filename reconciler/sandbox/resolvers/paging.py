"""Relay connections: pages of a list, with cursors that are positions."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PREFIX = "arrayconnection:"
_LAST = 2**31
"""A limit on positions: SQLite has no much larger integers."""


class Source(Protocol):
    """A list with a count and slices."""

    def count(self) -> int: ...
    def slice(self, start: int, stop: int) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Items:
    """A source that is in memory already."""

    items: Sequence[Any]

    def count(self) -> int:
        return len(self.items)

    def slice(self, start: int, stop: int) -> Sequence[Any]:
        return self.items[start:stop]


def cursor(position: int) -> str:
    return base64.b64encode(f"{_PREFIX}{position}".encode()).decode("ascii")


def position(text: str | None) -> int | None:
    """Return the position of a cursor, or ``None`` for a blank or unreadable one."""
    if not text:
        return None
    try:
        decoded = base64.b64decode(text, validate=True).decode()
        return min(int(decoded.removeprefix(_PREFIX)), _LAST) if decoded.startswith(_PREFIX) else None
    except (binascii.Error, ValueError):
        return None


@dataclass(slots=True)
class Page:
    """The part of a list that the arguments select, fetched on first use."""

    source: Source
    arguments: Mapping[str, Any]
    cap: int
    start: int = 0
    has_next: bool = False
    has_previous: bool = False
    _rows: Sequence[Any] | None = field(default=None)
    _total: int | None = field(default=None)

    def rows(self) -> Sequence[Any]:
        if self._rows is None:
            self._rows = self._backward() if self._is_backward() else self._forward()
        return self._rows

    def total(self) -> int:
        if self._total is None:
            self._total = self.source.count()
        return self._total

    def edges(self) -> list[dict[str, Any]]:
        return [{"cursor": cursor(self.start + index), "node": row} for index, row in enumerate(self.rows())]

    def info(self) -> dict[str, Any]:
        count = len(self.rows())
        return {
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": cursor(self.start) if count else None,
            "endCursor": cursor(self.start + count - 1) if count else None,
        }

    def _is_backward(self) -> bool:
        return self.arguments.get("last") is not None or position(self.arguments.get("before")) is not None

    def _first_position(self) -> int:
        after = position(self.arguments.get("after"))
        return (-1 if after is None else max(after, -1)) + 1 + max(0, self.arguments.get("offset") or 0)

    def _forward(self) -> Sequence[Any]:
        asked = self.arguments.get("first")
        size = self.cap if asked is None else min(asked, self.cap)
        self.start = self._first_position()
        found = self.source.slice(self.start, self.start + size + 1)
        self.has_next = len(found) > size
        return found[:size]

    def _backward(self) -> Sequence[Any]:
        """Return the rows for ``before`` and ``last``, which depend on the length of the list."""
        lower = self._first_position()
        before = position(self.arguments.get("before"))
        total = self.total()
        stop = upper = max(lower, total if before is None else min(max(before, 0), total))
        start = lower
        first, last = self.arguments.get("first"), self.arguments.get("last")
        if first is not None:
            stop = min(stop, start + first)
        if last is not None:
            start = max(start, stop - min(last, self.cap))
        stop = min(stop, start + self.cap)
        self.start = start
        self.has_next = first is not None and stop < upper
        self.has_previous = last is not None and start > lower
        return self.source.slice(start, stop)


def page(source: Source, arguments: Mapping[str, Any], cap: int, *, refuse_over_cap: bool = False) -> Page:
    """Return the page, or raise a GraphQL error for an invalid size."""
    for name in ("first", "last"):
        size = arguments.get(name)
        if size is not None and size < 0:
            raise GraphQLError(f"Argument '{name}' must be a non-negative integer.")
        if size is not None and size > cap and refuse_over_cap:
            raise GraphQLError(f"Requesting {size} records exceeds the '{name}' limit of {cap} records.")
    return Page(source, arguments, cap)
