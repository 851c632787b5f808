"""Leaving an object alone for a while that differs again after each heal, because somebody else keeps changing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST = 6 * 3600.0
"""Seconds that an object is left alone, at most."""


@dataclass(frozen=True, slots=True)
class Try:
    """The latest of the changes in a row that a watch made to one object.

    ``declared`` identifies what the manifest said; ``failure`` is empty if the change succeeded.
    """

    declared: str
    times: int
    at: float
    until: float
    failure: str = ""


@dataclass(slots=True)
class BackOff:
    """What a watch remembers of the objects that it changed; in memory only. All times are of one monotonic clock.

    The first difference after a heal is healed at once: it may be a new one. From the second one on the object is left
    alone, for twice the interval and then for twice as long each time. An object that stays as declared for as long as
    it was left alone, and one whose manifest changes, starts anew.
    """

    interval: float
    tries: dict[str, Try] = field(default_factory=dict)

    def note(self, address: str, declared: str, now: float, failure: str = "") -> None:
        """Note that an object was changed, or could not be."""
        before = self.tries.get(address)
        times = before.times + 1 if before and before.declared == declared else 1
        self.tries[address] = Try(declared, times, now, now + self._pause(times), failure)

    def forget(self, differing: Mapping[str, str], now: float) -> None:
        """Forget the objects that stayed as declared long enough, and those whose manifests changed.

        ``differing`` is what the manifest of each object that differs says now, by address.
        """
        for address, tried in list(self.tries.items()):
            changed = address in differing and differing[address] != tried.declared
            quiet = address not in differing and now - tried.at > max(self._pause(tried.times + 1), 2 * self.interval)
            if changed or quiet:
                del self.tries[address]

    def reasons(self, differing: Collection[str], now: float) -> dict[str, str]:
        """Return why objects are left alone now, by address."""
        return {
            address: self._reason(tried, now)
            for address, tried in self.tries.items()
            if address in differing and now < tried.until
        }

    def _pause(self, times: int) -> float:
        """Return the seconds to leave an object alone after so many changes in a row."""
        if times < 2:
            return 0.0
        return max(min(self.interval * 2.0 ** min(times - 1, 30), LONGEST), self.interval)

    @staticmethod
    def _reason(tried: Try, now: float) -> str:
        rest = counted(max(1, round((tried.until - now) / 60)), "minute")
        if tried.failure:
            return f"changing it failed {counted(tried.times, 'time')} in a row ({tried.failure}); next try in {rest}"
        return (
            f"it differed again after {counted(tried.times, 'heal')} in a row, so somebody else keeps changing it; "
            f"left alone for {rest}"
        )
