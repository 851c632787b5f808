"""The ``configState`` of an instance: whether its configuration is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.tenant import Node


UNCONFIGURED = "NEEDS_INSTANCE_CONFIGURATION"


def incomplete(state: Node) -> bool:
    """Return whether an instance needs a deploy while the API reports an incomplete configuration."""
    due = not state.get("lastDeployedAt") or bool(state.get("needsDeploy"))
    return due and state.get("configState") == UNCONFIGURED
