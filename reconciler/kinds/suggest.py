"""Did-you-mean: the names that somebody may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LISTED = 12
NEAR_ENOUGH = 70
"""How alike two names have to be, in hundredths."""
MOST_COMPARED = 1_000_000
"""Pairs of names that are compared for one set of names: about a second. Later names get no suggestion."""


class Suggestions:
    """The names there are, and which of them is meant by one that does not exist.

    Made once for many questions: with as many wrong names as right ones, comparing all of them would take as long as
    their product.

    >>> Suggestions(["west", "east"], listed_as="options").sentence("wst")
    "did you mean 'west'? options: 'east', 'west'"
    """

    def __init__(self, known: Iterable[str], *, listed_as: str = "known") -> None:
        self._names = sorted(set(known))
        self._listed_as = listed_as
        self._folded: list[str] | None = None
        self._left = MOST_COMPARED
        self._found: dict[str, str | None] = {}

    def nearest(self, name: str) -> str | None:
        """Return the nearest of the names, if one is near enough."""
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def sentence(self, name: str) -> str:
        """Return a sentence that leads from a name that does not exist to those that do, to end a message with.

        The nearest name when one is near enough, and the list where it is short enough to read.
        """
        names, near = self._names, self.nearest(name)
        parts = [f"did you mean {near!r}?"] if near else []
        if not names:
            parts.append(f"{self._listed_as}: none")
        elif len(names) <= MOST_LISTED:
            parts.append(f"{self._listed_as}: {', '.join(map(repr, names))}")
        elif not near:
            listed = ", ".join(map(repr, names[:MOST_LISTED]))
            parts.append(f"{self._listed_as}: {listed} and {len(names) - MOST_LISTED} more")
        return " ".join(parts)

    def _look_for(self, name: str) -> str | None:
        if self._left < len(self._names):
            return None
        self._left -= len(self._names)
        from rapidfuzz import process, utils

        if self._folded is None:
            self._folded = [utils.default_process(each) for each in self._names]
        folded = utils.default_process(name)
        found = process.extractOne(folded, self._folded, score_cutoff=NEAR_ENOUGH) if folded else None
        return self._names[found[2]] if found else None


def did_you_mean(name: str, known: Iterable[str], *, listed_as: str = "known") -> str:
    """Return the sentence for one name alone; see :class:`Suggestions`."""
    return Suggestions(known, listed_as=listed_as).sentence(name)
