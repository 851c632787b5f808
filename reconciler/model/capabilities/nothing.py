"""The answer of a capability that a kind leaves out: nothing."""

from __future__ import annotations


def nothing(*_asked: object) -> tuple[()]:
    """Return nothing, for any arguments."""
    return ()
