"""Did-you-mean: the known names that an unknown name may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.text.look_alikes import difference, only_case, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LISTED = 12
NEAR_ENOUGH = 70
"""How alike two names have to be, in hundredths."""
MOST_MEANT = 3
CLOSE = 2
"""Names whose likeness, in hundredths, is so close to that of the nearest one are as likely meant."""
MOST_COMPARED = 1_000_000
"""Pairs of names that are compared for one set of names: about a second. Later names get no suggestion."""


class Suggestions:
    """The known names, and the nearest of them to an unknown name.

    Made once for many lookups: comparing each of many wrong names with each known one would take too long.

    >>> Suggestions(["west", "east"], listed_as="options").sentence("wst")
    "did you mean 'west'? options: 'east', 'west'"
    """

    def __init__(self, known: Iterable[str], *, listed_as: str = "known", most: int = MOST_LISTED) -> None:
        self._names = sorted(set(known))
        self._most = most
        self._listed_as = listed_as
        self._folded: list[str] | None = None
        self._left = MOST_COMPARED
        self._found: dict[str, tuple[str, ...]] = {}
        self._looks: dict[str, list[str]] | None = None

    def nearest(self, name: str) -> str | None:
        """Return the nearest name, ``None`` if none is near enough."""
        meant = self._meant(name)
        return meant[0] if meant else None

    def _meant(self, name: str) -> tuple[str, ...]:
        """Return the names that may be meant, the nearest first."""
        if name not in self._found:
            self._found[name] = self._looking_like(name) or self._look_for(name)
        return self._found[name]

    def sentence(self, name: str) -> str:
        """Return the end of a message about an unknown name.

        It has the nearest names, if they are near enough, and the list of known names, if it is short. For a name that
        looks the same, it names the difference.
        """
        names, near = self._names, self._meant(name)
        parts = [f"did you mean {' or '.join(map(repr, near))}?"] if near else []
        same = len(near) == 1 and name != near[0] and skeleton(near[0]) == skeleton(name)
        if same and not only_case(name, near[0]):
            parts = [f"did you mean {near[0]!r}, which looks the same ({difference(name, near[0])})?"]
        if not names:
            parts.append(f"{self._listed_as}: none")
        elif len(names) <= self._most:
            parts.append(f"{self._listed_as}: {', '.join(map(repr, names))}")
        elif not near:
            listed = ", ".join(map(repr, names[: self._most]))
            parts.append(f"{self._listed_as}: {listed} and {len(names) - self._most} more")
        return " ".join(parts)

    def _looking_like(self, name: str) -> tuple[str, ...]:
        """Return the names that look the same, at most as many as are suggested."""
        if self._looks is None:
            self._looks = {}
            for each in self._names:
                self._looks.setdefault(skeleton(each), []).append(each)
        return tuple(each for each in self._looks.get(skeleton(name), ()) if each != name)[:MOST_MEANT]

    def _look_for(self, name: str) -> tuple[str, ...]:
        if not self._names or self._left < len(self._names):
            return ()
        self._left -= len(self._names)
        from rapidfuzz import process, utils

        if self._folded is None:
            self._folded = [utils.default_process(each) for each in self._names]
        folded = utils.default_process(name)
        if not folded:
            return ()
        found = process.extract(folded, self._folded, score_cutoff=NEAR_ENOUGH, limit=MOST_MEANT)
        return tuple(self._names[index] for _, score, index in found if score >= found[0][1] - CLOSE)


def did_you_mean(name: str, known: Iterable[str], *, listed_as: str = "known", most: int = MOST_LISTED) -> str:
    """Return the sentence for a single name, with a list of at most so many known ones; see :class:`Suggestions`."""
    return Suggestions(known, listed_as=listed_as, most=most).sentence(name)


def most_like(name: str, known: Iterable[str], most: int = MOST_MEANT) -> list[str]:
    """Return the names that are most like an unknown one, however little that is.

    >>> most_like("nosuch", ["acme", "north", "south"], 2)
    ['north', 'south']
    """
    return [each for each, _ in _likeness(name, known, most)]


def own_nearest(name: str, known: Iterable[str]) -> str:
    """Return the one of an object's own names that an unknown name is near to, else the longest one.

    >>> own_nearest("c17", ["c18", "a-1", "Eighteen Ltd"]), own_nearest("xyz", ["c18", "a-1", "Eighteen Ltd"])
    ('Eighteen Ltd', 'Eighteen Ltd')
    >>> own_nearest("c-18", ["c18", "a-1", "Eighteen Ltd"])
    'c18'
    """
    known = sorted(known)
    found = next(iter(_likeness(name, known, 1)), ("", 0.0))
    return found[0] if found[1] >= NEAR_ENOUGH else max(known, key=len)


def _likeness(name: str, known: Iterable[str], most: int) -> list[tuple[str, float]]:
    from rapidfuzz import process, utils

    names = sorted(known)
    found = process.extract(name, names, processor=utils.default_process, limit=most)
    return [(names[index], score) for _, score, index in found]
