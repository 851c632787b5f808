"""The inputs of a connection, of which a project may show some (``spec.showInputs``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path
    from reconciler.secrets.secret import Secret


@dataclass(frozen=True, slots=True)
class ConnectionInputs:
    """One connection of a resource, with all inputs that it declares or that are live.

    >>> connection = ConnectionInputs(("inputs",), "acme", {"host": "a.example"})
    >>> connection.is_chosen("host", {"host"}), connection.is_chosen("host", {"other.host"})
    (True, False)
    """

    path: Path
    """Where the spec has the mapping of inputs."""
    name: str | None
    """What a project may write before the dot; ``None`` while it is not known."""
    declared: Mapping[str, Any]
    live: Mapping[str, Secret] = field(default_factory=dict)
    """The texts that the API returns."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Why an input is never shown, by its name: the API marks it as a secret, or does not describe it."""

    @property
    def inputs(self) -> frozenset[str]:
        return frozenset((*self.declared, *self.live, *self.kept))

    def is_chosen(self, name: str, chosen: Mapping[str, Any] | frozenset[str] | set[str]) -> bool:
        """Return whether one of the chosen names means the input: its own, or with the connection's before a dot."""
        return name in chosen or (self.name is not None and f"{self.name}.{name}" in chosen)
