"""The ``configState`` of an instance: whether its configuration is complete."""

from __future__ import annotations

from typing import Final, Protocol

UNCONFIGURED: Final = "NEEDS_INSTANCE_CONFIGURATION"


class DeployState(Protocol):
    """The fields of an instance that show whether a deploy is due."""

    @property
    def last_deployed_at(self) -> str | None: ...
    @property
    def needs_deploy(self) -> bool: ...
    @property
    def config_state(self) -> str | None: ...


def incomplete(state: DeployState) -> bool:
    """Return whether an instance needs a deploy while the API reports an incomplete configuration."""
    due = not state.last_deployed_at or state.needs_deploy
    return due and state.config_state == UNCONFIGURED
