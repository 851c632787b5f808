"""A probe: it acts assumptions out, and names the reading of each that holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.doctor.writing.lab import NoReading, Unheard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from reconciler.doctor.writing.lab import Lab

Results = Mapping[str, str | NoReading | Unheard]
"""The reading of each assumption, by its name, or why none can be named."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The names of the assumptions that ``act`` decides. What it raises is the result for all of them."""

    names: tuple[str, ...]
    act: Callable[[Lab], Awaitable[Results]]

    @classmethod
    def of(cls, name: str, act: Callable[[Lab], Awaitable[str]]) -> Probe:
        """Return the probe of one assumption; ``act`` returns its reading."""

        async def results(lab: Lab) -> Results:
            return {name: await act(lab)}

        return cls((name,), results)


def reading(readings: Mapping[Any, str], seen: Any) -> str:
    """Return the reading that shows as ``seen``, which is the probe's own value; raises :class:`Unheard`."""
    if seen not in readings:
        raise Unheard(f"it shows as {_shown(seen, readings)}, not as {' or '.join(map(repr, readings))}")
    return readings[seen]


def _shown(seen: Any, known: Any) -> str:
    """Return what was seen; a text that no reading has is not shown, since it can be anything."""
    if isinstance(seen, tuple):
        return f"({', '.join(_shown(each, known) for each in seen)})"
    return "another text" if isinstance(seen, str) and repr(seen) not in repr(list(known)) else repr(seen)
