"""Values that must never be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no screen, log, plan or report may show.

    ``reveal()`` is for the wire and for comparing, and for nothing else: ``str`` and ``repr`` hide it.
    """

    _value: str = field(repr=False)

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return "(sensitive)"

    def __repr__(self) -> str:
        return "Secret()"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Stands where a ``valueFrom`` was deliberately not resolved (``--without-secrets``)."""

    def __str__(self) -> str:
        return "(sensitive)"


def reveal(value: Any) -> Any:
    """Return the value with every :class:`Secret` in it replaced by its text, for the wire."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(item) for item in value]
    return value
