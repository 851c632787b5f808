"""Names of a flow's steps, as the API's filters take them."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z0-9]+")


def camel_case(step: str) -> str:
    """Return a step's name in camel case.

    >>> camel_case("My Code Block"), camel_case("myCodeBlock")
    ('myCodeBlock', 'myCodeBlock')
    """
    words: list[str] = _WORD.findall(step) or [step]
    first = words[0]
    if len(words) == 1:
        return first[:1].lower() + first[1:]
    return first.lower() + "".join(word[0].upper() + word[1:] for word in words[1:])
