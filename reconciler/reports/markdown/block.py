"""One part of a Markdown report, whole in itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.reports.markdown.markup import fence, folded

Detail = Literal["all", "no creations", "no fields"]
DETAILS: tuple[Detail, ...] = ("all", "no creations", "no fields")
"""The levels of detail, from most to least."""
DOZEN = 12
"""Lines of a block that are shown without unfolding it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the report, and its number of changes; a deletion counts where it is listed, at the top."""

    text: str
    changes: int = 0
    deletions: int = 0
    """How many of the changes are deletions, which are left out after everything else."""


def fenced(lines: list[str]) -> str:
    """Return lines of a difference, to be unfolded if they are many."""
    block = fence(lines)
    return block if len(lines) <= DOZEN else folded(f"{len(lines)} lines", block)
