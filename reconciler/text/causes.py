"""Messages of one cause: what an API answers for many objects differs in their names, IDs and numbers alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIFIC = re.compile(
    r"""
    '[^']*' | "[^"]*" | `[^`]*`                                 # what is quoted
    | \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b
    | \b(?=[A-Za-z0-9+/]*[0-9])[A-Za-z0-9+/]{20,}={0,2}         # base64, as IDs are
    | \d+
    """,
    re.VERBOSE,
)
GAP = "…"


def cause_of(message: str, names: Iterable[str] = ()) -> str:
    """Return a message without what distinguishes one object from another; ``names`` are those of its object.

    >>> cause_of("deployInstance: Acme 12 lacks the version 'v7'", ["Acme 12"])
    'deployInstance: … lacks the version …'
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        message = message.replace(name, GAP)
    return _SPECIFIC.sub(GAP, message)
