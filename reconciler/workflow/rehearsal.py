"""Asking the API, before the first mutation of a run, whether its schema has all that the mutations need.

By the GraphQL specification a server checks a whole document before it carries anything out, also the operations in it
that the request does not name. So one request names a small query, and has the mutations beside it. A server that
checks only what it carries out accepts it, and another one may refuse a document of that form: the run then goes on,
and a mutation that the API does not know fails when it is sent. See ``unexecuted_operations`` in
docs/api-assumptions.md.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from reconciler.errors import Rejected, ServerFault, UnknownToApi
from reconciler.model.diagnostic import Diagnostic
from reconciler.prismatic.fetch.identity_operations import ORGANIZATION
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.mismatches import lacking, missing_part, required_part, requiring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.model.operation import Operation
    from reconciler.model.step import Step
    from reconciler.workflow.session import Session

log = logging.getLogger(__name__)


def rehearse(session: Session, steps: Iterable[Step]) -> None:
    """Ask the API, in one request, about the operations of the steps, and the fields of the inputs that they send.

    Raises ``UnknownToApi`` where the API says that its schema lacks a part of them, and ``ApiError`` without an answer.
    """
    calls = _calls(steps)
    api = session.connection.api
    try:
        messages = session.connection.run(api.refusals_beside(ORGANIZATION, calls))
    except (Rejected, ServerFault) as error:
        log.info("the API does not check mutations before they are sent: %s", error)
        return
    problems = list(dict.fromkeys(_problems(messages, [call.operation for call in calls])))
    if problems:
        raise UnknownToApi(Diagnostic(problem, path=()) for problem in problems)
    for message in messages:
        log.info("the API does not check mutations before they are sent: %s", message)


def _calls(steps: Iterable[Step]) -> list[Call]:
    """Return each operation once, a mutation with the inputs of all steps that send it."""
    inputs: dict[Operation, list[Any]] = {}
    for step in steps:
        inputs.setdefault(step.operation, []).append(step.input)
    return [Call(each, {"input": found} if each.mutation else {}) for each, found in inputs.items()]


def _problems(messages: Iterable[str], operations: Sequence[Operation]) -> Iterator[str]:
    """Yield what the API lacks or requires by its messages; those about anything else do not count."""
    for message in messages:
        if missing := missing_part(message):
            yield lacking(missing, _features(missing, operations))
        elif required := required_part(message):
            yield requiring(required, _features(required, operations))


def _features(part: str, operations: Sequence[Operation]) -> str:
    """Return the features of the operations that ask for a part; of all of them where its name shows none."""
    from reconciler.doctor.asked import asked_by

    asking = [each for each in operations if any(part == str(asked) for asked in asked_by(each))]
    owner, _, field = part.partition("(")[0].rpartition(".")
    related = asking or [each for each in operations if field == each.field or _takes(each, owner)]
    return "; ".join(dict.fromkeys(each.feature for each in related or operations))


def _takes(operation: Operation, owner: str) -> bool:
    from reconciler.doctor.asked import asked_by

    return any(asked.owner == owner for asked in asked_by(operation))
