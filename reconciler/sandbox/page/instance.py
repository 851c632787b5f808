"""The content of an instance's page, as data. No input of a connection and no result of a step is on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.config_variables import config_state
from reconciler.sandbox.page.rows import moment, status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.state import State

EXECUTIONS = 50
"""How many executions are shown."""
_LONGEST = 200
"""How much of a value is shown, in characters."""
_SECRET = ("writeOnly", "sensitive", "secret")
"""The marks of a config variable that is a secret."""
_RATINGS = {"SUCCESS": "good", "ERROR": "bad", "ACTIVE": "good", "FAILED": "bad", "PENDING": "due"}


@dataclass(frozen=True, slots=True)
class InstancePage:
    """Everything that the page of an instance shows; ``total`` is the number of its executions."""

    organization: str
    now: str
    row: Row
    status: Sequence[tuple[str, str]]
    connections: Sequence[Row]
    executions: Sequence[Row]
    total: int
    flows: Sequence[Row]
    variables: Sequence[Row]


def instance_page(sandbox: State, identifier: str) -> InstancePage | None:
    """Return everything that the page of an instance shows, or ``None`` if there is no such instance."""
    store = sandbox.store
    row = store.row(
        "SELECT i.*, c.name AS customerName, v.name AS integrationName, v.versionNumber, v.draft FROM instances i"
        " JOIN customers c ON c.id = i.customer JOIN integrations v ON v.id = i.integration WHERE i.id = ?",
        (identifier,),
    )
    if row is None:
        return None
    status = status_of(row, config_state(sandbox.tenant, identifier))
    row["lastDeployedAt"] = moment(row["lastDeployedAt"])
    variables = store.rows(
        "SELECT v.*, r.key, r.dataType, r.collectionType, r.meta AS marks"
        " FROM config_variables v JOIN required_config_variables r ON r.id = v.requiredConfigVariable"
        " WHERE v.instance = ? ORDER BY r.sortOrder",
        (identifier,),
    )
    return InstancePage(
        organization=store.value("SELECT name FROM organization"),
        now=moment(sandbox.tenant.clock.now().isoformat()) or "",
        row=row,
        status=status,
        connections=[_connection(each) for each in variables if each["dataType"] == "CONNECTION"],
        executions=_executions(store, identifier),
        total=store.value("SELECT count(*) FROM executions WHERE instance = ?", (identifier,)),
        flows=_flows(store, identifier),
        variables=[_variable(each) for each in variables if each["dataType"] != "CONNECTION"],
    )


def _connection(row: Row) -> Row:
    inputs = [(item["name"], bool(item["value"])) for item in json.loads(row["inputs"])]
    return {**row, "rating": _RATINGS.get(row["status"], "bad" if row["status"] else "idle"), "inputs": inputs}


def _variable(row: Row) -> Row:
    value = row["value"]
    if value is not None and len(value) > _LONGEST:
        value = f"{value[:_LONGEST]}…"
    kind = " ".join(part for part in (row["collectionType"], row["dataType"]) if part).lower()
    marks = json.loads(row["marks"])
    return {"key": row["key"], "type": kind, "value": value, "hidden": any(map(marks.get, _SECRET))}


def _flows(store: Store, instance: str) -> list[Row]:
    rows = store.rows(
        "SELECT c.id, c.inFailedState, c.lastExecutedAt, f.name FROM flow_configs c JOIN flows f ON f.id = c.flow"
        " WHERE c.instance = ? ORDER BY f.sortOrder",
        (instance,),
    )
    return [{**row, "lastExecutedAt": moment(row["lastExecutedAt"])} for row in rows]


def _executions(store: Store, instance: str) -> list[Row]:
    """Return the latest executions, newest first, with the names of their steps."""
    rows = store.rows(
        "SELECT e.*, f.name AS flowName FROM executions e LEFT JOIN flows f ON f.id = e.flow WHERE e.instance = ?"
        " ORDER BY e.startedAt DESC, e.seq DESC LIMIT ?",
        (instance, EXECUTIONS),
    )
    steps: dict[str, list[dict[str, Any]]] = {}
    for step in store.rows(
        "SELECT executionResult, stepName, displayStepName, hasError FROM step_results"
        " WHERE executionResult IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (json.dumps([row["id"] for row in rows]),),
    ):
        name = step["displayStepName"] or step["stepName"]
        steps.setdefault(step["executionResult"], []).append({"name": name, "hasError": step["hasError"]})
    return [
        {
            **row,
            **{name: moment(row[name]) for name in ("startedAt", "endedAt", "retryNextAt")},
            "rating": _rating(row),
            "word": _word(row),
            "steps": steps.get(row["id"], []),
        }
        for row in rows
    ]


def _rating(row: Row) -> str:
    if row["resultType"] in {"POLLED_NO_CHANGES", "CANCELED_AS_DUPLICATE"} or row["status"] == "QUEUED":
        return "idle"
    return "due" if row["retryNextAt"] else _RATINGS[row["status"]]


def _word(row: Row) -> str:
    words = {"POLLED_NO_CHANGES": "polled, no changes", "CANCELED_AS_DUPLICATE": "canceled as duplicate"}
    states = {"QUEUED": "queued", "PENDING": "running", "SUCCESS": "succeeded", "ERROR": "failed"}
    return words.get(row["resultType"] or "", states[row["status"]])
