"""The values of plain scalars by the core schema of YAML 1.2.

Only ``true`` and ``false`` are booleans (not yes, no, on, off); dates and ``12:30:00`` stay text; ``0o17`` is octal.
"""

from __future__ import annotations

import re
from typing import Any

from reconciler.text.exact_numbers import Exact, SpelledInt, number_of

FIRST_OF_TYPED = frozenset("-+.0123456789~nNtTfF")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_TAGGED: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float, Exact),
    "null": (type(None),),
}
MAX_DIGITS = 400


class BadScalar(ValueError):
    """An invalid scalar; ``str()`` is the reason, without the scalar."""


def plain(text: str) -> Any:
    """Return the value of an unquoted scalar; raises :class:`BadScalar`."""
    if text[:1] not in FIRST_OF_TYPED and text:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) or _RADIX.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NOT_JSON.fullmatch(text):
        raise BadScalar("infinity and not-a-number cannot be sent to the API; put it in quotes if it is text")
    return text


def tagged(tag: str, text: str) -> Any:
    """Return the value of a scalar with an explicit core tag such as ``int``; raises :class:`BadScalar`."""
    if tag == "str":
        return text
    value = plain(text)
    if tag == "float" and isinstance(value, int) and not isinstance(value, bool):
        return Exact(text) if _INT.fullmatch(text) else Exact(str(int(value)))
    if not isinstance(value, _TAGGED[tag]) or (tag == "int" and isinstance(value, bool)):
        raise BadScalar(f"the value does not fit its tag !!{tag}; correct it, or take the tag away")
    return value


def _integer(text: str) -> int:
    if _LEADING_ZERO.match(text):
        raise BadScalar(
            "a number with leading zeros means different things to different tools;"
            " put it in quotes to keep the zeros, or leave them out"
        )
    if len(text) > MAX_DIGITS:
        raise BadScalar(f"a number of more than {MAX_DIGITS} digits; put it in quotes if it is text")
    value = int(text, 0) if text[:2] in {"0o", "0x"} else int(text)
    return value if str(value) == text else SpelledInt.of(value, text)


def _float(text: str) -> float | Exact:
    try:
        return number_of(text)
    except OverflowError:
        raise BadScalar("the number is too large; put it in quotes if it is text") from None
