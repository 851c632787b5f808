"""Before the first mutation of a run, the API checks what the plan needs, and nothing of that is carried out."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from applying.runs import customers, planned
from graphql import get_nullable_type, is_input_object_type, is_list_type, parse, type_from_ast, validate
from support.recording import RECORDER, Recording
from support.world import ROOT, World

from reconciler.demo.examples import made_up_secrets
from reconciler.doctor.asked import NEVER_SENT, known_schema
from reconciler.doctor.catalog import catalog
from reconciler.errors import UnknownToApi, Unreachable
from reconciler.planning.plan_file import save_plan
from reconciler.prismatic.fetch.identity_operations import ORGANIZATION
from reconciler.prismatic.graphql.batching import Call, Merger
from reconciler.prismatic.graphql.mismatches import is_unexpected
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.prismatic.http.stop import Stop
from reconciler.sandbox.data.variants import Variants
from reconciler.secrets.secret import reveal, secrets_in
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.forgetting import plan_to_forget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.sandbox.app import Sandbox

CUSTOMER = customers("a", description="A")
TWO = f"{CUSTOMER}\n---\n{customers('b')}"
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: p}\nspec: {manifests: [a.yaml]}\n"
HASTY = RetryPolicy(tries=2, first_pause=0.0, longest_pause=0.0)


def lacks(world: World, *parts: str) -> None:
    """Let the API have a schema without these parts from now on."""
    world.sandbox.settings = replace(world.sandbox.settings, without=parts)


class Answering(Recording):
    """Answers the requests with mutations beside a query in the place of the API; ``bodies`` are these requests."""

    def __init__(self, sandbox: Sandbox, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        super().__init__(sandbox, RECORDER)
        self.bodies: list[str] = []
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode()
        if "@skip" in body:
            self.bodies.append(body)
            if self._answer:
                return self._answer(request)
        return await super().handle_async_request(request)


def _refused(world: World, change: Callable[[], object], part: str) -> str:
    """Return the message of a change that the API lacks a part for; nothing is written."""
    written = len(world.mutations)
    with pytest.raises(UnknownToApi, match=re.escape(part)) as refused:
        change()
    assert len(world.mutations) == written
    assert is_unexpected(str(refused.value))
    return str(refused.value)


@pytest.mark.parametrize("part", ["RootMutation.createCustomer", "CreateCustomerInput.description"])
def test_an_apply_that_needs_a_missing_part_writes_nothing(part: str) -> None:
    """The refusal names a missing mutation, or a field of its input, and the feature."""
    with World() as world, planned(world, CUSTOMER) as run:
        lacks(world, part)
        message = _refused(world, run.apply, part)
    assert message == f"the API does not have {part}, which reconciler needs for creating a Customer"


@pytest.mark.parametrize("reading", ["ignored", "refused"])
def test_an_api_that_does_not_check_mutations_refuses_them_one_by_one(
    reading: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """If the API checks only what it carries out, or refuses other documents, the run goes on as far as it can."""
    caplog.set_level(logging.INFO, logger="reconciler.workflow.rehearsal")
    with World(Variants(unexecuted_operations=reading), without=("CreateCustomerInput.description",)) as world:
        results = {each.change.address: each for each in world.apply(TWO)}
    assert [results[address].ok for address in ("Customer/a", "Customer/b")] == [False, True]
    assert "the API does not have CreateCustomerInput.description" in results["Customer/a"].messages[0]
    assert ("A document may have only one operation." in caplog.text) == (reading == "refused")


@pytest.mark.parametrize("reading", ["validated", "ignored", "refused"])
def test_an_apply_takes_one_request_more_and_only_if_it_writes(reading: Any) -> None:
    """A plan without changes has nothing to check, and all changes of another one are checked together."""
    with World(Variants(unexecuted_operations=reading)) as world:
        transport = Answering(world.sandbox)
        for _ in range(2):
            assert all(result.ok for result in world.apply(TWO, transport=transport))
        assert len(transport.bodies) == 1
        assert world.mutation_names() == ["createCustomer"] * 2


def test_an_apply_that_does_not_need_the_missing_part_works() -> None:
    """A field that no input has may be missing."""
    with World(without=("CreateCustomerInput.labels",)) as world:
        assert all(result.ok for result in world.apply(CUSTOMER))


def test_every_command_that_writes_is_checked(tmp_path: Path) -> None:
    """The apply of a saved plan and ``forget`` write nothing either where a field is missing."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(CUSTOMER, encoding="utf-8")
    with World() as world:
        save_plan(world.plan(tmp_path), tmp_path / "plan.json", "")
        lacks(world, "CreateCustomerInput.labels")
        _refused(world, lambda: world.apply_saved(tmp_path / "plan.json"), "CreateCustomerInput.labels")
        lacks(world)
        world.apply(tmp_path)
        with world.session(tmp_path) as session:
            plan, released = plan_to_forget(session, ["Customer/a"])
            lacks(world, "UpdateCustomerInput.labels")
            _refused(world, lambda: apply_plan(released, plan), "UpdateCustomerInput.labels")


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500])
def test_a_server_that_refuses_the_request_refuses_no_change(status: int, world: World) -> None:
    """A gateway may refuse a request of that form, or a server fail of it: the changes are carried out."""
    transport = Answering(world.sandbox, lambda _: httpx.Response(status, html="<p>No.</p>"))
    assert all(result.ok for result in world.apply(CUSTOMER, transport=transport, retry=HASTY))
    assert transport.bodies


def test_other_complaints_refuse_no_change(world: World) -> None:
    """Only a message that names a missing part counts: any other one may be about the form of the request."""
    errors = [{"message": "Query is too complex"}, {"message": "Unknown directive 'skip'."}, {}]
    transport = Answering(world.sandbox, lambda _: httpx.Response(400, json={"errors": errors}))
    assert all(result.ok for result in world.apply(CUSTOMER, transport=transport))


def test_what_an_input_must_have_and_nobody_sends_is_refused(world: World) -> None:
    """A field or an argument that the API requires is named before anything is written."""
    message = "Field 'CreateCustomerInput.region' of required type 'String!' was not provided."
    transport = Answering(world.sandbox, lambda _: httpx.Response(400, json={"errors": [{"message": message}]}))
    with planned(world, CUSTOMER, transport=transport) as run:
        told = _refused(world, run.apply, "CreateCustomerInput.region")
    expected = "the API requires CreateCustomerInput.region, which reconciler does not send for creating a Customer"
    assert told == expected


def test_a_lost_network_ends_the_run_before_anything_is_written(world: World) -> None:
    """A request that no answer comes to is an error like that of any read."""

    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)

    with pytest.raises(Unreachable, match="cannot reach"):
        world.apply(CUSTOMER, transport=Answering(world.sandbox, lost), retry=HASTY)
    assert world.mutations == []


def test_a_run_that_ends_meanwhile_tries_nothing(world: World) -> None:
    """If the run is asked to stop during the check, each change is reported as not tried."""
    stop = Stop()

    def asked(request: httpx.Request) -> httpx.Response:
        del request
        stop.ask("interrupted by a test", 143)
        return httpx.Response(200, json={"data": {}})

    transport = Answering(world.sandbox, asked)
    with planned(world, TWO, transport=transport, stop=stop) as run, stop.holding():
        results = run.apply().values()
    assert [(each.status, each.messages) for each in results] == [
        ("skipped", ["not tried: interrupted by a test"]),
    ] * 2
    assert world.mutations == []


def test_every_mutation_with_every_field_is_valid_by_the_known_schema() -> None:
    """What a check writes in the place of values fits the API's schema, so that a refusal means a missing part."""
    calls = []
    for operation in (entry.operation for entry in catalog() if entry.operation.mutation):
        (variable,) = operation.node.variable_definitions or ()
        calls.append(Call(operation, {"input": [_sample(type_from_ast(known_schema(), variable.type))]}))
    document = Merger().merge_beside(ORGANIZATION, calls)
    assert document.text.count("@skip(if: true)") == len(calls) > 30
    assert validate(known_schema(), parse(document.text)) == []


def _sample(kind: Any, within: tuple[str, ...] = ()) -> Any:
    """Return a value of an input with each field that is ever sent."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return [_sample(kind.of_type, within)]
    if not is_input_object_type(kind) or kind.name in within:
        return "x"
    sent = {name: each for name, each in kind.fields.items() if f"{kind.name}.{name}" not in NEVER_SENT}
    return {name: _sample(each.type, (*within, kind.name)) for name, each in sent.items()}


def test_no_value_is_sent_to_be_checked() -> None:
    """The request has the names of the fields, and neither a secret nor any other value of the manifests."""
    manifests = ROOT / "examples" / "manifests"
    with World() as world:
        world.environ |= made_up_secrets()
        transport = Answering(world.sandbox)
        with planned(world, manifests, cwd=manifests, environment="production", transport=transport) as run:
            inputs = [step.input for change in run.plan for step in change.steps]
            run.apply()
    (body,) = transport.bodies
    assert json.loads(body)["variables"] == {}
    secrets = [reveal(each) for each in secrets_in(inputs)]
    assert len(secrets) > 2
    assert not [each for each in secrets if json.dumps(each).strip('"') in body]
    assert "Rockets" not in body
