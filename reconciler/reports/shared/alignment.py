"""Alignment of two sequences by their common items, in linear time for long ones."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHORT = 199
"""Items of a sequence that is compared by all means: that takes time that grows with the square, or worse."""
_SHORT_GAP = 10
_DEEPEST = 4
"""How often the part between two common items is searched again for items that are unique there."""


class Difference(NamedTuple):
    """Where two sequences differ: ``one[first:last]`` became ``other[begin:end]``."""

    first: int
    last: int
    begin: int
    end: int


def differences(one: Sequence[str], other: Sequence[str]) -> list[Difference]:
    """Return where two sequences differ, in order.

    For long sequences only items that are unique on both sides are matched, with their neighbours. That may miss common
    items, but never reports different ones as equal.
    """
    whole = Difference(0, len(one), 0, len(other))
    if len(one) <= SHORT and len(other) <= SHORT:
        return list(_compared(one, other, whole))
    return _joined(_between(one, other, whole, 0))


def _compared(one: Sequence[str], other: Sequence[str], part: Difference) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, one[part.first : part.last], other[part.begin : part.end])
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield Difference(part.first + i1, part.first + i2, part.begin + j1, part.begin + j2)


def _between(one: Sequence[str], other: Sequence[str], part: Difference, depth: int) -> Iterator[Difference]:
    part = _without_ends(one, other, part)
    first, last, begin, end = part
    if first == last and begin == end:
        return
    if last - first <= _SHORT_GAP and end - begin <= _SHORT_GAP:
        yield from _compared(one, other, part)
        return
    anchors = _anchors(one, other, part) if depth < _DEEPEST else []
    if not anchors:
        yield part
        return
    for index, place in (*anchors, (last, end)):
        yield from _between(one, other, Difference(first, index, begin, place), depth + 1)
        first, begin = index, place


def _without_ends(one: Sequence[str], other: Sequence[str], part: Difference) -> Difference:
    """Return the part without its common beginning and end."""
    first, last, begin, end = part
    while first < last and begin < end and one[first] == other[begin]:
        first, begin = first + 1, begin + 1
    while first < last and begin < end and one[last - 1] == other[end - 1]:
        last, end = last - 1, end - 1
    return Difference(first, last, begin, end)


def _anchors(one: Sequence[str], other: Sequence[str], part: Difference) -> list[tuple[int, int]]:
    """Return the positions of items that are unique on both sides: the longest run in the same order."""
    ours, theirs = Counter(one[part.first : part.last]), Counter(other[part.begin : part.end])
    places = {other[place]: place for place in range(part.begin, part.end) if theirs[other[place]] == 1}
    return _longest_rising(
        [
            (index, places[one[index]])
            for index in range(part.first, part.last)
            if ours[one[index]] == 1 and one[index] in places
        ]
    )


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest sequence of pairs, whose first numbers rise, in which the second numbers rise too."""
    tops: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(at[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            at.append(number)
        else:
            tops[pile], at[pile] = place, number
    found = []
    number = at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _joined(found: Iterable[Difference]) -> list[Difference]:
    """Return the differences, those that touch as one."""
    joined: list[Difference] = []
    for each in found:
        if joined and (joined[-1].last, joined[-1].end) == (each.first, each.begin):
            joined[-1] = Difference(joined[-1].first, each.last, joined[-1].begin, each.end)
        else:
            joined.append(each)
    return joined
