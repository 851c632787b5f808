"""The recorder that every test sends through refuses forbidden mutations."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from support.recording import RECORDER, Forbidden, Recorder
from support.serving import served
from support.world import World

INLINE = 'mutation { updateInstance(input: {id: "x", configVariables: []}) { errors { messages } } }'
BY_ALIAS = """mutation ($first: UpdateInstanceInput!) {
  op0: updateInstance(input: $first) { errors { messages } }
}"""
REQUESTS: dict[str, dict[str, Any]] = {
    "in the document": {"query": INLINE},
    "in a variable": {"query": BY_ALIAS, "variables": {"first": {"id": "x", "configVariables": []}}},
    "as null": {"query": BY_ALIAS, "variables": {"first": {"id": "x", "configVariables": None}}},
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_update_instance_with_config_variables_is_refused(request_: dict[str, Any]) -> None:
    """However they are written, config variables in ``updateInstance`` are noticed."""
    recorder = Recorder()
    with pytest.raises(Forbidden):
        recorder.look_at(json.dumps(request_).encode())
    assert (recorder.requests, recorder.updates, len(recorder.wrong)) == (1, 1, 1)


def test_other_mutations_pass() -> None:
    """The mutation that is meant for them may carry config variables, and ``updateInstance`` anything else."""
    recorder = Recorder()
    query = BY_ALIAS.replace("updateInstance", "updateInstanceConfigVariables")
    recorder.look_at(json.dumps({**REQUESTS["in a variable"], "query": query}).encode())
    recorder.look_at(json.dumps({"query": BY_ALIAS, "variables": {"first": {"id": "x", "enabled": True}}}).encode())
    assert (recorder.requests, recorder.updates, recorder.wrong) == (2, 1, [])


BESIDE: dict[str, Any] = {
    "operationName": "who",
    "query": """query who { organization { name } }
mutation change($input: UpdateCustomerInput!) { updateCustomer(input: $input) @skip(if: true) { errors { field } } }""",
}
QUERY, _, _ = BESIDE["query"].partition("mutation")
CHANGE = "mutation change { updateCustomer(input: {}) @skip(if: true) { errors { field } } }"
UNGUARDED: dict[str, dict[str, Any]] = {
    "the query comes first": {"query": f"# {CHANGE}\n{CHANGE} {QUERY}"},
    "the request names the query": {"operationName": "change"},
    "every root field is skipped": {"query": BESIDE["query"].replace("@skip(if: true)", "@skip(if: false)")},
    "each mutation lacks a value": {"variables": {"input": {}}},
    "each mutation lacks": {"query": QUERY + CHANGE},
}


@pytest.mark.parametrize("guard", UNGUARDED)
def test_a_mutation_beside_a_query_is_refused_unless_nothing_can_carry_it_out(guard: str) -> None:
    """Four guards keep it from being carried out, and the lack of each one is noticed."""
    recorder = Recorder()
    recorder.look_at(json.dumps(BESIDE).encode())
    assert (recorder.beside, recorder.wrong) == (1, [])
    with pytest.raises(Forbidden, match="lacks a guard"):
        recorder.look_at(json.dumps({**BESIDE, **UNGUARDED[guard]}).encode())
    assert any(guard in wrong for wrong in recorder.wrong)


@pytest.mark.parametrize(("agent", "noticed"), [("reconciler/0.1.0", True), ("a test of the sandbox", False)])
def test_requests_over_a_socket_are_recorded(agent: str, noticed: bool) -> None:
    """A test fails when the product sent something forbidden to the sandbox that the test served, and only then."""

    def post() -> None:
        with World() as world, served(world.sandbox) as url:
            headers = {"User-Agent": agent, "Authorization": f"Bearer {world.sandbox.settings.token}"}
            assert httpx.post(f"{url}/api", json=REQUESTS["in the document"], headers=headers).status_code == 200

    if not noticed:
        post()
        return
    with pytest.raises(AssertionError, match="every other variable is reset"):
        post()


def test_requests_of_a_world_are_counted() -> None:
    """What a world's product asks and writes is looked at."""
    before = RECORDER.requests
    with World() as world:
        world.apply("apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A}")
    assert RECORDER.requests > before + 1
