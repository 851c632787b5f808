"""Instances, their config variables and flow configs, and the executions of their flows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from reconciler.sandbox.data.config_variables import config_states
from reconciler.sandbox.data.executions import outcome
from reconciler.sandbox.data.results import results_path
from reconciler.sandbox.resolvers import listings, statements
from reconciler.sandbox.resolvers.context import connection, decoded, related, tenant_of
from reconciler.sandbox.resolvers.integrations import expressions
from reconciler.sandbox.resolvers.siblings import Below, found_by_id, siblings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page


def _inputs(parent: Row, info: Info, **arguments: Any) -> Page:
    return expressions(parent, json.loads(parent["inputs"]), info, arguments)


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
    """Return where a person authorizes an OAuth 2.0 connection: here, opening the URL is enough."""
    required = _required(parent, info)
    if required is None or required["oauth2"] != "AUTHORIZATION_CODE":
        return None
    return f"{info.context.base_url}/sandbox/authorize/{parent['id']}"


def _webhook_url(parent: Row, info: Info) -> str:
    return f"{info.context.base_url}/trigger/{parent['id']}"


def _outcome(index: int) -> Any:
    return lambda parent, info: outcome(tenant_of(info), parent)[index]


def _result_type(parent: Row, info: Info) -> str | None:
    return {"SUCCESS": "COMPLETED", "ERROR": "ERROR", "PENDING": None}[outcome(tenant_of(info), parent)[0]]


def _through_execution(column: str, table: str | None = None) -> Any:
    """Return a resolver of something the parent's execution knows."""

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
    """Return a resolver of one column of what another one finds."""
    return lambda parent, info: (resolve(parent, info) or {}).get(column)


def _log_fields() -> dict[str, Any]:
    return {
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


def bindables() -> list[ObjectType]:
    instance = ObjectType("Instance")
    instance.set_field("labels", decoded("labels"))
    instance.set_field("customer", related("customers", "customer"))
    instance.set_field("integration", related("integrations", "integration"))
    instance.set_field("configState", _config_state)
    instance.set_field("configVariables", connection(listings.CONFIG_VARIABLES, Below("t.instance")))
    instance.set_field("flowConfigs", connection(listings.FLOW_CONFIGS, Below("t.instance")))
    instance.set_field("executionResults", connection(listings.EXECUTIONS, Below("t.instance")))
    instance.set_field("logs", connection(listings.LOGS, statements.logs_of("instance")))

    variable = ObjectType("InstanceConfigVariable")
    variable.set_field("instance", _instance)
    variable.set_field("requiredConfigVariable", _required)
    variable.set_field("customerConfigVariable", related("customer_config_variables", "customerConfigVariable"))
    variable.set_field("onPremiseResource", related("on_premise_resources", "onPremiseResource"))
    variable.set_field("inputs", _inputs)
    variable.set_field("authorizeUrl", _authorize_url)

    config = ObjectType("InstanceFlowConfig")
    config.set_field("apiKeys", decoded("apiKeys"))
    config.set_field("flow", related("flows", "flow"))
    config.set_field("instance", _instance)
    config.set_field("webhookUrl", _webhook_url)
    config.set_field("executionResults", connection(listings.EXECUTIONS, Below("t.flowConfig")))
    config.set_field("logs", connection(listings.LOGS, statements.logs_of("flowConfig")))

    execution = ObjectType("InstanceExecutionResult")
    for index, name in enumerate(("status", "endedAt", "error")):
        execution.set_field(name, _outcome(index))
    execution.set_field("resultType", _result_type)
    for name, table in (("flow", "flows"), ("flowConfig", "flow_configs"), ("integration", "integrations")):
        execution.set_field(name, related(table, name))
    execution.set_field("instance", _instance)
    execution.set_field("instanceType", _of(_instance, "instanceType"))
    execution.set_field("stepResults", connection(listings.STEP_RESULTS, Below("t.executionResult")))
    execution.set_field("logs", connection(listings.LOGS, Below("t.executionResult")))

    step = ObjectType("InstanceStepResult")
    step.set_field("executionResult", _execution)
    step.set_field("instance", _instance_of_log)
    step.set_field("resultsUrl", lambda row, info: info.context.base_url + results_path(tenant_of(info), row["id"]))

    log = ObjectType("Log")
    for name, resolver in _log_fields().items():
        log.set_field(name, resolver)
    return [instance, variable, config, execution, step, log]
