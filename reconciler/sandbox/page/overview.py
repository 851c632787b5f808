"""What the page shows, as data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from reconciler.sandbox.data.config_variables import config_states

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.sandbox.data.audit import AuditLog, Entry, Unserved
    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.state import State

CUSTOMERS, INSTANCES, OPERATIONS = 25, 50, 30
"""How many of each are shown at once."""

_CUSTOMERS = (
    "FROM customers c WHERE NOT c.isSystem"
    " AND (:sought = '' OR instr(fold(c.name), :sought) OR instr(fold(coalesce(c.externalId, '')), :sought))"
)
_INSTANCES = (
    "FROM instances i JOIN customers c ON c.id = i.customer JOIN integrations v ON v.id = i.integration"
    " WHERE NOT i.isSystem AND (:sought = '' OR instr(fold(i.name), :sought) OR instr(fold(c.name), :sought)"
    " OR instr(fold(v.name), :sought))"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a table; ``earlier`` and ``later`` are links, or ``None`` where there is no more."""

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
    """All that the page shows; ``counts`` are of the whole tenant, whatever is sought."""

    organization: str
    url: str
    sought: str
    counts: Mapping[str, int]
    customers: Part
    instances: Part
    integrations: Sequence[Row]
    operations: Sequence[Mapping[str, Any]]
    requests: int


def overview(sandbox: State, asked: Mapping[str, str], url: str) -> Overview:
    """Return what there is to see.

    ``asked`` may have ``q``, what is sought, and ``customers`` and ``instances``, numbers of pages; those that make
    no sense mean the first. It takes the same few statements, however much is in the tenant.
    """
    store, sought = sandbox.store, asked.get("q", "").strip()
    pages = {name: _number(asked.get(name)) for name in ("customers", "instances")}
    parameters = {"sought": sought.casefold()}

    def part(name: str, size: int, source: str, columns: str, order: str) -> Part:
        total = store.rows(f"SELECT count(*) AS number {source}", parameters)[0]["number"]
        page = min(pages[name], max(1, -(-total // size)))
        first = (page - 1) * size
        found = store.rows(
            f"SELECT {columns} {source} ORDER BY {order} LIMIT :size OFFSET :first",
            {**parameters, "size": size, "first": first},
        )

        def link(other: int) -> str:
            chosen = {**pages, name: other}
            kept = {each: number for each, number in chosen.items() if number > 1}
            return f"/?{urlencode({**({'q': sought} if sought else {}), **kept})}#{name}"

        earlier = link(page - 1) if page > 1 else None
        return Part(found, first + 1, total, earlier, link(page + 1) if first + size < total else None)

    customers = part("customers", CUSTOMERS, _CUSTOMERS, _customer_columns(), "fold(c.name), c.seq")
    instances = part("instances", INSTANCES, _INSTANCES, _instance_columns(), "fold(c.name), fold(i.name), i.seq")
    states = config_states(sandbox.tenant, [row["id"] for row in instances.rows])
    for row in customers.rows:
        row["labels"] = json.loads(row["labels"])
    for row in instances.rows:
        row["status"] = _status(row, states[row["id"]])
        row["lastDeployedAt"] = _moment(row["lastDeployedAt"])
    return Overview(
        organization=store.value("SELECT name FROM organization"),
        url=url,
        sought=sought,
        counts=_counts(store),
        customers=customers,
        instances=instances,
        integrations=_integrations(store),
        operations=_operations(sandbox.log),
        requests=sandbox.log.requests,
    )


def _customer_columns() -> str:
    return (
        "c.name, c.externalId, c.labels, (SELECT count(*) FROM users WHERE customer = c.id) AS users,"
        " (SELECT count(*) FROM instances WHERE customer = c.id AND NOT isSystem) AS instances"
    )


def _instance_columns() -> str:
    return "i.*, c.name AS customerName, v.name AS integrationName, v.versionNumber, v.draft"


def _counts(store: Store) -> Mapping[str, int]:
    found = store.row(
        "SELECT (SELECT count(*) FROM customers WHERE NOT isSystem) AS customers,"
        " (SELECT count(*) FROM users) AS users,"
        " (SELECT count(*) FROM instances WHERE NOT isSystem) AS instances,"
        " (SELECT count(DISTINCT versionSequenceId) FROM integrations) AS integrations"
    )
    return found or {}


def _integrations(store: Store) -> list[Row]:
    return store.rows(
        "SELECT d.name, d.hasUnpublishedChanges AS unpublished, max(v.versionNumber) AS latest,"
        " max(CASE WHEN v.versionIsAvailable THEN v.versionNumber END) AS available"
        " FROM integrations d LEFT JOIN integrations v ON v.versionSequenceId = d.versionSequenceId AND NOT v.draft"
        " WHERE d.draft GROUP BY d.id ORDER BY fold(d.name)"
    )


def _status(row: Row, state: str) -> list[tuple[str, str]]:
    """Return what there is to say of an instance, each with how it is to be taken: good, idle, due or bad."""
    said = [("enabled", "good") if row["enabled"] else ("paused", "idle")]
    if row["lastDeployedAt"] is None:
        said.append(("never deployed", "due"))
    elif row["needsDeploy"]:
        said.append(("needs a deploy", "due"))
    if state == "NEEDS_INSTANCE_CONFIGURATION":
        said.append(("not configured", "due"))
    if row["inFailedState"]:
        said.append(("failing", "bad"))
    if row["instanceType"] == "WORKFLOW":
        said.append(("workflow", "idle"))
    if row["designedBy"] == "CUSTOMER":
        said.append(("the customer's own", "idle"))
    return said


def _operations(log: AuditLog) -> list[dict[str, Any]]:
    """Return the last operations and requests, latest first, without their arguments, which may be secrets."""
    told = [_operation(entry) for entry in log.entries[-OPERATIONS:]]
    told += [_unserved(each) for each in log.unserved[-OPERATIONS:]]
    # Sorting is stable: operations of one request stay in their order, and are turned around with the rest.
    return sorted(told, key=lambda each: int(each["request"]))[: -OPERATIONS - 1 : -1]


def _operation(entry: Entry) -> dict[str, Any]:
    return {
        "at": _moment(entry.at),
        "request": entry.request,
        "operation": f"{entry.operation} {entry.field}",
        "outcome": "done" if entry.ok else "refused",
        "errors": entry.errors,
        "faults": entry.faults,
        "milliseconds": round(entry.seconds * 1000),
    }


def _unserved(each: Unserved) -> dict[str, Any]:
    return {
        "at": _moment(each.at),
        "request": each.request,
        "operation": ", ".join(each.fields) or "a request",
        "outcome": f"not carried out: HTTP {each.status}" if each.status else "not carried out: no answer",
        "errors": (),
        "faults": each.faults,
        "milliseconds": None,
    }


def _moment(text: str | None) -> str | None:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S") if text else None


def _number(text: str | None) -> int:
    return max(1, int(text[:9])) if text and text.isascii() and text.isdecimal() else 1
