"""Counts with their nouns, and lists of which only the beginning is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def counted(count: int, noun: str, shown: str = "") -> str:
    """Return a count, ``shown`` as a text of its own or as it is, with its noun, in the plural unless it is 1.

    >>> counted(1, "instance"), counted(2, "query"), counted(1000, "request", "1,000")
    ('1 instance', '2 queries', '1,000 requests')
    """
    return f"{shown or count} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Return the plural of a regular noun.

    >>> plural("query"), plural("key"), plural("instance")
    ('queries', 'keys', 'instances')
    """
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in {*"aeou"} else f"{noun}s"


def listed(names: Sequence[str], most: int) -> str:
    """Return the first names, and how many others there are.

    >>> listed(["a", "b"], 3), listed(["a", "b", "c", "d", "e"], 3)
    ('a, b', 'a, b, c and 2 more')
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
