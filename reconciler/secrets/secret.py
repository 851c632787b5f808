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

    ``reveal()`` is only for requests and comparisons; ``str`` and ``repr`` hide the value.

    Two equal secrets of one ``kin`` get the same number in a plan. A value in a manifest is of another kin than a value
    from outside or a live one: else a manifest full of guesses would find out a secret.

    ``shown``: it is the value of an input that the project chose to show, so a plan shows its text. Everything else
    still treats it as a secret.
    """

    _value: str = field(repr=False)
    kin: str = field(default="", repr=False, compare=False)
    shown: bool = field(default=False, repr=False, compare=False)

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return "Secret()"


LIVE = "live"
"""The kin of live values."""
WRITTEN = "written"
"""The kin of values that a manifest writes in plain text."""
UNIQUE = "unique"
"""The kin of a value that is shown without a number."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A ``valueFrom`` that was deliberately not resolved.

    ``source`` names the missing variable, file or command (``--keep-secrets``); it is empty with ``--without-secrets``.
    """

    source: str = ""

    def __str__(self) -> str:
        return HIDDEN


@dataclass(frozen=True, slots=True)
class JsonText:
    """Data that is sent as JSON text. It stays data until then, so the secrets in it stay marked."""

    data: Any

    def reveal(self) -> str:
        return dump_json(reveal(self.data))


def reveal(value: Any) -> Any:
    """Return the value with every ``Secret`` in it replaced by its text, for a request."""
    if isinstance(value, (Secret, JsonText)):
        return value.reveal()
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [reveal(item) for item in value]
    return value


def masked(value: Any, mark: str | None) -> Any:
    """Return plain data with ``mark`` in the place of every secret, resolved or not, and of JSON text.

    >>> masked({"inputs": {"password": Secret("x"), "host": "a.example"}}, None)
    {'inputs': {'password': None, 'host': 'a.example'}}
    """
    if isinstance(value, (Secret, Unresolved, JsonText)):
        return mark
    if isinstance(value, dict):
        return {str(key): masked(item, mark) for key, item in value.items()}
    return [masked(item, mark) for item in value] if isinstance(value, (list, tuple)) else value


def kin_of(value: Any) -> str:
    """Return the kin of a manifest's value that is hidden as a whole.

    A value that is secret in some places and plain in others is of one kin with values that have the same plain parts
    in the same places.

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
    elif isinstance(value, (dict, list, tuple, Mapping)):  # dict first: Python's test for a Mapping is slow
        for item in value if isinstance(value, (list, tuple)) else value.values():
            if not isinstance(item, (str, int, float)):  # most items, and none of them holds a secret
                yield from secrets_in(item)


def contains(value: Any, *types: type) -> bool:
    """Return whether a value is, or contains, an object of one of the types, such as ``Secret`` and ``Unresolved``.

    >>> contains({"inputs": {"password": Secret("x")}}, Secret), contains(["x"], Secret, Unresolved)
    (True, False)
    """
    if isinstance(value, dict):
        return any(contains(item, *types) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(contains(item, *types) for item in value)
    return isinstance(value, types) or (isinstance(value, JsonText) and contains(value.data, *types))
