"""Whether the API counts an instance's configuration as complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.tenant import Node


UNCONFIGURED = "NEEDS_INSTANCE_CONFIGURATION"


def incomplete(state: Node) -> bool:
    """Say whether an instance needs a deploy while the API reports that its configuration is incomplete."""
    due = not state.get("lastDeployedAt") or bool(state.get("needsDeploy"))
    return due and state.get("configState") == UNCONFIGURED
