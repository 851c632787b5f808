"""What the pages show of rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row


def moment(text: str | None) -> str | None:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S") if text else None


def status_of(row: Row, state: str) -> list[tuple[str, str]]:
    """Return the states of an instance, each with its rating: good, idle, due or bad."""
    states = [("enabled", "good") if row["enabled"] else ("paused", "idle")]
    if row["lastDeployedAt"] is None:
        states.append(("never deployed", "due"))
    elif row["needsDeploy"]:
        states.append(("needs a deploy", "due"))
    if state == "NEEDS_INSTANCE_CONFIGURATION":
        states.append(("not configured", "due"))
    if row["systemSuspended"]:
        states.append(("suspended", "bad"))
    if row["inFailedState"]:
        states.append(("failing", "bad"))
    if row["instanceType"] == "WORKFLOW":
        states.append(("workflow", "idle"))
    if row["designedBy"] == "CUSTOMER":
        states.append(("the customer's own", "idle"))
    return states
