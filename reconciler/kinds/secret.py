"""Values that must never be shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    """Stands where a ``valueFrom`` was deliberately not resolved.

    ``source`` names what was not there to resolve it from (``--keep-secrets``).
    """

    source: str = ""

    def __str__(self) -> str:
        return "(sensitive)"


@dataclass(frozen=True, slots=True)
class JsonText:
    """Data that travels as JSON text; kept as data until then, so that the secrets in it stay marked."""

    data: Any

    def reveal(self) -> str:
        return json.dumps(reveal(self.data), ensure_ascii=False)


def reveal(value: Any) -> Any:
    """Return the value with every ``Secret`` in it replaced by its text, for the wire."""
    if isinstance(value, (Secret, JsonText)):
        return value.reveal()
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(item) for item in value]
    return value


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yield every ``Secret`` in a value, however deep."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, JsonText):
        yield from secrets_in(value.data)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_in(item)
