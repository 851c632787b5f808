"""Rows that were fetched together: related rows are fetched for all of them in one statement.

GraphQL resolves field by field and row by row. Without this, a page of a hundred rows would ask the store a hundred
times for each related object, and a thousand times one level below.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.resolvers.listing import SIBLINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.resolvers.listing import Condition, Listing, Selection


class Member(dict[str, Any]):
    """A row with a reference to the rows that were fetched with it."""

    __slots__ = ("siblings",)
    siblings: Siblings


class Siblings:
    """Rows that were fetched together, and the results that are cached for all of them.

    They live as long as the answer to one root field; nothing is written meanwhile.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, find_out: Callable[[], Any]) -> Any:
        """Return the cached result of a key; compute it at the first call."""
        if key not in self._known:
            self._known[key] = find_out()
        return self._known[key]

    def values(self, column: str) -> list[Any]:
        """Return the distinct values of a column, without null."""
        return list(dict.fromkeys(row[column] for row in self.rows if row[column] is not None))


def together(rows: Iterable[Row]) -> list[Row]:
    """Return the rows as siblings."""
    members = [Member(row) for row in rows]
    siblings = Siblings(members)
    for member in members:
        member.siblings = siblings
    return list(members)


def siblings_of(row: Row) -> Siblings:
    """Return the row's siblings; of a row that was fetched alone, itself."""
    return row.siblings if isinstance(row, Member) else Siblings([row])


def found_by_id(store: Store, table: str, parent: Row, column: str) -> Row | None:
    """Return the row whose ID a column of ``parent`` holds."""
    if parent[column] is None:
        return None
    siblings = siblings_of(parent)

    def find() -> Mapping[str, Row]:
        sql = f"SELECT * FROM {table} WHERE id IN ({SIBLINGS})"  # noqa: S608 - names of our own
        return {row["id"]: row for row in together(store.rows(sql, (json.dumps(siblings.values(column)),)))}

    found: Mapping[str, Row] = siblings.once((table, column), find)
    return found.get(parent[column])


def beside(store: Store, parent: Row, sql: str, column: str = "id") -> list[Row]:
    """Return the rows of a statement whose ``part`` is the value of ``parent`` in a column.

    The only parameter of the statement is a JSON list of the values of all siblings.
    """
    siblings = siblings_of(parent)

    def find() -> Mapping[Any, list[Row]]:
        return _by_part(together(store.rows(sql, (json.dumps(siblings.values(column)),))))

    found: Mapping[Any, list[Row]] = siblings.once(sql, find)
    return found.get(parent[column], [])


def _by_part(rows: Iterable[Row]) -> Mapping[Any, list[Row]]:
    parts: dict[Any, list[Row]] = {}
    for row in rows:
        parts.setdefault(row["part"], []).append(row)
    return parts


@dataclass(frozen=True, slots=True)
class Together:
    """A source whose rows are siblings, page by page."""

    selection: Selection

    def count(self) -> int:
        return self.selection.count()

    def slice(self, start: int, stop: int) -> list[Row]:
        return together(self.selection.slice(start, stop))


@dataclass(frozen=True, slots=True)
class Below:
    """The relation of a list to its parent.

    ``partition`` is SQL over the list's table for what ``column`` of the parent holds; ``within`` is a condition with
    all the parents' values as its one parameter, where an index needs it put another way.
    """

    partition: str
    column: str = "id"
    within: str = ""

    def condition(self, values: Sequence[Any]) -> Condition:
        return self.within or f"{self.partition} IN ({SIBLINGS})", (json.dumps(values),)


@dataclass(frozen=True, slots=True)
class Nested:
    """A source of pages: the rows of a list below one parent."""

    tenant: Tenant
    listing: Listing
    below: Below
    parent: Row
    arguments: Mapping[str, Any]
    scope: Sequence[Condition] = field(default=())

    def count(self) -> int:
        counts: Mapping[Any, int] = self._once("count", self._counts)
        return counts.get(self._value, 0)

    def slice(self, start: int, stop: int) -> list[Row]:
        pages: Mapping[Any, list[Row]] = self._once((start, stop), lambda: self._pages(start, stop))
        return pages.get(self._value, [])

    @property
    def _value(self) -> Any:
        return self.parent[self.below.column]

    def _once(self, what: Hashable, find_out: Callable[[], Any]) -> Any:
        key = (self.listing.table, self.below.partition, repr(self.arguments), what)
        return siblings_of(self.parent).once(key, find_out)

    def _counts(self) -> Mapping[Any, int]:
        return self._selection().counts(self.below.partition)

    def _pages(self, start: int, stop: int) -> Mapping[Any, list[Row]]:
        return _by_part(together(self._selection().slices(self.below.partition, start, stop)))

    def _selection(self) -> Selection:
        values = siblings_of(self.parent).values(self.below.column)
        return self.listing.select(self.tenant, self.arguments, [self.below.condition(values), *self.scope])
