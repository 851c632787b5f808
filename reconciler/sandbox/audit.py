"""The record of what clients asked the sandbox: one entry for every root operation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Entry:
    """One root field of one request; several aliases in one request share the ``request`` number.

    ``arguments`` are as the client sent them, secrets included: they stay in memory. ``errors`` are the
    messages of the payload's errors, or of the top-level error. ``seconds`` is how long it took.
    """

    request: int
    operation: Literal["query", "mutation"]
    field: str
    alias: str
    arguments: Mapping[str, Any]
    errors: tuple[str, ...]
    at: str
    seconds: float

    @property
    def ok(self) -> bool:
        return not self.errors


class AuditLog:
    """The entries, oldest first, and the number of API requests that led to them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.requests = 0
        """How many requests reached ``/api``, failed and throttled ones included."""
        self.operations = 0
        """How many root fields those that could be read asked for, carried out or not."""

    def clear(self) -> None:
        self.entries.clear()
        self.requests = self.operations = 0

    def fields(self, name: str | None = None) -> list[Entry]:
        """Return the entries of one root field, or of all."""
        return [entry for entry in self.entries if name in {None, entry.field}]

    @property
    def mutations(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.operation == "mutation"]

    @property
    def queries(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.operation == "query"]

    def as_json(self) -> list[dict[str, Any]]:
        return [{**asdict(entry), "ok": entry.ok} for entry in self.entries]
