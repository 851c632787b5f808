"""Instances, their config variables and flow configs, and the executions of their flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import calls, executions, instances
from reconciler.sandbox.data.config_variables import config_states
from reconciler.sandbox.data.results import results_path
from reconciler.sandbox.resolvers import listings, statements
from reconciler.sandbox.resolvers.answers import Answers, Mutation
from reconciler.sandbox.resolvers.context import (
    connection,
    decoded,
    expressions,
    instances_of,
    labels_of,
    related,
    single,
    tenant_of,
)
from reconciler.sandbox.resolvers.siblings import Below, found_by_id, siblings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page


_required = related("required_config_variables", "requiredConfigVariable")
_execution = related("executions", "executionResult")
_instance = related("instances", "instance")


def _config_state(parent: Row, info: Info) -> str:
    siblings = siblings_of(parent)
    states: Mapping[str, str] = siblings.once(
        "configState", lambda: config_states(tenant_of(info), siblings.values("id"))
    )
    return states[parent["id"]]


def _authorize_url(parent: Row, info: Info, **_: Any) -> str | None:
    """Return the URL at which a person authorizes an OAuth 2.0 connection; opening it is enough here."""
    required = _required(parent, info)
    if required is None or required["oauth2"] != "AUTHORIZATION_CODE" or required["scopedConfigVariable"]:
        return None
    return f"{info.context.base_url}/sandbox/authorize/{parent['id']}"


def _webhook_url(parent: Row, info: Info) -> str:
    return f"{info.context.base_url}/trigger/{parent['id']}"


def _executions_of(column: str = "") -> Callable[..., Page]:
    """Return a resolver of executions: of all, or of those whose ``column`` is the parent's ID."""

    def resolve(parent: Row | None, info: Info, **arguments: Any) -> Page:
        cap = int(tenant_of(info).variants.execution_pages)
        return connection(listings.EXECUTIONS, Below(column) if column else None, cap=cap)(parent, info, **arguments)

    return resolve


def _through_execution(column: str, table: str | None = None) -> Any:
    """Return a resolver of a column, or a related row, of the parent's execution."""

    def resolve(parent: Row, info: Info) -> Any:
        execution = _execution(parent, info)
        if execution is None or table is None:
            return (execution or {}).get(column)
        return found_by_id(tenant_of(info).store, table, execution, column)

    return resolve


_instance_of_log = _through_execution("instance", "instances")
_integration_of_log = _through_execution("integration", "integrations")
_flow_of_log = _through_execution("flow", "flows")


def _customer_of_log(parent: Row, info: Info) -> Row | None:
    instance = _instance_of_log(parent, info)
    return found_by_id(tenant_of(info).store, "customers", instance, "customer") if instance else None


def _of(resolve: Any, column: str) -> Any:
    """Return a resolver of one column of the row that another resolver returns."""
    return lambda parent, info: (resolve(parent, info) or {}).get(column)


_LOG_FIELDS = {
    "executionResult": _execution,
    "executionResultId": lambda row, _: row["executionResult"],
    "instance": _instance_of_log,
    "instanceId": _of(_instance_of_log, "id"),
    "instanceName": _of(_instance_of_log, "name"),
    "instanceType": _of(_instance_of_log, "instanceType"),
    "customer": _customer_of_log,
    "customerName": _of(_customer_of_log, "name"),
    "integration": _integration_of_log,
    "integrationName": _of(_integration_of_log, "name"),
    "integrationVersionSequenceId": _of(_integration_of_log, "versionSequenceId"),
    "flow": _flow_of_log,
    "flowName": _of(_flow_of_log, "name"),
    "flowConfig": _through_execution("flowConfig", "flow_configs"),
    "isTestExecution": _through_execution("isTestExecution"),
}

ANSWERS = Answers(
    queries={
        "executionResult": single("executions"),
        "executionResults": _executions_of(),
        "instance": single("instances"),
        "instanceFlowConfig": single("flow_configs"),
        "instanceFlowConfigs": connection(listings.FLOW_CONFIGS),
        "instanceLabels": labels_of("instances"),
        "instances": instances_of(),
        "logSeverityLevels": lambda *_: [{"id": n, "name": name} for n, name in enumerate(executions.SEVERITIES)],
        "logs": connection(listings.LOGS),
        "stepResult": single("step_results"),
        "stepResults": connection(listings.STEP_RESULTS),
    },
    mutations={
        "createInstance": Mutation("instance", instances.create_instance),
        "updateInstance": Mutation("instance", instances.update_instance),
        "updateInstanceConfigVariables": Mutation("instance", instances.update_config_variables),
        "deployInstance": Mutation("instance", instances.deploy_instance),
        "deleteInstance": Mutation("instance", instances.delete_instance),
        "testInstanceFlowConfig": Mutation("testInstanceFlowConfigResult", calls.run_flow_test),
    },
    fields={
        "Instance": {
            "labels": decoded("labels"),
            "customer": related("customers", "customer"),
            "integration": related("integrations", "integration"),
            "configState": _config_state,
            "configVariables": connection(listings.CONFIG_VARIABLES, Below("t.instance")),
            "flowConfigs": connection(listings.FLOW_CONFIGS, Below("t.instance")),
            "executionResults": _executions_of("t.instance"),
            "logs": connection(listings.LOGS, statements.logs_of("instance")),
        },
        "InstanceConfigVariable": {
            "instance": _instance,
            "requiredConfigVariable": _required,
            "customerConfigVariable": related("customer_config_variables", "customerConfigVariable"),
            "onPremiseResource": related("on_premise_resources", "onPremiseResource"),
            "inputs": expressions,
            "authorizeUrl": _authorize_url,
        },
        "InstanceFlowConfig": {
            "apiKeys": decoded("apiKeys"),
            "flow": related("flows", "flow"),
            "instance": _instance,
            "webhookUrl": _webhook_url,
            "executionResults": _executions_of("t.flowConfig"),
            "logs": connection(listings.LOGS, statements.logs_of("flowConfig")),
        },
        "InstanceExecutionResult": {
            "retryForExecution": related("executions", "retryForExecution"),
            "retryAttempts": _executions_of("t.retryForExecution"),
            "flow": related("flows", "flow"),
            "flowConfig": related("flow_configs", "flowConfig"),
            "integration": related("integrations", "integration"),
            "instance": _instance,
            "instanceType": _of(_instance, "instanceType"),
            "stepResults": connection(listings.STEP_RESULTS, Below("t.executionResult")),
            "logs": connection(listings.LOGS, Below("t.executionResult")),
        },
        "InstanceStepResult": {
            "executionResult": _execution,
            "instance": _instance_of_log,
            "resultsUrl": lambda row, info: info.context.base_url + results_path(tenant_of(info), row["id"]),
        },
        "Log": _LOG_FIELDS,
    },
)
