"""Numbers that keep every digit, and their spelling in the manifest.

Most numbers are an ``int`` or a ``float`` whose text is the spelling: ``12``, ``0.5``. If Python's text would differ
(``1.10``, ``12e5``, ``0o17``) or lack digits (``12345678901234567.89``), the number is an ``Exact`` or a
``SpelledInt``, which keep the spelling. So a message can quote a number as written, and JSON carries every digit.

>>> number_of("1.10").written, number_of("0.5")
('1.10', 0.5)
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from math import isinf
from typing import Any, Self

LARGEST_SHOWN = 2**53 - 1
"""Whole numbers up to here survive in every reader of JSON; larger ones, in a plan or a report, stand as text."""
_JSON = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class SpelledInt(int):
    """A whole number in another spelling than Python's: ``+5``, ``0o17``."""

    written: str

    @classmethod
    def of(cls, value: int, written: str) -> Self:
        made = cls(value)
        made.written = written
        return made


class Exact(Decimal):
    """A decimal number with all its digits and its spelling, ``written``."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        """Make a number of its text. Raises ``decimal.InvalidOperation`` for a text that is no decimal number."""
        made = super().__new__(cls, written)
        made.written = str(written)
        return made

    @property
    def json(self) -> str:
        """The number in JSON: in its own spelling, if JSON has that."""
        return self.written if _JSON.fullmatch(self.written) else str(Decimal(self))


Number = int | float | Decimal


def is_number(value: Any) -> bool:
    """Return whether a value is a number; ``true`` is none."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def number_of(text: str) -> float | Exact:
    """Return a decimal fraction, or a number with an exponent, with every digit.

    Raises ``OverflowError`` for a number beyond a double: a reader of JSON that uses doubles could not read it.
    """
    double = float(text)
    if isinf(double):
        raise OverflowError
    if repr(double) == text:
        return double
    try:
        return Exact(text)
    except InvalidOperation:
        raise OverflowError from None


def written(number: Number) -> str:
    return number.written if isinstance(number, (Exact, SpelledInt)) else str(number)


def as_decimal(number: Number) -> Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def same_number(one: Number, other: Number) -> bool:
    """Return whether two numbers are equal in every digit, in any spelling."""
    return bool(one == other) if type(one) is type(other) else as_decimal(one) == as_decimal(other)


def load_json(text: str) -> Any:
    """Return the data of a JSON text, with every digit of its numbers.

    Raises ``ValueError`` for a text that is no JSON, and for ``NaN`` and ``1e999``; ``RecursionError`` for data that
    nests too deep.
    """
    return _DECODER.decode(text)


def dump_json(value: Any, *, compact: bool = False) -> str:
    """Return data as JSON text, with every digit. Raises ``ValueError`` for numbers that JSON does not have."""
    comma, colon = (",", ":") if compact else (", ", ": ")
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(comma, colon))
    except TypeError:  # an Exact is in it, which json can neither write nor be taught to
        return _dumped(value, comma, colon)


def shown(value: Any) -> Any:
    """Return data for plans and reports: a number that some reader of JSON would round becomes a text."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    if isinstance(value, Decimal):
        double = float(value)
        return double if Decimal(repr(double)) == value else str(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(int(value)) if whole and abs(value) > LARGEST_SHOWN else value


def _json_number(text: str) -> float | Exact:
    try:
        return number_of(text)
    except OverflowError:
        raise ValueError(text) from None


def _refused(text: str) -> Any:
    raise ValueError(text)


# Made once: json.loads would make a decoder for each of a large tenant's texts.
_DECODER = json.JSONDecoder(parse_float=_json_number, parse_constant=_refused)


def _dumped(value: Any, comma: str, colon: str) -> str:
    if isinstance(value, Exact):
        return value.json
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        items = (f"{_key(key)}{colon}{_dumped(item, comma, colon)}" for key, item in value.items())
        return f"{{{comma.join(items)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{comma.join(_dumped(item, comma, colon) for item in value)}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _key(key: Any) -> str:
    """Return a key as JSON writes it: always a text."""
    return json.dumps(key if isinstance(key, str) else json.dumps(key), ensure_ascii=False)
