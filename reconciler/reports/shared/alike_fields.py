"""Equal fields of many changes: which values all have, who differs, and which values each customer has of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from reconciler.reports.shared.topics import grouped
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from reconciler.reports.shared.fields import Leaf, Shape

Item = TypeVar("Item")
FEW = 3
"""Up to so many changes, each value makes a group of its own: who has which is then seen at once."""
MOST_GROUPS = 8
"""Changes of the same fields make so many groups at most."""


def own_values(found: Iterable[tuple[Leaf, ...]]) -> frozenset[Shape]:
    """Return the fields whose values are each customer's own, among all changes of a set.

    A value that at least half of the changes have separates these from the others. Where no value is so frequent, the
    field separates nobody. New objects differ from each other in any case.
    """
    columns: dict[Shape, Counter[str]] = defaultdict(Counter)
    for row in (row for rows in found for row in rows):
        columns[row.shape][row.text] += 1

    def own(shape: Shape, counts: Counter[str]) -> bool:
        few = counts.total() <= FEW
        return shape.added and len(counts) > 1 if few else 2 * max(counts.values()) < counts.total()

    return frozenset(shape for shape, counts in columns.items() if own(shape, counts))


def alike_fields(
    found: Sequence[tuple[Item, tuple[Leaf, ...]]],
    own: Collection[Shape],
    name: Callable[[Item], str],
    whose: str = "customer",
) -> Iterator[tuple[list[tuple[Item, tuple[Leaf, ...]]], tuple[Leaf, ...]]]:
    """Yield the groups of changes of the same fields, each with its rows.

    ``name`` returns whose a change is, and ``whose`` is the word for one of those.

    The changes of a group have the same values, except in the fields that are ``own``.
    """
    texts = [[row.text for row in rows] for _, rows in found]
    columns = _own_columns(texts, {at for at, row in enumerate(found[0][1]) if row.shape in own})

    def common(at: int) -> tuple[str, ...]:
        return tuple(text for column, text in enumerate(texts[at]) if column not in columns)

    for members in grouped(range(len(found)), common).values():
        first, rows = found[members[0]]
        counts = [len({texts[at][column] for at in members}) for column in range(len(rows))]
        yield (
            [found[at] for at in members],
            tuple(
                _of_one(row, count, len(members), name(first), whose) if column in columns else row
                for column, (row, count) in enumerate(zip(rows, counts, strict=True))
            ),
        )


def _own_columns(texts: Sequence[Sequence[str]], own: set[int]) -> set[int]:
    """Return the columns in which values do not separate the changes: more than ``own``, if there are many groups."""
    distinct = [len(set(column)) for column in zip(*texts, strict=True)]
    while len({tuple(text for at, text in enumerate(row) if at not in own) for row in texts}) > MOST_GROUPS:
        own = {*own, max((at for at in range(len(distinct)) if at not in own), key=lambda at: distinct[at])}
    return own


def _of_one(row: Leaf, count: int, members: int, customer: str, whose: str) -> Leaf:
    """Return the row of many values as that of one customer, with a remark that says so."""
    if count == 1:
        return replace(row, own=True)
    # Equal secrets may have different numbers (see ``masking.py``): that they differ is not known.
    one, many = ("secret of its own", "secrets") if row.secret else ("different value", "different values")
    said = f"a {one} for each {whose}" if count == members else f"{count} {many}"
    return replace(row, remark=f"{said}; {safe(customer)}:", values=count, example=customer, own=True)
