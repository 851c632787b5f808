"""From the arguments of a list to SQL: filters and orders, by the names of the arguments.

An argument is a filter's name, with an operator behind it or none: ``name``, ``name_Icontains``,
``updatedAt_Gte``, ``id_In``. Null, an empty string and an empty list filter nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.data.tenant import Tenant

Condition = tuple[str, tuple[Any, ...]]

PAGING = frozenset({"first", "last", "after", "before", "offset", "orderBy", "sortBy"})

SIBLINGS = "SELECT value FROM json_each(?)"
"""SQL for the values of a parameter that is a JSON list."""

_OPERATORS = {
    "Gt": "{} > ?",
    "Gte": "{} >= ?",
    "Lt": "{} < ?",
    "Lte": "{} <= ?",
    "Icontains": "instr(fold({}), fold(?)) > 0",
    "Istartswith": "instr(fold({}), fold(?)) = 1",
    "In": f"{{}} IN ({SIBLINGS})",
    "Isnull": "({} IS NULL) = ?",
}
_TEXT = frozenset({"name", "externalId", "customer_ExternalId", "description", "category", "email", "key", "flow_Name"})
_TEXT_FILTERS = {"exact": "{} = ?", "caseless": "fold({}) = fold(?)", "contains": "instr(fold({}), fold(?)) > 0"}
LABELS = {
    "labels_Contains": "EXISTS (SELECT 1 FROM json_each(t.labels) WHERE value = ?)",
    "labels_Icontains": "EXISTS (SELECT 1 FROM json_each(t.labels) WHERE instr(fold(value), fold(?)) > 0)",
}


@dataclass(frozen=True, slots=True)
class Through:
    """A filter on a field of another table's row, whose ID a column holds."""

    column: str
    table: str
    field: str

    def condition(self, template: str) -> str:
        """Return the condition, in a form that uses indexes."""
        return f"t.{self.column} IN (SELECT id FROM {self.table} WHERE {template.format(self.field)})"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Listing:
    """The filters and orders of one table in a Relay connection.

    ``filters`` and ``orders`` map names to SQL expressions over the table, which is called ``t``;
    ``conditions`` are whole conditions with one parameter, for arguments that are more than a comparison.
    """

    table: str
    filters: Mapping[str, str | Through] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    default_order: str = "t.seq"

    def condition(self, argument: str, value: Any, text: str = "exact") -> Condition:
        """Return the SQL condition of an argument; ``text`` is the way in which filters by text match."""
        if argument in self.conditions:
            return self.conditions[argument], (json.dumps(value) if isinstance(value, list) else value,)
        if argument in self.filters:
            template = _TEXT_FILTERS[text if argument in _TEXT else "exact"]
            return self._compared(argument, template), (value,)
        name, _, operator = argument.rpartition("_")
        template = _OPERATORS[operator]
        return self._compared(name, template), (json.dumps(value) if operator == "In" else value,)

    def _compared(self, name: str, template: str) -> str:
        what = self.filters[name]
        return what.condition(template) if isinstance(what, Through) else template.format(what)

    def order(self, arguments: Mapping[str, Any]) -> str:
        """Return the ``ORDER BY`` list; the order of creation decides between equals."""
        asked = [arguments.get("orderBy"), *(arguments.get("sortBy") or ())]
        terms = [f"{self.orders[item['field']]} {item['direction']}" for item in asked if item]
        return ", ".join(dict.fromkeys([*terms, self.default_order, "t.seq"]))

    def select(self, tenant: Tenant, arguments: Mapping[str, Any], scope: Sequence[Condition] = ()) -> Selection:
        """Return the rows that the arguments select among those that meet ``scope``."""
        conditions = list(scope)
        for argument, value in arguments.items():
            if argument not in PAGING and value is not None and value not in ("", []):
                conditions.append(self.condition(argument, value, tenant.variants.text_filters))
        where = " AND ".join(condition for condition, _ in conditions) or "1"
        parameters = tuple(value for _, values in conditions for value in values)
        return Selection(tenant.store, self.table, where, parameters, self.order(arguments))


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a query, fetched on demand."""

    store: Store
    table: str
    where: str
    parameters: tuple[Any, ...]
    order: str

    # Only the sandbox's own expressions are put into these statements; what clients send is bound.
    def count(self) -> int:
        sql = f"SELECT count(*) FROM {self.table} t WHERE {self.where}"  # noqa: S608
        return int(self.store.value(sql, self.parameters))

    def slice(self, start: int, stop: int) -> list[Row]:
        sql = f"SELECT t.* FROM {self.table} t WHERE {self.where} ORDER BY {self.order} LIMIT ? OFFSET ?"  # noqa: S608
        return self.store.rows(sql, (*self.parameters, max(0, stop - start), start))

    def counts(self, partition: str) -> dict[Any, int]:
        """Return how many rows there are of each value of an expression."""
        sql = f"SELECT {partition} AS part, count(*) AS number FROM {self.table} t WHERE {self.where} GROUP BY part"  # noqa: S608
        return {row["part"]: row["number"] for row in self.store.rows(sql, self.parameters)}

    def slices(self, partition: str, start: int, stop: int) -> list[Row]:
        """Return a slice of the rows of each value of an expression, which is their ``part``."""
        numbered = (
            f"SELECT t.*, {partition} AS part,"  # noqa: S608
            f" row_number() OVER (PARTITION BY {partition} ORDER BY {self.order}) AS position"
            f" FROM {self.table} t WHERE {self.where}"
        )
        sql = f"SELECT * FROM ({numbered}) WHERE position > ? AND position <= ? ORDER BY position"  # noqa: S608
        return self.store.rows(sql, (*self.parameters, start, max(start, stop)))
