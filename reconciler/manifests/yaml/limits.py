"""How deep a file may nest, how far aliases and variables may expand, and how much of a value a message quotes."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_QUOTE = 60
MAX_DEPTH = 100
MOST_CHARACTERS = 10 * 1024 * 1024
"""The characters that the aliases of a run may expand to, and those that its variables may: as many as a file may have.

The expanded text is copied several times later, for digests among others.
"""
MOST_IN_MEMBERS = 256 * 1024 * 1024
"""The characters that the members of all sets may have: as many as 10,000 manifests of 26 KB."""


@dataclass(slots=True)
class Expansion:
    """What the aliases of a run have expanded to so far; shared by all of its documents."""

    so_far: int = 0
    """Values."""
    characters: int = 0
