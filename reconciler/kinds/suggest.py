"""Did-you-mean: the names that somebody may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LISTED = 12


def did_you_mean(name: str, known: Iterable[str], *, listed_as: str = "known") -> str:
    """Return a sentence that leads from a name that does not exist to those that do, to end a message with.

    The nearest name when one is near enough, and the list where it is short enough to read.
    """
    from rapidfuzz import process, utils

    names = sorted(set(known))
    parts = []
    near = process.extractOne(name, names, processor=utils.default_process, score_cutoff=70)
    if near:
        parts.append(f"did you mean {near[0]!r}?")
    if names and len(names) <= MOST_LISTED:
        parts.append(f"{listed_as}: {', '.join(repr(each) for each in names)}")
    elif names and not near:
        parts.append(
            f"{listed_as}: {', '.join(repr(each) for each in names[:MOST_LISTED])} and {len(names) - MOST_LISTED} more"
        )
    elif not names:
        parts.append(f"{listed_as}: none")
    return " ".join(parts)
