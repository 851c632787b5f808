"""The latest runs of an object, as text and as plain data."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from reconciler.text.escape import safe
from reconciler.text.instants import instant
from reconciler.text.table import table
from reconciler.text.wrapping import together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.execution import Execution
    from reconciler.reports.shared.style import Style

HEADINGS = ("Started", "Status", "Seconds", "Flow", "Result", "Execution")


def seconds_of(execution: Execution) -> float | None:
    """Return how long a run took; ``None`` while it runs."""
    start, end = instant(execution.started_at), instant(execution.ended_at)
    return round((end - start).total_seconds(), 1) if start and end else None


def executions_text(executions: Sequence[Execution], style: Style) -> str:
    """Return a table, the latest run first; the error of a failed run is on a line of its own."""
    if not executions:
        return "No executions.\n"
    head, rows = table(HEADINGS, [_row(each) for each in executions], style.width)
    lines = [style.bold(head)]
    for each, row in zip(executions, rows, strict=True):
        lines.append(row)
        if each.error:
            lines.append(style.bad(f"    {safe(each.error_line)}"))
    return "\n".join(lines) + "\n"


def _row(execution: Execution) -> tuple[str, ...]:
    took, start = seconds_of(execution), instant(execution.started_at)
    cells = (
        f"{start.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if start else execution.started_at,
        execution.status,
        "" if took is None else f"{took:g}",
        execution.flow,
        execution.result_type or "",
        execution.id,
    )
    started, *others = map(safe, cells)
    return (together(started), *others)


def executions_document(address: str, executions: Sequence[Execution]) -> dict[str, Any]:
    """Return the runs as plain data."""
    return {
        "address": address,
        "executions": [
            {
                "id": each.id,
                "flow": each.flow,
                "status": each.status,
                "resultType": each.result_type,
                "startedAt": each.started_at,
                "endedAt": each.ended_at,
                "seconds": seconds_of(each),
                "error": each.error,
                "retryOf": each.retry_of,
                "retryNextAt": each.retry_next_at,
                "invokedBy": each.invoked_by,
                "isTest": each.is_test,
            }
            for each in executions
        ],
    }
