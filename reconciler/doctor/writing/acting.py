"""The examination that writes: it acts the assumptions out one after another, and removes all that it made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.doctor.findings import Finding
from reconciler.doctor.probed.operations import (
    PROBE_CREATE_CUSTOMER,
    PROBED_CUSTOMERS,
    PROBED_DECLARATIONS,
    PROBED_VERSIONS,
)
from reconciler.doctor.words import reason_of
from reconciler.doctor.writing import (
    alerts,
    customers,
    deploys,
    history,
    instances,
    limits,
    monitors,
    moving,
    runs,
    shared,
    values,
)
from reconciler.doctor.writing.clearing import clear, marked_customers
from reconciler.doctor.writing.lab import Lab, NoReading, Refused, Unheard, refusal_in
from reconciler.doctor.writing.marks import LABEL, Marks
from reconciler.doctor.writing.readings import QUESTIONS, READINGS
from reconciler.doctor.writing.versions import Version
from reconciler.errors import ApiError, EndOfRun, Interrupted, Rejected, RequestFailed, Unreachable, UsageError
from reconciler.prismatic.connection import Connection
from reconciler.prismatic.graphql.batching import Call
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.doctor.probed.operations import ProbedVersion
    from reconciler.doctor.writing.clearing import Cleared
    from reconciler.doctor.writing.probe import Probe, Results
    from reconciler.prismatic.client import Api

Fresh = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection that works after the run's own one has ended."""

PROBES: Sequence[Probe] = (
    *customers.PROBES,
    *instances.PROBES,
    *values.PROBES,
    *moving.PROBES,
    *monitors.PROBES,
    *alerts.PROBES,
    *shared.PROBES,
    *deploys.PROBES,
    *runs.PROBES,
    *history.PROBES,
    *limits.PROBES,
)
_MOST_VERSIONS = 4
"""How many versions of the integration probes choose among: the chosen one, and the newest others."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user names: the throw-away customer, the integration, and what may be done with it."""

    customer: str
    integration: str
    version: int | None = None
    deploys: bool = False
    flow: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """An examination that can begin: nothing was changed for it yet."""

    wish: Wish
    chosen: ProbedVersion
    others: Sequence[ProbedVersion]
    leftovers: int
    """How many customers an earlier examination of the same name left."""

    @property
    def steps(self) -> Sequence[str]:
        """Return what will be done, in words, for the question whether to do it."""
        wish, number = self.wish, self.chosen.version_number
        earlier = f"remove what an earlier run left: {counted(self.leftovers, 'customer')}, with everything of theirs"
        steps = [earlier] if self.leftovers else []
        steps += [
            f"create the customer {wish.customer!r}, and for a moment a second one",
            (
                f"create instances of {wish.integration!r}, version {number} and its {len(self.others)} newest others, "
                "two at most at a time"
            ),
            (
                "create alert webhooks, an alert group, alert monitors, event webhooks and shared connections, whose "
                f"names begin with 'reconciler-doctor {wish.customer}', and which notify nobody"
            ),
            f"deploy instances of version {number}" if wish.deploys else "deploy nothing",
            f"run the flow {wish.flow!r} once" if wish.flow else "run no flow",
            "delete all of it again",
        ]
        return steps


@dataclass(slots=True)
class _Own:
    """The ID of the customer that this run created, known also after an error; empty before it is created."""

    customer: str = ""


def prepare(connection: Connection, wish: Wish) -> Ready:
    """Find the integration and look whether the customer's name is free. Changes nothing.

    Raises ``UsageError`` for a customer that exists and is no earlier examination's, and for an unknown integration.
    """
    return connection.run(_prepare(connection.api, wish))


async def _prepare(api: Api, wish: Wish) -> Ready:
    if wish.flow and not wish.deploys:
        raise UsageError("--flow runs a flow of a deployed instance; add --deploy")
    marked = await marked_customers(api, Marks(wish.customer))
    same, versions = await api.call(
        [
            Call(PROBED_CUSTOMERS, {"name": wish.customer, "first": 100}),
            Call(PROBED_VERSIONS, {"name": wish.integration}),
        ]
    )
    for answer in (same, versions):
        if answer.errors or answer.data is None:
            raise Rejected("; ".join(answer.errors) or "the API answers without what was asked for")
    namesakes, nodes = (answer.data.nodes if answer.data else () for answer in (same, versions))
    known = {each.id for each in marked}
    if any(each.name.lower() == wish.customer.lower() and each.id not in known for each in namesakes):
        raise UsageError(
            f"the customer {wish.customer!r} exists, and it does not carry the label {LABEL!r} of an examination that "
            "did not come to its end; choose a name that no customer has"
        )
    own = [each for each in nodes if each.name == wish.integration and each.version_is_available]
    if not own:
        raise UsageError(f"no integration named {wish.integration!r} has an available version")
    own.sort(key=lambda each: -each.version_number)
    chosen = next((each for each in own if wish.version in {None, each.version_number}), None)
    if chosen is None:
        numbers = ", ".join(str(each.version_number) for each in own[:20])
        raise UsageError(f"{wish.integration!r} has no available version {wish.version}; available: {numbers}")
    others = [each for each in own if each is not chosen][: _MOST_VERSIONS - 1]
    return Ready(wish, chosen, others, len(marked))


def act_out(connection: Connection, ready: Ready, fresh: Fresh, probes: Sequence[Probe] = PROBES) -> Sequence[Finding]:
    """Act every assumption out and return what was found; everything that was created is deleted again.

    An error of a single probe is part of its finding. After the end of the run (a signal, the time limit), ``fresh``
    opens another connection to delete what was created. Raises that error, or the network's, with what may be left.
    """
    marks = Marks(ready.wish.customer)
    own = _Own()
    try:
        return connection.run(_act_out(connection.api, ready, marks, probes, own))
    except ApiError as error:
        over = isinstance(error, EndOfRun)
        try:
            with fresh() if over else nullcontext(connection) as able:
                left = able.run(clear(able.api, marks, own.customer)).left
        except ApiError as failure:
            left = (reason_of(failure),)
        raise _ended(error, left, marks) from None


def _ended(error: ApiError, left: Sequence[str], marks: Marks) -> ApiError:
    """Return the error with what it means for the tenant."""
    if not left:
        text = f"{error}; everything that was created is deleted again"
    else:
        text = (
            f"{error}; objects that were created for the customer {marks.customer!r} may be left ({left[0]}): "
            "the same command removes them first"
        )
    return Interrupted(text, error.exit_code) if isinstance(error, Interrupted) else type(error)(text)


async def _act_out(api: Api, ready: Ready, marks: Marks, probes: Sequence[Probe], own: _Own) -> Sequence[Finding]:
    left = (await clear(api, marks)).left
    if left:
        raise Rejected(f"what an earlier examination left cannot be removed: {'; '.join(left)}")
    findings: dict[str, Finding] = {}
    own.customer = await _created(api, marks)
    lab = await _lab(api, ready, marks, own.customer)
    for probe in probes:
        for name, result in (await _results(probe, lab)).items():
            findings[name] = _finding(name, result)
    cleared = await clear(api, marks, own.customer)
    return [*_gone(cleared), *(findings[name] for name in READINGS if name in findings), *_left(cleared.left)]


def _gone(cleared: Cleared) -> Sequence[Finding]:
    """Return a finding if somebody else deleted the customer of the examination, or took its label."""
    if cleared.before:
        return ()
    text = (
        "the customer of the examination was deleted, or lost its label, while the examination ran, so the readings "
        "below are not reliable; look whether it is still there, then run it again, "
        "never two at a time with one customer"
    )
    return (Finding("assumption", "customer", "problem", "", text),)


def _left(left: Sequence[str]) -> Sequence[Finding]:
    if not left:
        return ()
    text = f"something that was created is left, and the same command tries again to remove it: {'; '.join(left)}"
    return (Finding("assumption", "removed", "problem", "", text),)


async def _created(api: Api, marks: Marks) -> str:
    """Create the customer of the examination, and return its ID."""
    (made,) = await api.call(
        [
            Call(PROBE_CREATE_CUSTOMER, {"input": {"name": marks.customer, "labels": [LABEL]}}),
        ]
    )
    reason = "; ".join(made.errors) or refusal_in(made.data)
    if reason or made.data is None or made.data.customer is None:
        raise Rejected(f"the customer cannot be created: {PROBE_CREATE_CUSTOMER.name}: {reason}")
    identifier: str = made.data.customer.id
    return identifier


async def _lab(api: Api, ready: Ready, marks: Marks, customer: str) -> Lab:
    nodes = (ready.chosen, *ready.others)
    declared = await api.call([Call(PROBED_DECLARATIONS, {"id": node.id}) for node in nodes])
    versions = [Version.of(node, each.data) for node, each in zip(nodes, declared, strict=True) if each.data]
    if not versions or versions[0].id != ready.chosen.id:
        raise Rejected(f"the chosen version cannot be read: {'; '.join(declared[0].errors)}")
    latest = max(node.version_number for node in nodes)
    wish = ready.wish
    return Lab(api, marks, customer, wish.integration, latest, versions, deploys=wish.deploys, flow=wish.flow)


async def _results(probe: Probe, lab: Lab) -> Results:
    """Return what a probe finds; what stops only this probe is its result."""
    failure: NoReading | Unheard
    try:
        results = await probe.act(lab)
    except (NoReading, Unheard) as error:
        failure = error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # What a probe reads has the form that the schema states, and within it no form is certain.
        failure = Unheard(f"an answer has another form ({type(error).__name__})")
    except RequestFailed as error:
        # A mutation whose answer is lost says nothing about the network: the next request does.
        if isinstance(error, Unreachable) and not error.ambiguous:
            raise
        failure = Refused(reason_of(error))
    else:
        return results
    return dict.fromkeys(probe.names, failure)


def _finding(name: str, result: str | NoReading | Unheard) -> Finding:
    match result:
        case str():
            return Finding("assumption", name, "ok", result, READINGS[name][result])
        case Refused():
            return _unknown(name, f"the API did not do what would show it: {result}")
        case NoReading():
            return _unknown(name, str(result))
    text = f"{QUESTIONS[name]} in none of the ways that are known: {result}; please report it"
    return Finding("assumption", name, "problem", "", text)


def _unknown(name: str, reason: str) -> Finding:
    return Finding("assumption", name, "unknown", "", f"{QUESTIONS[name]} {reason}")
