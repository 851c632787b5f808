"""The catalogue of what can trigger an alert: documented names, of which the first ones are about flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data.ids import derived_id

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Store

FLOW_TRIGGERS = (
    "Execution Completed",
    "Execution Duration Matched or Exceeded",
    "Execution Failed",
    "Execution Failed, Retry Pending",
    "Execution Overdue",
    "Execution Started",
    "Log Level Matched or Exceeded",
    "Connection Threw an Exception",
)
INSTANCE_TRIGGERS = ("Instance Disabled", "Instance Enabled", "Instance Removed")


def add_triggers(store: Store) -> None:
    """Fill the table of triggers. Which of them are global is undocumented: here, those about flows."""
    for name in (*FLOW_TRIGGERS, *INSTANCE_TRIGGERS):
        of_instance = int(name in INSTANCE_TRIGGERS)
        identifier = derived_id("AlertTrigger", name)
        store.insert(
            "alert_triggers", id=identifier, name=name, isGlobal=1 - of_instance, isInstanceSpecific=of_instance
        )
