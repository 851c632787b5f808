"""The spec of an alert monitor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.kinds.alert_group.spec import NAME as GROUP
from reconciler.kinds.alert_webhook.spec import NAME as WEBHOOK
from reconciler.kinds.customer.spec import NAME as CUSTOMER
from reconciler.kinds.customer.spec import reference_key, reference_name, reference_shard_key
from reconciler.kinds.instance.spec import NAME as INSTANCE
from reconciler.kinds.instance.spec import SET as INSTANCE_SET
from reconciler.kinds.user.spec import NAME as USER
from reconciler.model.capabilities.spec import Spec, Unfolding
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import Reference, list_references

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

NAME = "AlertMonitor"
LISTS = {"groups": (GROUP, "{name: …}"), "users": (USER, "{email: …}"), "webhooks": (WEBHOOK, "{name: …}")}
"""The lists of ``notify``: their kind, and how one that no manifest declares is named."""
FIXED = frozenset({"instance", "instances", "flow", "flows"})
"""What a monitor is bound to identifies it."""
UNFOLDING = Unfolding("instances", "instance", INSTANCE, INSTANCE_SET, "flows", "flow")
_DURATION = re.compile(r"([0-9]+)([smhd])")
_LETTERS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
UNITS = {"duration": 1, "overdue": 60}
"""The times of a monitor, and the seconds of the unit in which the API holds each."""
LARGEST = 2**31 - 1
"""The largest number of seconds or minutes that the API can hold."""


def seconds_of(text: str) -> int | None:
    """Return the seconds of a duration such as ``10s``, ``5m``, ``2h`` or ``1d``; ``None`` for another text."""
    found = _DURATION.fullmatch(text)
    return int(found[1]) * _LETTERS[found[2]] if found else None


def written(seconds: int) -> str:
    """Return seconds as a manifest writes them, in the largest unit without a remainder.

    >>> written(10), written(90), written(1800), written(0)
    ('10s', '90s', '30m', '0s')
    """
    unit = next((name for name, size in reversed(_LETTERS.items()) if seconds and seconds % size == 0), "s")
    return f"{seconds // _LETTERS[unit]}{unit}"


def instance_key(named: Any) -> Hashable:
    """Return what a monitor's instance is found by."""
    return (named.get("name"), reference_key(named.get("customer"))) if isinstance(named, dict) else str(named)


def name_key(spec: Mapping[str, Any]) -> Hashable:
    """Return what a monitor is found by: its instance, its flow if it is of one, and its name."""
    flow = spec.get("flow", spec.get("flows"))
    return (instance_key(spec.get("instance")), flow, spec["name"])


def notified(spec: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the declared lists of ``notify``."""
    notify = spec.get("notify")
    for field in LISTS:
        if isinstance(notify, dict) and isinstance(notify.get(field), list):
            yield field, notify[field]


def references(spec: Mapping[str, Any]) -> list[Reference]:
    """Return the references to an instance, and to whom the monitor notifies."""
    named = spec.get("instance")
    found = []
    if isinstance(named, str):
        elsewhere = "{name: …, customer: …}"
        found.append(Reference(("instance",), INSTANCE, named, parent=True, elsewhere=elsewhere))
    elif isinstance(named, dict) and isinstance(named.get("customer"), str):
        found.append(Reference(("instance", "customer"), CUSTOMER, named["customer"], parent=True))
    return [*found, *list_references(LISTS, dict(notified(spec)), ("notify",))]


def _check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for field, unit in UNITS.items():
        seconds = seconds_of(spec[field]) if isinstance(spec.get(field), str) else None
        if seconds is None:
            continue
        if seconds % unit:
            yield Diagnostic(
                f"{field!r} is kept in whole minutes, and {spec[field]!r} is none; write {written(seconds // 60 * 60)}"
                f" or {written((seconds // 60 + 1) * 60)}",
                path=(field,),
            )
        elif not seconds:
            yield Diagnostic(f"{field!r} is a time from 1 {'minute' if unit > 1 else 'second'} on", path=(field,))
        elif seconds // unit > LARGEST:
            message = f"{field!r} is {spec[field]!r}, and the API holds no longer time than {written(LARGEST * unit)}"
            yield Diagnostic(message, path=(field,))
    yield from _repeated(spec)


def _repeated(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for field, listed in notified(spec):
        seen: list[Any] = []
        for number, each in enumerate(listed):
            if each in seen:
                yield Diagnostic(f"{each!r} is listed twice; take one out", path=("notify", field, number))
            seen.append(each)


def parent_title(spec: Mapping[str, Any]) -> str:
    """Return what to call the customer of an instance that is in no manifest; of another one its handle."""
    named = spec.get("instance")
    return reference_name(named) if isinstance(named, dict) else str(named or "")


def shard_key(spec: Mapping[str, Any]) -> Hashable:
    """Return what identifies the customer of an instance that is in no manifest."""
    named = spec.get("instance")
    return reference_shard_key(named) if isinstance(named, dict) else ("instance", named)


SPEC = Spec(
    identity=name_key,
    title=lambda spec: str(spec["name"]),
    references=references,
    check=_check,
    fixed=FIXED,
    unfolding=UNFOLDING,
)
