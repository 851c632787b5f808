"""Checking, before a plan is carried out, that the API knows everything that its mutations send and ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Unexpected, UnknownToApi

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


def check_schema(session: Session, plan: Plan) -> None:
    """Ask the API for its schema, in one request, and raise ``UnknownToApi`` where a mutation of the plan needs more.

    A plan without mutations asks for nothing. Raises ``Unexpected`` where the API does not describe its schema.
    """
    from reconciler.doctor.live_schema import live_schema
    from reconciler.doctor.plan_check import schema_problems

    steps = [step for change in plan for step in change.steps]
    if not steps:
        return
    schema = session.connection.run(live_schema(session.connection.api))
    if isinstance(schema, str):
        raise Unexpected(f"--check-schema: the API does not describe its schema: {schema}")
    problems = schema_problems(steps, schema)
    if problems:
        raise UnknownToApi(problems)
