"""Outcomes: rules that say how runs of flows end, and how a release turns out for an instance.

A rule is a mapping as world files and ``/sandbox/outcomes`` have it. It matches by the names of an integration, a flow,
a customer (or its external ID) and an instance, and by a version; what it leaves out matches everything. For each
question the first rule decides that matches and answers it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.clock import ClockError, parse_duration
from reconciler.sandbox.data.shared_uses import settle_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant

Rule = dict[str, Any]

MATCHES = ("integration", "version", "flow", "customer", "instance")
_RUN = frozenset({"result", "error", "retries", "queued", "after", "steps"})
_KEPT = "outcomes"
_ZERO = timedelta()
_MINUTE = timedelta(minutes=1)

RESULTS = {
    "succeed": "COMPLETED",
    "fail": "ERROR",
    "no-changes": "POLLED_NO_CHANGES",
    "duplicate": "CANCELED_AS_DUPLICATE",
    "never": None,
}
"""The ``resultType`` of each result; a run with the result ``never`` does not end."""


class OutcomeError(ValueError):
    """A rule with a value that it cannot have; ``key`` is the path to the value."""

    def __init__(self, key: Sequence[str], message: str) -> None:
        super().__init__(f"{'.'.join(key)}: {message}" if key else message)
        self.key = tuple(key)


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules match against: an instance with its customer and version, and for a run the flow."""

    integration: str
    version: int
    customer: frozenset[str]
    instance: str
    flow: str | None = None

    def fits(self, rule: Rule) -> bool:
        """Return whether a rule matches."""
        return all(self._fits(name, rule[name]) for name in MATCHES if name in rule)

    def _fits(self, name: str, wanted: Any) -> bool:
        own = getattr(self, name)
        wanted = set(wanted) if isinstance(wanted, list) else {wanted}
        return not wanted.isdisjoint(own if isinstance(own, frozenset) else {own})


@dataclass(frozen=True, slots=True)
class Run:
    """How a run goes: waits ``queued``, takes ``after``, fails and is retried, and ends with a result."""

    result: str = "succeed"
    error: str | None = None
    queued: timedelta = _ZERO
    after: timedelta = _ZERO
    failures: int = 0
    """How many attempts fail before the one that ends with the result."""
    retries: int = 0
    """How many retries there are at most."""
    every: timedelta = _MINUTE
    steps: Mapping[str, Any] = field(default_factory=dict)
    """The result of each step that has its own, by the step's name."""

    @property
    def ends(self) -> bool:
        return RESULTS[self.result] is not None

    @classmethod
    def of(cls, rule: Rule) -> Run:
        """Return the part of a rule that is about runs; raise :class:`OutcomeError`."""
        retries = rule.get("retries") or {}
        failures = retries.get("failures", 0)
        return cls(
            result=rule.get("result") or ("fail" if "error" in rule else "succeed"),
            error=rule.get("error"),
            queued=_duration(rule, "queued", _ZERO),
            after=_duration(rule, "after", _ZERO),
            failures=failures,
            retries=retries.get("max", failures),
            every=_duration(retries, "every", _MINUTE, "retries"),
            steps=rule.get("steps") or {},
        )


def _duration(rule: Rule, key: str, default: timedelta, *above: str) -> timedelta:
    if key not in rule:
        return default
    try:
        return parse_duration(rule[key])
    except ClockError as error:
        raise OutcomeError((*above, key), str(error)) from error


def check_rule(rule: Rule) -> None:
    """Raise :class:`OutcomeError` if a rule of the right shape has a value that makes no sense."""
    run = Run.of(rule)
    if not set(rule) - set(MATCHES):
        raise OutcomeError((), "the rule says nothing: give it a result, deploy, connections, suspended or maxRuns")
    if run.error is not None and run.result != "fail":
        raise OutcomeError(("error",), "only a run that fails has an error")
    about = sorted({"deploy", "connections", "suspended"} & set(rule))
    if "flow" in rule and about:
        raise OutcomeError(("flow",), f"{about[0]} concerns whole instances, so the rule cannot name a flow")


class Outcomes:
    """The rules of a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.rules: list[Rule] = tenant.store.kept(_KEPT, [])

    def add(self, **rule: Any) -> None:
        """Put a rule before the others; raise :class:`OutcomeError`."""
        self.replace([rule, *self.rules])

    def clear(self) -> None:
        self.replace([])

    def replace(self, rules: Iterable[Rule]) -> None:
        """Replace all rules, and let those about releases take effect on what is deployed.

        Raises :class:`OutcomeError`, and then nothing changes.
        """
        rules = list(rules)
        for rule in rules:
            check_rule(rule)
        self.rules = rules
        with self._tenant.store.transaction():
            self._tenant.store.keep(_KEPT, rules)
            for row, subject in _subjects(self._tenant):
                self.affect(row, subject)

    def answer(self, subject: Subject, key: str, default: Any = None) -> Any:
        """Return the answer of the first matching rule that has this key."""
        return next((rule[key] for rule in self.rules if key in rule and subject.fits(rule)), default)

    def run(self, subject: Subject) -> Rule:
        """Return the first matching rule about runs, or one without an answer."""
        return next((rule for rule in self.rules if not _RUN.isdisjoint(rule) and subject.fits(rule)), {})

    def affect(self, instance: Row, subject: Subject) -> None:
        """Break the connections of a deployed instance, or suspend it, or undo that, as the rules say."""
        broken = self.answer(subject, "connections", "") == "error"
        suspended = bool(self.answer(subject, "suspended", default=False))
        store = self._tenant.store
        if (broken, suspended) == (bool(instance["broken"]), bool(instance["systemSuspended"])):
            return
        if broken != bool(instance["broken"]):
            store.execute(
                "UPDATE config_variables SET status = ? WHERE instance = ? AND status = ?",
                (*(("ERROR",) if broken else ("ACTIVE",)), instance["id"], "ACTIVE" if broken else "ERROR"),
            )
            if not broken:
                settle_uses(self._tenant, instance=instance["id"])
        store.update("instances", instance["id"], broken=int(broken), systemSuspended=int(suspended))


def _subjects(tenant: Tenant, instance: str = "") -> Iterator[tuple[Row, Subject]]:
    """Return the deployed instances, or the one with this ID, with what rules match them by."""
    rows = tenant.store.rows(
        "SELECT i.*, v.name AS integrationName, v.versionNumber, c.name AS customerName, c.externalId"
        " FROM instances i JOIN integrations v ON v.id = i.integration JOIN customers c ON c.id = i.customer"
        " WHERE i.id = :instance OR (:instance = '' AND i.lastDeployedAt IS NOT NULL)",
        {"instance": instance},
    )
    for row in rows:
        names = frozenset(name for name in (row["customerName"], row["externalId"]) if name)
        yield row, Subject(row["integrationName"], row["versionNumber"], names, row["name"])


def subject_of(tenant: Tenant, instance: str) -> tuple[Row, Subject]:
    """Return an instance, also one that was never deployed, with what rules match it by."""
    return next(_subjects(tenant, instance))
