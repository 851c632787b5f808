"""The operations of health_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.model.answers import (
    AnswerObject,
    CountedPage,
    Node,
    Payload,
    SecretText,
    SecretTextAndValues,
    SecretValues,
)
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    ExecutionStatus = Literal["ERROR", "PENDING", "QUEUED", "SUCCESS"]
    InstanceExecutionResultResultType = Literal["CANCELED_AS_DUPLICATE", "COMPLETED", "ERROR", "POLLED_NO_CHANGES"]
    InstanceExecutionResultInvokeType = Literal[
        "AI_AGENT",
        "CROSS_FLOW",
        "DEPLOY_FLOW",
        "INTEGRATION_ENDPOINT_TEST",
        "INTEGRATION_FLOW_TEST",
        "SCHEDULED",
        "TEAR_DOWN_FLOW",
        "WEBHOOK",
        "WEBHOOK_SNAPSHOT",
    ]
else:
    # An API that is newer than this list may have further values.
    ExecutionStatus = str
    InstanceExecutionResultResultType = str
    InstanceExecutionResultInvokeType = str


class IntegrationFlow(AnswerObject, frozen=True, gc=False):
    name: str


class InstanceFlowConfig(Node, frozen=True, gc=False):
    flow: IntegrationFlow


class RunFieldsRetryAttemptsNode(Node, frozen=True, gc=False):
    status: ExecutionStatus
    result_type: InstanceExecutionResultResultType | None
    error: str | None
    started_at: str
    ended_at: str | None
    retry_next_at: str | None


class RunFieldsRetryAttempts(AnswerObject, frozen=True, gc=False):
    nodes: list[RunFieldsRetryAttemptsNode]


class RunFields(Node, frozen=True, gc=False):
    status: ExecutionStatus
    result_type: InstanceExecutionResultResultType | None
    error: str | None
    queued_at: str | None
    started_at: str
    ended_at: str | None
    retry_next_at: str | None
    invoke_type: InstanceExecutionResultInvokeType | None
    is_test_execution: bool
    instance: Node | None
    flow_config: InstanceFlowConfig | None
    retry_for_execution: Node | None
    retry_attempts: RunFieldsRetryAttempts


class RunsOfFlow(AnswerObject, frozen=True, gc=False):
    nodes: list[RunFields]


class FailedRuns(CountedPage, frozen=True, gc=False):
    nodes: list[RunFields]


class InstanceStepResult(Node, frozen=True, gc=False):
    display_step_name: str | None
    has_error: bool
    results_url: SecretText[str]


class InstanceStepResultConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[InstanceStepResult]


class StepResults(Node, frozen=True, gc=False):
    step_results: InstanceStepResultConnection


class TestInstanceFlowConfigResult(AnswerObject, frozen=True, gc=False):
    status_code: int | None
    headers: SecretValues[str | None]
    body: SecretTextAndValues[str | None]
    execution: Node | None


class TestInstanceFlowConfigPayload(Payload, frozen=True, gc=False):
    test_instance_flow_config_result: TestInstanceFlowConfigResult | None


DOCUMENT = OperationFile(__package__, "health_operations.graphql")
RUNS_OF_FLOW = Operation("runsOfFlow", "executionResults", RunsOfFlow, DOCUMENT)
FAILED_RUNS = Operation("failedRuns", "executionResults", FailedRuns, DOCUMENT)
ENDED_RUNS = Operation("endedRuns", "executionResults", RunsOfFlow, DOCUMENT)
LATEST_RUNS = Operation("latestRuns", "executionResults", RunsOfFlow, DOCUMENT)
RUNS_BY_ID = Operation("runsById", "executionResults", RunsOfFlow, DOCUMENT)
STEP_RESULTS = Operation("stepResults", "executionResult", StepResults, DOCUMENT)
TEST_FLOW = Operation("testFlow", "testInstanceFlowConfig", TestInstanceFlowConfigPayload, DOCUMENT, mutation=True)
