"""Rules that say how runs of flows and releases turn out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgpack
import pytest
import yaml

from reconciler.sandbox.data.outcomes import OutcomeError
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

CASES = yaml.safe_load(Path(__file__).with_name("outcomes.yaml").read_text(encoding="utf-8"))
_RUNS = """{ executionResults(sortBy: [{field: STARTED_AT, direction: ASC}]) { nodes { status resultType error
  startedAt endedAt retryNextAt retryCount maxRetryCount retryUniqueRequestId } } }"""
_STATES = """query ($id: ID!) { instance(id: $id) { inFailedState lastExecutedAt systemSuspended needsDeploy
  configVariables { nodes { status } } flowConfigs(flow_Name: "Sync Inventory") { nodes {
  id inFailedState lastExecutedAt webhookUrl } } } }"""


@pytest.fixture
def instance(api: Api) -> str:
    """The ID of a deployed instance."""
    customer = api.sandbox.seed.customer("C", externalId="c-1")["id"]
    version = api.sandbox.seed.version("Acme Inventory", 2)["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version, deployed=True)
    return str(made["id"])


def _state(api: Api, instance: str) -> dict[str, Any]:
    """Return an instance's state, with its flow and the set of its connections' statuses."""
    state: dict[str, Any] = api(_STATES, id=instance)["instance"]
    statuses = {node["status"] for node in state.pop("configVariables")["nodes"]} - {None}
    return {**state, "flow": state.pop("flowConfigs")["nodes"][0], "connections": statuses}


def _call(api: Api, instance: str, payload: str = "{}") -> Any:
    select = "testInstanceFlowConfigResult { statusCode execution { id startedAt } }"
    flow = _state(api, instance)["flow"]["id"]
    return api.done("testInstanceFlowConfig", select, id=flow, payload=payload)["execution"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_runs_go_as_rules_say(api: Api, instance: str, case: dict[str, Any]) -> None:
    """At each time, the executions, the flow config and the instance are as the case says."""
    rules = [{**rule, **({"error": str(rule["error"])} if "error" in rule else {})} for rule in case["rules"]]
    answer = api.request("PUT", "/sandbox/outcomes", json=rules)
    assert (answer.status_code, answer.json()) == (200, {"outcomes": rules})
    called = datetime.fromisoformat(_call(api, instance)["startedAt"])

    def seconds(moment: str | None) -> int | None:
        return None if moment is None else int((datetime.fromisoformat(moment) - called).total_seconds())

    for look in case["then"]:
        api.sandbox.advance(look["after"])
        nodes = api(_RUNS)["executionResults"]["nodes"]
        shown = [
            [
                *(node[name] for name in ("status", "resultType", "error")),
                seconds(node["endedAt"]),
                seconds(node["retryNextAt"]),
                *(node[name] for name in ("retryCount", "maxRetryCount")),
            ]
            for node in nodes
        ]
        assert shown == look["runs"]
        assert len({node["retryUniqueRequestId"] for node in nodes}) == 1
        ended = [node["startedAt"] for node in nodes if node["endedAt"]] if look.get("executed", True) else []
        state = _state(api, instance)
        for each in (state, state["flow"]):
            assert (each["inFailedState"], each["lastExecutedAt"]) == (look["failed"], ended[-1] if ended else None)


def test_attempts_are_linked(api: Api, instance: str) -> None:
    """A retry names the first attempt, which lists its retries."""
    api.sandbox.outcomes.add(retries={"failures": 2, "every": "1m"})
    first = _call(api, instance)["id"]
    api.sandbox.advance("1h")
    query = """query ($id: ID!) { executionResult(id: $id) { retryForExecution { id } retryAttempts {
      totalCount nodes { retryForExecution { id } status } } } }"""
    found = api(query, id=first)["executionResult"]
    assert found["retryForExecution"] is None
    assert [node["retryForExecution"]["id"] for node in found["retryAttempts"]["nodes"]] == [first, first]
    assert [node["status"] for node in found["retryAttempts"]["nodes"]] == ["ERROR", "SUCCESS"]


def test_runs_end_while_nobody_asks(start: Callable[..., Api], tmp_path: Path) -> None:
    """What was due while the sandbox was stopped has happened, at its own time, when it is started again."""
    state, outcomes = tmp_path / "state.sqlite", ({"after": "1h", "retries": {"failures": 1, "every": "1h"}},)
    api = start(state=state, outcomes=outcomes)
    customer, version = api.sandbox.seed.customer("C")["id"], api.sandbox.seed.version("Acme Inventory")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version, deployed=True)["id"]
    _call(api, made)
    api.sandbox.tenant.clock.advance(datetime.resolution * 3600 * 10**6 * 4)
    api.sandbox.store.keep("clock", api.sandbox.tenant.clock.ahead.total_seconds())
    api.sandbox.close()
    again = start(state=state)
    nodes = again(_RUNS)["executionResults"]["nodes"]
    assert [node["status"] for node in nodes] == ["ERROR", "SUCCESS"]
    assert not _state(again, made)["inFailedState"]


def test_steps_have_results_of_their_own(api: Api, instance: str) -> None:
    """A rule gives the result of a step by either of its names; other steps have the payload."""
    api.sandbox.outcomes.add(steps={"Fetch Items": {"count": 3}, "codeBlock": [1, "é"]})
    query = """query ($id: ID!) { executionResult(id: $id) { stepResults { nodes { stepName resultsUrl } } } }"""
    nodes = api(query, id=_call(api, instance, "[]")["id"])["executionResult"]["stepResults"]["nodes"]
    files = {node["stepName"]: msgpack.unpackb(api.request("GET", node["resultsUrl"]).content) for node in nodes}
    assert {name: file["data"].decode() for name, file in files.items()} == {
        "integrationTrigger": "[]",
        "fetchItems": '{"count": 3}',
        "codeBlock": '[1, "é"]',
    }


@pytest.mark.parametrize(("disabled", "left"), [("stepResultsDisabled", (0, 2)), ("logsDisabled", (3, 0))])
def test_results_and_logs_can_be_disabled(api: Api, instance: str, disabled: str, left: tuple[int, int]) -> None:
    """An instance without step results, or without logs, has none of later runs."""
    api.sandbox.store.update("instances", instance, **{disabled: 1})
    query = "query ($id: ID!) { executionResult(id: $id) { stepResults { totalCount } logs { totalCount } } }"
    found = api(query, id=_call(api, instance)["id"])["executionResult"]
    assert (found["stepResults"]["totalCount"], found["logs"]["totalCount"]) == left


def test_a_bad_release_breaks_an_instance_until_a_good_one(api: Api, instance: str) -> None:
    """Rules set on a running sandbox reach what is deployed; a deploy of a version without them mends it."""
    assert _state(api, instance)["connections"] == {"ACTIVE"}
    api.request("POST", "/sandbox/outcomes", json={"version": 2, "connections": "error", "suspended": True})
    state = _state(api, instance)
    assert (state["connections"], state["systemSuspended"]) == ({"ERROR"}, True)
    assert api.errors("testInstanceFlowConfig", id=state["flow"]["id"]) == [("__all__", "This instance is suspended.")]
    assert api.request("POST", state["flow"]["webhookUrl"]).status_code == 404

    good = api.sandbox.seed.version("Acme Inventory", 1)["id"]
    api.done("updateInstance", "instance { id }", id=instance, integration=good)
    assert _state(api, instance)["systemSuspended"] is True
    api.done("deployInstance", "instance { id }", id=instance)
    state = _state(api, instance)
    assert (state["connections"], state["systemSuspended"]) == ({"ACTIVE"}, False)

    bad = api.sandbox.seed.version("Acme Inventory", 2)["id"]
    api.done("updateInstance", "instance { id }", id=instance, integration=bad)
    api.done("deployInstance", "instance { id }", id=instance)
    assert _state(api, instance)["connections"] == {"ERROR"}
    api.request("DELETE", "/sandbox/outcomes")
    assert _state(api, instance)["connections"] == {"ACTIVE"}


def test_deploys_can_be_refused(api: Api, instance: str) -> None:
    """A deploy of a version that cannot be deployed for a customer has the rule's error and changes nothing."""
    api.sandbox.outcomes.add(version=2, customer="C", deploy="The trigger could not be set up.")
    before = _state(api, instance)
    assert api.errors("deployInstance", id=instance) == [("__all__", "The trigger could not be set up.")]
    assert _state(api, instance) == before
    api.sandbox.outcomes.clear()
    api.done("deployInstance", "instance { id }", id=instance)


def test_a_customer_can_have_too_many_runs(api: Api, instance: str) -> None:
    """Beyond the limit a call is answered with 429, until a run has ended."""
    api.sandbox.outcomes.add(maxRuns=1)
    api.sandbox.outcomes.add(after="1m")
    state = _state(api, instance)
    select = "testInstanceFlowConfigResult { statusCode body execution { id } }"
    for expected in (200, 429):
        tested = api.done("testInstanceFlowConfig", select, id=state["flow"]["id"])
        assert (tested["statusCode"], tested["execution"] is None) == (expected, expected == 429)
    answer = api.request("POST", state["flow"]["webhookUrl"])
    assert answer.status_code == 429
    assert answer.json() == {"error": "Too many executions: at most 1 of a customer may run at a time."}
    api.sandbox.advance("1m")
    assert api.request("POST", state["flow"]["webhookUrl"]).status_code == 200


def test_a_request_that_starts_too_many_runs_starts_none(start: Callable[..., Api]) -> None:
    """Where the whole request is answered with 429, nothing in it was carried out."""
    api = start(variants=["too_many_runs=plain"], outcomes=({"maxRuns": 1, "after": "1m"}, {"after": "1m"}))
    customer, version = api.sandbox.seed.customer("C")["id"], api.sandbox.seed.version("Acme Inventory")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version, deployed=True)["id"]
    call = f'testInstanceFlowConfig(input: {{id: "{_state(api, made)["flow"]["id"]}"}}) {{ errors {{ field }} }}'
    answer = api.post(f"mutation {{ a: {call} b: {call} }}")
    assert (answer.status_code, list(answer.json())) == (429, ["detail"])
    assert api("{ executionResults { totalCount } }")["executionResults"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"result": "explode"}, "rule 1: result must be one of succeed, fail, no-changes, duplicate, never"),
        ([{"result": "fail"}, {"after": "soon"}], "rule 2: after: expected a duration"),
        ([1, {"verson": 2}], "rule 1: this must be a mapping\nrule 2: unknown key 'verson'; did you mean 'version'?"),
        ({"customer": "C"}, "rule 1: the rule says nothing"),
    ],
)
def test_a_wrong_rule_is_refused(api: Api, asked: Any, message: str) -> None:
    """The answer names every wrong rule, and the rules stay."""
    api.sandbox.outcomes.add(result="fail")
    answer = api.request("POST", "/sandbox/outcomes", json=asked)
    assert (answer.status_code, answer.json()["detail"][: len(message)]) == (400, message)
    assert api.request("GET", "/sandbox/outcomes").json() == {"outcomes": [{"result": "fail"}]}


def test_rules_come_with_the_start(start: Callable[..., Api], tmp_path: Path) -> None:
    """The rules of the settings come before those of a world; a reset restores both, a restart keeps the present."""
    world, state = tmp_path / "world.yaml", tmp_path / "state.sqlite"
    world.write_text("customers: [{name: C}]\noutcomes: [{customer: C, result: fail}]\n", encoding="utf-8")
    api = start(world=world, state=state, outcomes=({"after": "1s"},))
    began = [{"after": "1s"}, {"customer": "C", "result": "fail"}]
    assert api.sandbox.outcomes.rules == began
    api.sandbox.outcomes.clear()
    api.request("POST", "/sandbox/reset")
    assert api.sandbox.outcomes.rules == began
    api.sandbox.outcomes.add(result="never")
    api.sandbox.close()
    assert start(state=state).sandbox.outcomes.rules == [{"result": "never"}, *began]


def test_wrong_rules_in_settings_are_told_at_the_start(start: Callable[..., Api], api: Api) -> None:
    """Settings with a rule that makes no sense start no sandbox."""
    with pytest.raises(SetupError, match="outcomes: after: expected a duration"):
        start(outcomes=({"after": "soon"},))
    with pytest.raises(OutcomeError, match="error: only a run that fails has an error"):
        api.sandbox.outcomes.add(result="succeed", error="x")
