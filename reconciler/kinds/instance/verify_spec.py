"""``verify`` of an instance's spec: how to find out whether the instance works.

It is no field of the live object: the differ never compares it, and nothing of it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.doubtful_text import is_blank_text
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.place import Path

FIELD = "verify"
SECONDS = {"s": 1, "m": 60, "h": 3600}
DEFAULT_TIMEOUT = 300.0
LONGEST_TIMEOUT = 24 * 3600
_TIMEOUT = re.compile(r"([1-9][0-9]{0,4})([smh])")


@dataclass(frozen=True, slots=True)
class Verify:
    """The checks that a spec declares.

    ``failures`` and ``at_least`` are those of ``executions``, ``None`` without it; ``timeout`` is in seconds.
    """

    timeout: float = DEFAULT_TIMEOUT
    connections_active: bool = False
    failures: int | None = None
    at_least: int | None = None
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def verify_of(spec: Mapping[str, Any]) -> Verify:
    """Return the checks of a valid spec; those of an empty ``verify`` without one."""
    declared = spec.get(FIELD) or {}
    executions = declared.get("executions")
    return Verify(
        timeout=seconds(declared.get("timeout", "5m")) or DEFAULT_TIMEOUT,
        connections_active=declared.get("connections") == "active",
        failures=None if executions is None else executions.get("failures", 0),
        at_least=None if executions is None else executions.get("atLeast", 0),
        flows={name: test or {} for name, test in (declared.get("flows") or {}).items()},
    )


def seconds(text: str) -> float | None:
    """Return the seconds of a duration such as ``30s``, ``5m`` or ``1h``; ``None`` for another text.

    >>> seconds("30s"), seconds("5m"), seconds("1 hour")
    (30.0, 300.0, None)
    """
    found = _TIMEOUT.fullmatch(text)
    return float(found[1]) * SECONDS[found[2]] if found else None


def verify_check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield the problems of ``verify`` beyond its schema."""
    declared = spec.get(FIELD)
    if not isinstance(declared, dict):
        return
    timeout = declared.get("timeout")
    if isinstance(timeout, str) and (seconds(timeout) or 0) > LONGEST_TIMEOUT:
        yield Diagnostic("'timeout' is longer than 24h, the longest that is waited", path=(FIELD, "timeout"))
    for name, test in _tests(spec):
        yield from _expectation_problems((FIELD, "flows", name, "expect"), test.get("expect") or {})
        headers = test.get("headers")
        for key, value in (headers if isinstance(headers, dict) else {}).items():
            if isinstance(value, str) and is_blank_text(value):
                message = "holds nothing but blanks; give the header a value, or leave it out"
                yield Diagnostic(message, path=(FIELD, "flows", name, "headers", key))


def _expectation_problems(path: Path, expect: Mapping[str, Any]) -> Iterator[Diagnostic]:
    if "step" in expect and "path" not in expect:
        message = "'step' needs 'path': the place in the step's result to check, such as path: ok"
        yield Diagnostic(message, path=(*path, "step"), key=True)
    for key in ("path", "equals"):
        if key in expect and "step" not in expect:
            message = f"{key!r} needs 'step': the step whose result is checked, such as step: Ping"
            yield Diagnostic(message, path=(*path, key), key=True)
            return


def payload_files(spec: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the paths of payloads that are kept in a file, ``{file: F}``."""
    for name, test in _tests(spec):
        payload = test.get("payload")
        if isinstance(payload, dict) and payload.keys() == {"file"}:
            yield (FIELD, "flows", name, "payload")


def unknown_flows(spec: Mapping[str, Any], flows: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield a problem for each flow to run that the version does not have; ``flows`` are its flows by name."""
    for name, _ in _tests(spec):
        if name not in flows:
            message = f"no flow is named {name!r}; {did_you_mean(name, flows)}"
            yield Diagnostic(message, path=(FIELD, "flows", name), key=True)


def _tests(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the flows to run, also of a spec that was checked only in part."""
    declared = spec.get(FIELD)
    flows = declared.get("flows") if isinstance(declared, dict) else None
    for name, test in (flows if isinstance(flows, dict) else {}).items():
        yield name, test if isinstance(test, dict) else {}
