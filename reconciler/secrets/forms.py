"""The forms in which a live value may hold a secret: as it is, as JSON, as an item of JSON, as a number."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 4
"""Characters; what is shorter is equal to many things by chance, and no secret to anybody who can count."""
SWITCHES = frozenset({"true", "false", "none", "null"})
LONGEST_JSON = 64 * 1024
"""Characters of a JSON text whose items are looked at."""
LONGEST_NUMBER = 64


def forms_of(value: Any) -> Iterator[str]:
    """Yield the forms of a value. Two values that may be the same secret have a form in common.

    >>> sorted(set(forms_of("042.50")))
    ['042.50', '42.5']
    >>> sorted(set(forms_of(["first", "x"])))
    ['["first","x"]', 'first']
    """
    return (form for form in _forms(value) if len(form) >= SHORTEST and form.lower() not in SWITCHES)


def _forms(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (value, value.strip(), *_number(value))
        yield from _json(value)
    elif isinstance(value, (dict, list, tuple)):
        yield json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
        for item in value.values() if isinstance(value, dict) else value:
            yield from _forms(item)
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        yield from (str(value), *_number(str(value)))


def _number(text: str) -> Iterator[str]:
    """Yield the canonical spelling of a text that is a number."""
    if len(text) > LONGEST_NUMBER or not any(letter.isdigit() for letter in text):
        return
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return
    if number.is_finite() and abs(number.adjusted()) < LONGEST_NUMBER:
        yield format(number.normalize(), "f")


def _json(text: str) -> Iterator[str]:
    if len(text) > LONGEST_JSON or not text.lstrip().startswith(("{", "[")):
        return
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from _forms(found)


def _plain(value: Any) -> Any:
    """Return a key-value list as a mapping, if each key occurs once."""
    if (
        isinstance(value, (list, tuple))
        and value
        and all(isinstance(each, dict) and set(each) == {"key", "value"} for each in value)
    ):
        pairs = {str(each["key"]): each["value"] for each in value}
        return pairs if len(pairs) == len(value) else list(value)
    return value
