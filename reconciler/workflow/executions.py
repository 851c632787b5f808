"""The latest runs of one object, and the result of a step of one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.planning.orphans import Pruning
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.response import error_of
from reconciler.verifying.step_results import NoResult, step_result
from reconciler.workflow.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.capabilities.health import Runs
    from reconciler.model.execution import Execution
    from reconciler.model.tenant import Live
    from reconciler.workflow.session import Session


def latest_executions(session: Session, address: str, count: int) -> Sequence[Execution]:
    """Return the latest runs of an object, the latest first; raises ``UsageError`` for one that has none."""
    live, runs = _object(session, address)
    found = _answer(session, address, runs, Call(runs.latest, {"instance": live.id, "first": count}))
    clean = session.connection.api.clean
    return [replace(each, error=clean(each.error) if each.error else None) for each in found]


def step_data(session: Session, address: str, execution: str | None, step: str) -> Any:
    """Return the result of a step of a run, by default of the latest one: the customer's data.

    Raises ``UsageError`` where there is none, and for a run of another object: that is another customer's data.
    """
    live, runs = _object(session, address)
    if execution is None:
        latest = _answer(session, address, runs, Call(runs.latest, {"instance": live.id, "first": 1}))
        if not latest:
            raise UsageError(f"{address} has no executions yet")
        execution = latest[0].id
    elif not any(
        each.owner == live.id for each in _answer(session, address, runs, Call(runs.by_id, {"ids": [execution]}))
    ):
        raise UsageError(f"{address} has no such execution; 'get executions {address}' lists the latest ones")
    try:
        return session.connection.run(step_result(session.connection.api, runs, execution, step))
    except NoResult as error:
        raise UsageError(str(error)) from None


def _answer(session: Session, address: str, runs: Runs, call: Call) -> list[Execution]:
    (answer,) = session.connection.run(session.connection.api.call([call]))
    if answer.errors or answer.data is None:
        raise error_of(f"the executions of {address} cannot be read: ", answer)
    return [runs.execution(node) for node in answer.data.nodes]


def _object(session: Session, address: str) -> tuple[Live, Runs]:
    chosen, view = read(session, (address,), Pruning())
    resource = next((each for each in chosen if each.address == address), None)
    health = session.registry[resource.kind].health if resource else None
    if health is None:
        raise UsageError(f"{address} runs nothing; name an instance of the manifests, such as Instance/acme")
    live = view.live(address)
    if live is None:
        raise UsageError(f"{address} does not exist in the tenant yet")
    return live, health.runs
