"""Names without repeated words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def without_echo(words: Sequence[str]) -> list[str]:
    """Return words without an immediate repetition: ``acme acme inventory`` becomes ``acme inventory``."""
    for length in range(len(words) // 2, 0, -1):
        for start in range(len(words) - 2 * length + 1):
            if words[start : start + length] == words[start + length : start + 2 * length]:
                return without_echo([*words[:start], *words[start + length :]])
    return list(words)
