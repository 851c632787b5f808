"""How many mutations travel in one request: few at first, more while requests stay quick."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 5
SLOW_SECONDS = 5.0
"""A deploy can take seconds, and gateways give up on long requests."""


@dataclass(slots=True)
class BatchSize:
    """The size of the next batch: doubled after a quick one, halved after a slow one, never over ``largest``."""

    largest: int
    size: int = 0

    def __post_init__(self) -> None:
        self.size = min(self.size or FIRST, self.largest)

    def took(self, seconds: float) -> None:
        """Learn from one request's duration."""
        self.size = max(1, self.size // 2) if seconds > SLOW_SECONDS else min(self.largest, self.size * 2)
