"""Schedules: a cron expression, its type and its time zone, compared as one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.kinds.variables.cron import FIELDS, is_cron, why_not_cron
from reconciler.kinds.variables.time_zones import EXPECTED, suggestion, time_zones
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from reconciler.kinds.variables.live_variables import StoredValue
    from reconciler.model.place import Path

TYPES = ("none", "custom", "minute", "hour", "day", "week")
"""Lower case in arguments, upper case in results."""
FORM = "{schedule: {cron: …, timeZone: …}}, or the cron expression alone"


_PARTS = {
    "cron": 'a cron expression such as "0 6 * * *"',
    "type": f"one of {', '.join(TYPES)}",
    "timeZone": EXPECTED,
}
"""What each part is; it does not help to put something else in quotes."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule; its type or time zone is ``None`` if the manifest leaves it open."""

    cron: str = ""
    type: str | None = None
    time_zone: str | None = None

    @classmethod
    def parse(cls, value: Any) -> Self:
        """Return a manifest's schedule. Raises ``Mismatch`` for a value that is none."""
        if isinstance(value, str):
            return cls(_squeeze(value))
        inner = value.get("schedule") if isinstance(value, dict) and set(value) == {"schedule"} else None
        if isinstance(inner, str):
            return cls(_squeeze(inner))
        if not isinstance(inner, dict):
            raise Mismatch(FORM, value)
        return cls._of_mapping(inner)

    @classmethod
    def _of_mapping(cls, inner: dict[Any, Any]) -> Self:
        found = Mismatches()
        for key, item in inner.items():
            if key not in {"cron", "type", "timeZone"}:
                near = did_you_mean(str(key), ("cron", "type", "timeZone"), listed_as="allowed")
                found.add(Mismatch(f"cron, type and timeZone ({near})", key, path=("schedule", key)))
            elif not isinstance(item, str):
                found.add(Mismatch(_PARTS[key], item, path=("schedule", key)))
        kind = inner.get("type")
        if isinstance(kind, str) and kind.lower() not in TYPES:
            found.add(Mismatch("a type of schedule", kind, path=("schedule", "type"), options=TYPES))
        if "cron" not in inner and str(kind or "").lower() != "none":
            found.add(Mismatch(f"a cron expression in {FORM}", inner, path=("schedule",)))
        found.end()
        return cls(_squeeze(inner.get("cron", "")), kind and kind.lower(), inner.get("timeZone"))

    @classmethod
    def of(cls, value: StoredValue) -> Self:
        """Return the schedule of a live variable, or the one that an integration declares as the default."""
        return cls(_squeeze(value.value or ""), (value.schedule_type or "").lower() or None, value.time_zone or "")

    def completed(self, current: Schedule) -> Schedule:
        """Return this schedule, with the parts that it leaves open taken from the current one.

        A type belongs to its cron expression: a new expression without a type is ``custom``, and no expression is
        ``none``.
        """
        kind = self.type
        if kind is None:
            kept = current.type if current.cron == self.cron else None
            kind = "none" if not self.cron else kept if kept and kept != "none" else "custom"
        return replace(self, type=kind, time_zone=current.time_zone if self.time_zone is None else self.time_zone)

    def same(self, current: Schedule) -> bool:
        """Return whether both run at the same times; without an expression no type and ``none`` are equal."""
        return self._meaning() == current._meaning()

    def _meaning(self) -> tuple[str, str, str]:
        """Return the parts to compare. Whether an expression without a type runs is unknown, so it equals no other."""
        return self.cron, self.type or ("" if self.cron else "none"), self.time_zone or ""

    def wire(self) -> dict[str, str]:
        return {"scheduleType": self.type or "none", "timeZone": self.time_zone or ""}

    def show(self) -> dict[str, str]:
        shown = {"cron": self.cron, "type": self.type or "none"}
        return {**shown, "timeZone": self.time_zone} if self.time_zone else shown


def agrees(value: Any, live: StoredValue) -> bool:
    """Return whether a manifest's schedule is valid and equals the live one, as far as their texts show.

    ``True`` is what a full comparison would return; most schedules of a large tenant get it, and need no parsing.
    """
    inner = value.get("schedule") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(inner, dict) or not inner.keys() <= {"cron", "timeZone"}:
        return False
    runs = (live.schedule_type or "none").lower() != "none"
    same = inner.get("cron") == live.value and inner.get("timeZone", live.time_zone) == live.time_zone
    known = "timeZone" not in inner or inner["timeZone"] in time_zones()
    return runs and same and known and is_cron(inner["cron"])


def check_schedule(value: Any) -> None:
    """Raise ``Mismatch`` for a manifest's schedule with an invalid cron expression or time zone."""
    inner = value["schedule"] if isinstance(value, dict) else value
    path: Path = ("schedule",) if isinstance(value, dict) else ()
    parts = inner if isinstance(inner, dict) else {"cron": inner}
    found = Mismatches()
    cron, zone = _squeeze(parts.get("cron", "")), parts.get("timeZone")
    if cron and not is_cron(cron):
        where = (*path, "cron") if parts is inner else path
        expected = f"a cron expression of five fields ({', '.join(FIELDS)})"
        found.add(Mismatch(expected, parts["cron"], path=where, detail=why_not_cron(cron)))
    if zone and time_zones() and zone not in time_zones():
        found.add(Mismatch(EXPECTED, zone, path=(*path, "timeZone"), detail=suggestion(zone)))
    found.end()


def _squeeze(cron: str) -> str:
    return " ".join(cron.split())
