"""A plan on a tenant whose schema lacks one part: it names the part if it needs it, and works if it does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from doctor.tenant import input_fields
from graphql import type_from_ast
from support.matrix import every
from support.world import ROOT, World

from reconciler.demo.examples import made_up_secrets
from reconciler.doctor.asked import asked_by, asked_in, known_schema
from reconciler.doctor.catalog import catalog
from reconciler.doctor.plan_check import schema_problems
from reconciler.errors import PlanRefused, Unexpected
from reconciler.prismatic.graphql.batching import Merger
from reconciler.sandbox.resolvers.schema import executable_schema
from reconciler.workflow.planning import make_plan
from reconciler.workflow.rehearsal import rehearse
from reconciler.workflow.schema_check import check_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.doctor.asked import Asked
    from reconciler.model.operation import Operation
    from reconciler.model.step import Step
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.graphql.batching import Call, Merged

PARTS = sorted({part for entry in catalog() for part in asked_by(entry.operation)})
MANIFESTS = ROOT / "examples" / "manifests"
HERE: dict[str, Any] = {"cwd": MANIFESTS, "environment": "production"}


class Sent:
    """The operations that a plan of the example repository sends on a tenant that lacks nothing, and the plan."""

    def __init__(self, operations: Sequence[Operation], plan: Plan) -> None:
        self.asked = frozenset[Any]().union(*map(asked_in, operations))
        self.summary = plan.summary
        self.steps = [step for change in plan for step in change.steps]
        self.written = frozenset(str(part) for step in self.steps for part in _written(step))
        """What the documents of the plan's mutations ask for, and the fields that their inputs have."""


@pytest.fixture(scope="module")
def sent() -> Sent:
    operations: dict[str, Operation] = {}
    with pytest.MonkeyPatch.context() as patch, World() as world:
        merge = Merger.merge

        def noted(self: Merger, calls: Sequence[Call]) -> Merged:
            operations.update((call.operation.name, call.operation) for call in calls)
            return merge(self, calls)

        patch.setattr(Merger, "merge", noted)
        world.environ |= made_up_secrets()
        plan = world.plan(MANIFESTS, **HERE)
        return Sent([*operations.values()], plan)


@pytest.mark.parametrize("part", every(90, [(part,) for part in PARTS], share=8), ids=str)
def test_a_plan_names_what_it_lacks_or_works_without_it(part: Asked, sent: Sent) -> None:
    """Exactly the parts that the plan's queries ask for end it, and exactly those of its mutations end its checks."""
    with World(without=(str(part),)) as world:
        world.environ |= made_up_secrets()
        if part in sent.asked:
            with pytest.raises(Unexpected, match=re.escape(str(part))):
                world.plan(MANIFESTS, **HERE)
        else:
            with world.session(MANIFESTS, **HERE) as session:
                plan = make_plan(session)
                checked = _told(lambda: check_schema(session, plan))
                rehearsed = _told(lambda: rehearse(session, sent.steps))
            assert plan.summary == sent.summary
            assert checked == [str(each) for each in schema_problems(sent.steps, executable_schema((str(part),)))]
            assert bool(checked) == _needs(sent, part)
            assert (rehearsed != []) == (str(part) in sent.written)
            assert rehearsed == (checked if rehearsed else [])
        assert world.mutations == []


def _told(check: Callable[[], object]) -> list[str]:
    """Return what a check says that refuses a plan."""
    try:
        check()
    except PlanRefused as refused:
        return [str(problem) for problem in refused.problems]
    return []


def _written(step: Step) -> Iterator[object]:
    yield from (part for part in asked_in(step.operation) if part.sort != "input")
    for each in step.operation.node.variable_definitions or ():
        yield from input_fields(type_from_ast(known_schema(), each.type), step.input)


def _needs(sent: Sent, part: Asked) -> bool:
    """Return whether a mutation of the plan sends the part, or asks for it."""
    steps = [step for step in sent.steps if part in asked_by(step.operation)]
    return any(part.sort != "input" or f"'{part.field}': " in repr(step.input) for step in steps)
