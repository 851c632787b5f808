"""Calls of flows, and their executions, step results and logs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import msgpack
import pytest

from reconciler.sandbox.data.executions import camel_case
from reconciler.sandbox.data.results import results_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

_RESULT = """query ($id: ID!) { executionResult(id: $id) { id status error endedAt startedAt resultType isTestExecution
  invokeType stepCount instance { id } flow { name } flowConfig { id } integration { versionNumber } instanceType
  stepResults { nodes { stepName displayStepName resultsUrl hasError endedAt } }
  logs { nodes { message severity flowName customerName integrationName } } } }"""


def _deployed(api: Api) -> list[dict[str, Any]]:
    """Return the flow configs of a deployed instance."""
    customer = api.sandbox.seed.customer("C")["id"]
    version = api.sandbox.seed.version("Acme Inventory")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version, deployed=True)["id"]
    query = """query ($id: ID!) { instance(id: $id) { flowConfigs { nodes {
      id webhookUrl instance { id } flow { id name } } } } }"""
    nodes: list[dict[str, Any]] = api(query, id=made)["instance"]["flowConfigs"]["nodes"]
    return nodes


def _test(api: Api, config: dict[str, Any], **data: Any) -> dict[str, Any]:
    select = "testInstanceFlowConfigResult { statusCode headers body flowConfig { id } execution { id } }"
    result: dict[str, Any] = api.done("testInstanceFlowConfig", select, id=config["id"], **data)
    return result


def test_a_flow_is_tested_through_the_api(api: Api) -> None:
    """``testInstanceFlowConfig`` answers with the execution, which has succeeded and kept its payload."""
    config = _deployed(api)[0]
    tested = _test(api, config, payload='{"a": 1}')
    assert (tested["statusCode"], tested["flowConfig"]["id"]) == (200, config["id"])
    result = api(_RESULT, id=tested["execution"]["id"])["executionResult"]
    assert (result["status"], result["resultType"], result["error"]) == ("SUCCESS", "COMPLETED", None)
    assert (result["isTestExecution"], result["invokeType"], result["stepCount"]) == (True, "INTEGRATION_FLOW_TEST", 3)
    assert [step["stepName"] for step in result["stepResults"]["nodes"]] == [
        "integrationTrigger",
        "fetchItems",
        "codeBlock",
    ]
    assert [log["severity"] for log in result["logs"]["nodes"]] == ["INFO", "INFO"]
    assert result["logs"]["nodes"][0]["customerName"] == "C"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ('{"a": 1}', "application/json", b'{"a": 1}'),
        ("not json", "application/json", b"not json"),
        ("plain", "text/plain", b"plain"),
        ("", "application/json", b""),
    ],
)
def test_step_results_are_messagepack_behind_a_signed_url(
    api: Api, body: str, content_type: str, expected: Any
) -> None:
    """The URL needs no token, and gives what the step returned with its content type; another signature nothing."""
    config = _deployed(api)[0]
    started = api.request("POST", config["webhookUrl"], content=body, headers={"Content-Type": content_type})
    result = api(_RESULT, id=started.json()["executionId"])["executionResult"]
    url = result["stepResults"]["nodes"][0]["resultsUrl"]
    assert "X-Amz-Signature=" in url
    unpacked = msgpack.unpackb(api.request("GET", url).content)
    assert unpacked == {"data": expected, "contentType": content_type}
    assert api.request("GET", url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403


def test_results_of_no_step_are_denied(api: Api) -> None:
    """A well-signed URL of a step that does not exist gives nothing either."""
    assert api.request("GET", results_path(api.sandbox.tenant, "x")).status_code == 403


@pytest.mark.parametrize(
    ("change", "seconds", "status", "reason"),
    [
        ({}, 20, 200, ""),
        ({}, 40, 403, "<Message>Request has expired</Message>"),
        ({"X-Amz-Date": "20990101T000000Z"}, 0, 403, "<Message>Access Denied</Message>"),
        ({"X-Amz-Expires": "99999"}, 40, 403, "<Message>Access Denied</Message>"),
        ({"X-Amz-Signature": "\u00e9"}, 0, 403, "<Message>Access Denied</Message>"),
        ({"Authorization": "Bearer sandbox"}, 0, 400, "<Code>InvalidArgument</Code>"),
    ],
)
def test_a_presigned_url_is_valid_for_a_short_time(
    api: Api, change: dict[str, str], seconds: int, status: int, reason: str
) -> None:
    """It expires on the sandbox's clock, whatever a client writes into it, and must not come with a token."""
    execution = _test(api, _deployed(api)[0], payload="{}")["execution"]["id"]
    url = httpx.URL(api(_RESULT, id=execution)["executionResult"]["stepResults"]["nodes"][0]["resultsUrl"])
    headers = {name: value for name, value in change.items() if name == "Authorization"}
    for name, value in change.items():
        url = url.copy_set_param(name, value) if name not in headers else url
    api.sandbox.advance(timedelta(seconds=seconds))
    answer = api.request("GET", str(url), headers=headers)
    assert (answer.status_code, reason in answer.text) == (status, True)


def test_a_synchronous_flow_answers_itself(api: Api) -> None:
    """The answer of a synchronous flow is its result, that of another the execution's ID."""
    flow = _deployed(api)[1]
    answer = api.request("PUT", flow["webhookUrl"], content="[1]", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, [1])


def test_a_flow_that_cannot_run_is_not_run(api: Api) -> None:
    """Nothing runs before the first deploy, while the instance is paused, or without such a flow."""
    customer = api.sandbox.seed.customer("C")["id"]
    version = api.sandbox.seed.version("Acme Inventory")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version)["id"]
    select = "instance { flowConfigs(first: 1) { nodes { id webhookUrl } } }"
    config = api.done("updateInstance", select, id=made)["flowConfigs"]["nodes"][0]
    for message in ("This instance was never deployed.", "This instance is paused."):
        assert api.errors("testInstanceFlowConfig", id=config["id"]) == [("__all__", message)]
        answer = api.request("POST", config["webhookUrl"])
        assert (answer.status_code, answer.json()) == (404, {"error": message})
        api.done("deployInstance", "instance { id }", id=made)
        api.done("updateInstance", "instance { id }", id=made, enabled=False)
    assert api.request("POST", "/trigger/x").status_code == 404


def test_api_keys_guard_a_webhook(api: Api) -> None:
    """A flow with API keys asks for one of them."""
    config = _deployed(api)[0]
    api.done(
        "updateInstance",
        "instance { id }",
        id=config["instance"]["id"],
        flowConfigs=[{"flowId": config["flow"]["id"], "apiKeys": ["secret"]}],
    )
    assert api.request("POST", config["webhookUrl"]).status_code == 401
    assert api.request("POST", config["webhookUrl"], headers={"Api-Key": "secret"}).status_code == 200


def test_test_data_of_the_flow_is_the_default_payload(api: Api) -> None:
    """Without a payload, the flow config's test payload is sent."""
    config = _deployed(api)[0]
    api.done(
        "updateInstance",
        "instance { id }",
        id=config["instance"]["id"],
        flowConfigs=[{"flowId": config["flow"]["id"], "testPayload": '{"t": 1}'}],
    )
    execution = _test(api, config)["execution"]["id"]
    step = api(_RESULT, id=execution)["executionResult"]["stepResults"]["nodes"][0]
    assert msgpack.unpackb(api.request("GET", step["resultsUrl"]).content)["data"] == b'{"t": 1}'


def test_an_execution_takes_its_time(start: Callable[..., Api]) -> None:
    """Until it ends, it is pending, without an end or an error, and found as such."""
    api = start(outcomes=({"after": "90s"},))
    execution = _test(api, _deployed(api)[0])["execution"]["id"]
    result = api(_RESULT, id=execution)["executionResult"]
    assert (result["status"], result["endedAt"], result["resultType"]) == ("PENDING", None, None)
    running = "{ executionResults(endedAt_Isnull: true, status: PENDING) { totalCount } }"
    assert api(running)["executionResults"]["totalCount"] == 1
    api.sandbox.advance("2m")
    result = api(_RESULT, id=execution)["executionResult"]
    assert (result["status"], result["endedAt"] > result["startedAt"]) == ("SUCCESS", True)
    assert api(running)["executionResults"]["totalCount"] == 0


def test_a_flow_can_be_made_to_fail(start: Callable[..., Api]) -> None:
    """The execution ends with an error, its last step has it, and the instance shows it failed."""
    api = start(outcomes=({"flow": ["Sync Inventory", "Report Low Stock"], "result": "fail"},))
    flow, synchronous = _deployed(api)
    execution = _test(api, flow)["execution"]["id"]
    result = api(_RESULT, id=execution)["executionResult"]
    assert (result["status"], result["resultType"], result["error"]) == ("ERROR", "ERROR", "Sync Inventory failed")
    assert [step["hasError"] for step in result["stepResults"]["nodes"]] == [False, False, True]
    assert [log["severity"] for log in result["logs"]["nodes"]] == ["INFO", "ERROR", "INFO"]
    assert api("{ instances(inFailedState: true) { totalCount } }")["instances"]["totalCount"] == 1
    assert api("{ logs(severity: 4) { totalCount } }")["logs"]["totalCount"] == 1
    assert api('{ executionResults(error_Isnull: false, resultType: "error") { totalCount } }')["executionResults"] == {
        "totalCount": 1
    }
    assert api.request("POST", synchronous["webhookUrl"]).status_code == 500


def test_a_log_outlives_the_flow_it_names(api: Api) -> None:
    """After an upgrade that gives flows new IDs, or drops them, old logs can still be read."""
    config = _deployed(api)[0]
    _test(api, config)
    api.sandbox.store.delete("flows", config["flow"]["id"])
    nodes = api("{ logs { nodes { flowName flow { id } message } } }")["logs"]["nodes"]
    assert {node["flowName"] for node in nodes} == {None}


@pytest.mark.parametrize(
    ("step", "expected"),
    [("My Code Block", "myCodeBlock"), ("codeBlock", "codeblock"), ("Fetch: 2 Items!", "fetch2Items"), ("", "")],
)
def test_step_names_are_camel_cased(step: str, expected: str) -> None:
    """A step's name in filters is its words run together, the first in lower case."""
    assert camel_case(step) == expected
