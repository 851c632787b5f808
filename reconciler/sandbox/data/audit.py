"""The record of every request to the sandbox and its result."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_ROWS = ("nodes", "edges")


@dataclass(slots=True)
class Running:
    """A root field that is being carried out; ``began`` is by :func:`time.perf_counter`."""

    operation: Literal["query", "mutation"]
    field: str
    alias: str
    arguments: Mapping[str, Any]
    at: str
    began: float = dataclasses.field(default_factory=time.perf_counter)
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One root field of one request; several aliases in one request share the ``request`` number.

    ``arguments`` are as the client sent them, secrets included. ``result`` is the answer's data, of a list how many
    rows instead of the rows. ``errors`` are the messages of the payload's errors, or of the top-level error.
    ``seconds`` is how long it took. ``faults`` are the kinds of the faults that struck the
    request; because of them the client may not have received the result.
    """

    request: int
    operation: Literal["query", "mutation"]
    field: str
    alias: str
    arguments: Mapping[str, Any]
    result: Any
    errors: tuple[str, ...]
    at: str
    seconds: float
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Unserved:
    """A request that was not carried out.

    ``fields`` are its root fields, if it could be read; ``status`` is the HTTP status, 0 without a response.
    """

    request: int
    fields: tuple[str, ...]
    status: int
    at: str
    faults: tuple[str, ...] = ()


class AuditLog:
    """The entries, oldest first, and the number of API requests that led to them.

    With a ``file``, each entry is also written to it as a line of JSON, with the whole result, and so is each request
    that was not carried out. Raises ``OSError`` when the file cannot be written.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self.unserved: list[Unserved] = []
        self.requests = 0
        """How many requests reached ``/api``, failed and throttled ones included."""
        self.operations = 0
        """How many root fields the readable requests had, carried out or not."""
        self._file = file
        self._write([])

    def clear(self) -> None:
        """Remove all entries; the file keeps its lines."""
        self.entries.clear()
        self.unserved.clear()
        self.requests = self.operations = 0

    def keep(
        self, request: int, running: Sequence[Running], data: Mapping[str, Any], faults: tuple[str, ...] = ()
    ) -> None:
        """Add the operations of a request, in their order; ``data`` is the response's data."""
        ends = [*(each.began for each in running[1:]), time.perf_counter()]
        entries = [
            Entry(
                request=request,
                operation=each.operation,
                field=each.field,
                alias=each.alias,
                arguments=each.arguments,
                result=_counted(data.get(each.alias)),
                errors=each.errors,
                at=each.at,
                seconds=end - each.began,
                faults=faults,
            )
            for each, end in zip(running, ends, strict=True)
        ]
        self.entries += entries
        self._write({**entry.as_json(), "result": data.get(entry.alias)} for entry in entries)

    def keep_unserved(self, unserved: Unserved) -> None:
        self.unserved.append(unserved)
        self._write([asdict(unserved)])

    def fields(self, name: str | None = None) -> list[Entry]:
        """Return the entries of one root field, or of all."""
        return [entry for entry in self.entries if name in {None, entry.field}]

    @property
    def mutations(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.operation == "mutation"]

    @property
    def queries(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.operation == "query"]

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "entries": [entry.as_json() for entry in self.entries],
            "unserved": [asdict(unserved) for unserved in self.unserved],
        }

    def _write(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Append the lines. The file is opened for each request: it can be moved or emptied at any time."""
        if self._file is None:
            return
        # Arguments and results hold secrets: nobody else may read them.
        with open(
            self._file,
            "a",
            encoding="utf-8",
            errors="backslashreplace",
            opener=lambda name, flags: os.open(name, flags, 0o600),
        ) as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _counted(result: Any) -> Any:
    """Return a result with counts instead of rows: whole lists would fill the memory."""
    if not isinstance(result, dict):
        return result
    return {key: len(value) if key in _ROWS and isinstance(value, list) else value for key, value in result.items()}
