"""A Rollout document as a policy, and what is wrong with it beyond its schema."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reconciler.kinds.variables.cron import is_cron, why_not_cron
from reconciler.kinds.variables.time_zones import EXPECTED, suggestion, time_zones
from reconciler.manifests.schema.schemas import INSTANCE_SET
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.rollout import AT_ONCE, Allowance, Rollout, Selection, Wave, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.place import Origin

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """Return a length of time that the schema accepts.

    >>> duration("90s"), duration("7d")
    (datetime.timedelta(seconds=90), datetime.timedelta(days=7))
    """
    return timedelta(**{UNITS[text[-1]]: int(text[:-1])})


def parse_rollout(data: Mapping[str, Any], origin: Origin | None = None) -> Rollout:
    """Return the policy of a document that its schema accepts."""
    spec = data["spec"]
    chosen = spec["instances"]
    return Rollout(
        name=data["metadata"]["name"],
        selection=Selection(
            tuple(f"{INSTANCE_SET}/{handle}" for handle in chosen.get("sets", ())),
            chosen.get("integration", ""),
            _lower(chosen.get("labels", ())),
        ),
        waves=tuple(_wave(each) for each in spec["waves"]),
        max_failures=_allowance(spec.get("maxFailures", 0)),
        max_concurrent=spec.get("maxConcurrent", AT_ONCE),
        windows=tuple(
            Window(each["schedule"], duration(each["duration"]), each.get("timeZone", "UTC"))
            for each in spec.get("windows", ())
        ),
        create=spec.get("create", "at-once"),
        on_failure=spec.get("onFailure", "stop"),
        origin=origin,
    )


def _wave(data: Mapping[str, Any]) -> Wave:
    customers = data.get("customers", {})
    return Wave(
        name=data["name"],
        labels=_lower(customers.get("labels", ())),
        names=tuple(customers.get("names", ())),
        percent=data.get("percent"),
        soak=duration(data.get("soak", "0s")),
        approval="approval" in data,
    )


def _allowance(value: int | str) -> Allowance:
    return Allowance(percent=float(value[:-1])) if isinstance(value, str) else Allowance(value)


def _lower(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(label.lower() for label in labels)


def own_problems(data: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield what is wrong with a document that its schema accepts; paths begin at the document's root."""
    spec = data["spec"]
    yield from _wave_problems(spec["waves"])
    for number, window in enumerate(spec.get("windows", ())):
        yield from _window_problems(window, ("spec", "windows", number))


def _wave_problems(waves: Sequence[Mapping[str, Any]]) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for number, wave in enumerate(waves):
        path = ("spec", "waves", number)
        name = wave["name"]
        if seen.setdefault(name, number) != number:
            message = f"two waves have the name {name!r}; give one of them another name"
            yield Diagnostic(message, path=(*path, "name"))
        if "customers" in wave and "percent" in wave:
            message = f"wave {name!r} has customers and percent; keep one of them, or make two waves of it"
            yield Diagnostic(message, path=(*path, "percent"), key=True)
        rest = "customers" not in wave and "percent" not in wave
        if rest and number < len(waves) - 1:
            message = (
                f"wave {name!r} has neither customers nor percent, so it takes everybody who is left, and only the "
                "last wave can do that; move it to the end, or say whom it chooses"
            )
            yield Diagnostic(message, path=path)


def _window_problems(window: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Diagnostic]:
    schedule, zone = window["schedule"], window.get("timeZone", "UTC")
    if not is_cron(schedule):
        message = f"{schedule!r} is no cron expression of five fields such as 0 22 * * 1-4: {why_not_cron(schedule)}"
        yield Diagnostic(message, path=(*path, "schedule"))
    if time_zones() and zone not in time_zones():
        message = f"unknown time zone {zone!r}; expected {EXPECTED}; {suggestion(zone)}"
        yield Diagnostic(message, path=(*path, "timeZone"))
