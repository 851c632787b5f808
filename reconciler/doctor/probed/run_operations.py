"""The operations of run_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.model.answers import AnswerObject, Node, Payload, SecretText, SecretTextAndValues, SecretValues
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    ExecutionStatus = Literal["ERROR", "PENDING", "QUEUED", "SUCCESS"]
    InstanceExecutionResultResultType = Literal["CANCELED_AS_DUPLICATE", "COMPLETED", "ERROR", "POLLED_NO_CHANGES"]
else:
    # An API that is newer than this list may have further values.
    ExecutionStatus = str
    InstanceExecutionResultResultType = str


class ProbedFailuresNodeFlowConfig(Node, frozen=True, gc=False):
    in_failed_state: bool
    last_executed_at: str | None


class InstanceFlowConfigConnectionNode(AnswerObject, frozen=True, gc=False):
    in_failed_state: bool
    last_executed_at: str | None


class InstanceFlowConfigConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[InstanceFlowConfigConnectionNode]


class Instance(Node, frozen=True, gc=False):
    in_failed_state: bool | None
    last_deployed_at: str | None
    flow_configs: InstanceFlowConfigConnection


class ProbedFailuresNode(Node, frozen=True, gc=False):
    ended_at: str | None
    flow_config: ProbedFailuresNodeFlowConfig | None
    instance: Instance | None


class ProbedFailures(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedFailuresNode]


class ProbedRetriesNodeRetryForExecution(Node, frozen=True, gc=False):
    retry_next_at: str | None
    retry_for_execution: Node | None


class ProbedRetriesNode(Node, frozen=True, gc=False):
    retry_for_execution: ProbedRetriesNodeRetryForExecution | None


class ProbedRetries(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedRetriesNode]


class ProbedDuplicatesNode(Node, frozen=True, gc=False):
    status: ExecutionStatus
    result_type: InstanceExecutionResultResultType | None


class ProbedDuplicates(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedDuplicatesNode]


class ProbedRuns(AnswerObject, frozen=True, gc=False):
    total_count: int
    nodes: list[Node]


class ProbedStepsNodeStepResultsNode(Node, frozen=True, gc=False):
    display_step_name: str | None


class ProbedStepsNodeStepResults(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedStepsNodeStepResultsNode]


class ProbedStepsNode(Node, frozen=True, gc=False):
    step_results: ProbedStepsNodeStepResults


class ProbedSteps(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedStepsNode]


class ProbedRunStepResultsNode(Node, frozen=True, gc=False):
    results_url: SecretText[str]


class ProbedRunStepResults(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedRunStepResultsNode]


class ProbedRun(Node, frozen=True, gc=False):
    ended_at: str | None
    is_test_execution: bool
    step_results: ProbedRunStepResults


class TestInstanceFlowConfigResult(AnswerObject, frozen=True, gc=False):
    status_code: int | None
    headers: SecretValues[str | None]
    body: SecretTextAndValues[str | None]
    execution: Node | None


class TestInstanceFlowConfigPayload(Payload, frozen=True, gc=False):
    test_instance_flow_config_result: TestInstanceFlowConfigResult | None


DOCUMENT = OperationFile(__package__, "run_operations.graphql")
PROBED_FAILURES = Operation("probedFailures", "executionResults", ProbedFailures, DOCUMENT)
PROBED_RETRIES = Operation("probedRetries", "executionResults", ProbedRetries, DOCUMENT)
PROBED_DUPLICATES = Operation("probedDuplicates", "executionResults", ProbedDuplicates, DOCUMENT)
PROBED_RUNS = Operation("probedRuns", "executionResults", ProbedRuns, DOCUMENT)
PROBED_STEPS = Operation("probedSteps", "executionResults", ProbedSteps, DOCUMENT)
PROBED_RUN = Operation("probedRun", "executionResult", ProbedRun, DOCUMENT)
PROBE_TEST_FLOW = Operation(
    "probeTestFlow", "testInstanceFlowConfig", TestInstanceFlowConfigPayload, DOCUMENT, mutation=True
)
