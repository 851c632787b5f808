"""How many mutations one request carries: few at first, more while requests stay quick."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 5
SLOW_SECONDS = 5.0
"""A request over this is slow. A deploy can take seconds, and gateways cut long requests off."""


@dataclass(slots=True)
class BatchSize:
    """The size of the next batch: doubled after a quick one, halved after a slow one, never over ``largest``."""

    largest: int
    size: int = 0

    def __post_init__(self) -> None:
        self.size = min(self.size or FIRST, self.largest)

    def took(self, seconds: float) -> None:
        """Adapt the size to the duration of one request, in seconds."""
        self.size = max(1, self.size // 2) if seconds > SLOW_SECONDS else min(self.largest, self.size * 2)
