"""All readings of a text, folded: what is searched for secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.prismatic.redaction.decodings import TooManyDecodings, decodings
from reconciler.prismatic.redaction.folding import fold, fold_loosely

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Folded:
    """One reading of a text, folded; its byte ``i`` comes from ``original[starts[i]:ends[i]]``."""

    data: bytes
    starts: Sequence[int]
    ends: Sequence[int]


def readings_of(text: str) -> list[Folded] | None:
    """Return all readings of a text, folded; ``None`` if there are too many."""
    try:
        decoded = decodings(text)
    except TooManyDecodings:
        return None
    found = [Folded(fold(each.text), each.starts, each.ends) for each in decoded]
    for each in decoded:
        loose = fold_loosely(each.text)
        if loose:
            data, indices = loose
            found.append(Folded(data, [each.starts[i] for i in indices], [each.ends[i] for i in indices]))
    return found
