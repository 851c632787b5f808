"""One part of a Markdown report, whole in itself, and what parts are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from reconciler.reports.markdown.markup import fence, folded, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Item = TypeVar("Item")
Detail = Literal["all", "no creations", "no fields"]
DETAILS: tuple[Detail, ...] = ("all", "no creations", "no fields")
"""The levels of detail, from most to least."""
BETWEEN = "\n\n"
"""What separates two parts."""
DOZEN = 12
"""Lines of a block that are shown without unfolding it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the report, and its number of changes; a deletion counts where it is listed, at the top."""

    text: str
    changes: int = 0
    deletions: int = 0
    """How many of the changes are deletions, which are left out after everything else."""


def paragraphs(*texts: str) -> str:
    """Return the texts that are not empty, an empty line between two."""
    return BETWEEN.join(filter(None, texts))


def bulleted(sentences: Iterable[str]) -> str:
    """Return sentences as a list."""
    return "\n".join(f"- {prose(each)}" for each in sentences)


def fenced(lines: list[str]) -> str:
    """Return lines of a difference, to be unfolded if they are many; nothing without lines."""
    block = fence(lines) if lines else ""
    return block if len(lines) <= DOZEN else folded(f"{len(lines)} lines", block)


def fitting(blocks: Sequence[Block], room: int, measure: Callable[[str], int]) -> Sequence[Block]:
    """Return the first blocks, as many as there is room for, with what separates them."""
    for number, block in enumerate(blocks):
        room -= measure(block.text) + len(BETWEEN)
        if room < 0:
            return blocks[:number]
    return blocks


def in_parts(items: Sequence[Item], size: int) -> Iterator[tuple[Sequence[Item], str]]:
    """Yield the items in parts, so that a report that is too long is cut between two, each with its place among all.

    >>> [*in_parts("abc", 2)], [*in_parts("abc", 3)]
    ([('ab', '1 to 2'), ('c', '3 to 3')], [('abc', '')])
    """
    for start in range(0, len(items), size):
        part = items[start : start + size]
        yield part, f"{start + 1} to {start + len(part)}" if len(items) > size else ""
