"""Values that must never be shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.text.exact_numbers import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = "(sensitive)"
"""The text that is shown in place of a secret."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no screen, log, plan or report may show.

    ``reveal()`` is for the wire and for comparing, and for nothing else: ``str`` and ``repr`` hide it.

    ``kin`` says among which others it shows that two are the same, by the number that both get. What stands in a
    manifest is no kin of what came from outside or was read: else a manifest full of guesses would find a secret out.
    """

    _value: str = field(repr=False)
    kin: str = field(default="", repr=False, compare=False)

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return "Secret()"


LIVE = "live"
"""The kin of what was read from the API."""
WRITTEN = "written"
"""The kin of what stands in a manifest as it is."""
UNIQUE = "unique"
"""The kin of what is like nothing else: it shows without a number."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Stands where a ``valueFrom`` was deliberately not resolved.

    ``source`` names what was not there to resolve it from (``--keep-secrets``).
    """

    source: str = ""

    def __str__(self) -> str:
        return HIDDEN


@dataclass(frozen=True, slots=True)
class JsonText:
    """Data that travels as JSON text; kept as data until then, so that the secrets in it stay marked."""

    data: Any

    def reveal(self) -> str:
        return dump_json(reveal(self.data))


def reveal(value: Any) -> Any:
    """Return the value with every ``Secret`` in it replaced by its text, for the wire."""
    if isinstance(value, (Secret, JsonText)):
        return value.reveal()
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(item) for item in value]
    return value


def kin_of(value: Any) -> str:
    """Return the kin of a manifest's value that is hidden as a whole.

    One that is a secret in some places and written out in others is kin to its like: the same parts written out the
    same, in the same places.

    >>> kin_of("guess"), kin_of(Secret("from outside")), kin_of(["guess", Secret("from outside")])
    ('written', '', '["guess", {"": ""}]')
    """
    if isinstance(value, Secret):
        return value.kin
    if not contains(value, Secret):
        return WRITTEN
    return json.dumps(value, default=lambda part: {"": part.kin} if isinstance(part, Secret) else str(part))


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


def contains(value: Any, *types: type) -> bool:
    """Report whether a value is, or has in it, an object of one of the types: a ``Secret``, say, or an ``Unresolved``.

    >>> contains({"inputs": {"password": Secret("x")}}, Secret), contains(["x"], Secret, Unresolved)
    (True, False)
    """
    if isinstance(value, dict):
        return any(contains(item, *types) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(contains(item, *types) for item in value)
    return isinstance(value, types) or (isinstance(value, JsonText) and contains(value.data, *types))
