"""The content of the page, as data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from reconciler.sandbox.data.config_variables import config_states
from reconciler.sandbox.page.rows import moment, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.sandbox.data.audit import AuditLog, Entry, Unserved
    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.state import State

CUSTOMERS, INSTANCES, OPERATIONS = 25, 50, 30
"""How many of each are shown at once."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page: ``size`` rows at once of ``columns``, selected by the SQL of ``source``.

    The parameter ``:search`` is the text that was searched for, in lower case; it is empty if there is none.
    """

    name: str
    size: int
    columns: str
    source: str
    order: str


_CUSTOMERS = Table(
    "customers",
    CUSTOMERS,
    "c.name, c.externalId, c.labels, (SELECT count(*) FROM users WHERE customer = c.id) AS users,"
    " (SELECT count(*) FROM instances WHERE customer = c.id AND NOT isSystem) AS instances",
    "FROM customers c WHERE NOT c.isSystem"
    " AND (:search = '' OR instr(fold(c.name), :search) OR instr(fold(coalesce(c.externalId, '')), :search))",
    "fold(c.name), c.seq",
)
_INSTANCES = Table(
    "instances",
    INSTANCES,
    "i.*, c.name AS customerName, v.name AS integrationName, v.versionNumber, v.draft",
    "FROM instances i JOIN customers c ON c.id = i.customer JOIN integrations v ON v.id = i.integration"
    " WHERE NOT i.isSystem AND (:search = '' OR instr(fold(i.name), :search) OR instr(fold(c.name), :search)"
    " OR instr(fold(v.name), :search))",
    "fold(c.name), fold(i.name), i.seq",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a table; ``earlier`` and ``later`` are links, or ``None`` at either end."""

    rows: Sequence[Row]
    first: int
    total: int
    earlier: str | None
    later: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page shows; ``counts`` are of the whole tenant, also during a search."""

    organization: str
    url: str
    now: str
    search: str
    counts: Mapping[str, int]
    customers: Part
    instances: Part
    integrations: Sequence[Row]
    operations: Sequence[Mapping[str, Any]]
    requests: int


def overview(sandbox: State, asked: Mapping[str, str], url: str) -> Overview:
    """Return everything that the page shows.

    ``asked`` may have ``q``, a text to search for, and the numbers of the pages of ``customers`` and ``instances``. An
    impossible number means the first page. The number of SQL statements does not depend on the size of the tenant.
    """
    store, search = sandbox.store, asked.get("q", "").strip()
    pages = {table.name: _number(asked.get(table.name)) for table in (_CUSTOMERS, _INSTANCES)}
    customers, instances = (_part(store, table, search, pages) for table in (_CUSTOMERS, _INSTANCES))
    states = config_states(sandbox.tenant, [row["id"] for row in instances.rows])
    for row in customers.rows:
        row["labels"] = json.loads(row["labels"])
    for row in instances.rows:
        row["status"] = status_of(row, states[row["id"]])
        row["lastDeployedAt"] = moment(row["lastDeployedAt"])
    return Overview(
        organization=store.value("SELECT name FROM organization"),
        url=url,
        now=moment(sandbox.tenant.clock.now().isoformat()) or "",
        search=search,
        counts=_counts(store),
        customers=customers,
        instances=instances,
        integrations=_integrations(store),
        operations=_operations(sandbox.log),
        requests=sandbox.log.requests,
    )


def _part(store: Store, table: Table, search: str, pages: Mapping[str, int]) -> Part:
    """Return the page of a table that ``pages`` names, or its last page."""
    parameters = {"search": search.casefold()}
    total = store.rows(f"SELECT count(*) AS number {table.source}", parameters)[0]["number"]
    page = min(pages[table.name], max(1, -(-total // table.size)))
    first = (page - 1) * table.size
    rows = store.rows(
        f"SELECT {table.columns} {table.source} ORDER BY {table.order} LIMIT :size OFFSET :first",
        {**parameters, "size": table.size, "first": first},
    )
    earlier = _link(search, pages, table.name, page - 1) if page > 1 else None
    later = _link(search, pages, table.name, page + 1) if first + table.size < total else None
    return Part(rows, first + 1, total, earlier, later)


def _link(search: str, pages: Mapping[str, int], name: str, page: int) -> str:
    """Return the address of another page of a table; the other table stays on its page."""
    kept = {each: number for each, number in {**pages, name: page}.items() if number > 1}
    return f"/?{urlencode({**({'q': search} if search else {}), **kept})}#{name}"


def _counts(store: Store) -> Mapping[str, int]:
    found = store.row(
        "SELECT (SELECT count(*) FROM customers WHERE NOT isSystem) AS customers,"
        " (SELECT count(*) FROM users) AS users,"
        " (SELECT count(*) FROM instances WHERE NOT isSystem) AS instances,"
        " (SELECT count(DISTINCT versionSequenceId) FROM integrations) AS integrations,"
        " (SELECT count(*) FROM scoped_config_variables WHERE NOT implied) AS connections,"
        " (SELECT count(*) FROM customer_config_variables) AS customerConnections,"
        " (SELECT count(*) FROM alert_webhooks) AS webhooks, (SELECT count(*) FROM alert_groups) AS groups,"
        " (SELECT count(*) FROM alert_monitors) AS monitors,"
        " (SELECT count(*) FROM external_log_streams) AS streams"
    )
    return found or {}


def _integrations(store: Store) -> list[Row]:
    return store.rows(
        "SELECT d.name, d.hasUnpublishedChanges AS unpublished, max(v.versionNumber) AS latest,"
        " max(CASE WHEN v.versionIsAvailable THEN v.versionNumber END) AS available"
        " FROM integrations d LEFT JOIN integrations v ON v.versionSequenceId = d.versionSequenceId AND NOT v.draft"
        " WHERE d.draft GROUP BY d.id ORDER BY fold(d.name)"
    )


def _operations(log: AuditLog) -> list[dict[str, Any]]:
    """Return the latest operations and requests, newest first. Their arguments may be secrets and are left out."""
    found = [_operation(entry) for entry in log.entries[-OPERATIONS:]]
    found += [_unserved(each) for each in log.unserved[-OPERATIONS:]]
    # Sorting is stable: operations of one request stay in their order, and are reversed with the rest.
    return sorted(found, key=lambda each: int(each["request"]))[: -OPERATIONS - 1 : -1]


def _operation(entry: Entry) -> dict[str, Any]:
    return {
        "at": moment(entry.at),
        "request": entry.request,
        "operation": f"{entry.operation} {entry.field}",
        "outcome": "done" if entry.ok else "refused",
        "errors": entry.errors,
        "faults": entry.faults,
        "milliseconds": round(entry.seconds * 1000),
    }


def _unserved(each: Unserved) -> dict[str, Any]:
    return {
        "at": moment(each.at),
        "request": each.request,
        "operation": ", ".join(each.fields) or "a request",
        "outcome": f"not carried out: HTTP {each.status}" if each.status else "not carried out: no answer",
        "errors": (),
        "faults": each.faults,
        "milliseconds": None,
    }


def _number(text: str | None) -> int:
    return max(1, int(text[:9])) if text and text.isascii() and text.isdecimal() else 1
