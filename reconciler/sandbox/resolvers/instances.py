"""Instances, their config variables and flow configs, and the executions of their flows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from reconciler.sandbox import listings
from reconciler.sandbox.config_variables import config_state
from reconciler.sandbox.executions import outcome
from reconciler.sandbox.resolvers.context import connection, decoded, related, tenant_of
from reconciler.sandbox.resolvers.integrations import expressions
from reconciler.sandbox.results import results_path

if TYPE_CHECKING:
    from reconciler.sandbox.paging import Page
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.store import Row


def _inputs(parent: Row, info: Info, **arguments: Any) -> Page:
    return expressions(parent, json.loads(parent["inputs"]), info, arguments)


def _authorize_url(parent: Row, info: Info, **_: Any) -> str | None:
    """Return where a person authorizes an OAuth 2.0 connection: here, opening the URL is enough."""
    required = tenant_of(info).store.get("required_config_variables", parent["requiredConfigVariable"])
    if required["oauth2"] != "AUTHORIZATION_CODE":
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
        store = tenant_of(info).store
        value = store.get("executions", parent["executionResult"])[column]
        return store.find(table, value) if table else value

    return resolve


def _instance_of_log(parent: Row, info: Info) -> Row:
    found: Row = _through_execution("instance", "instances")(parent, info)
    return found


def _customer_of_log(parent: Row, info: Info) -> Row:
    return tenant_of(info).store.get("customers", _instance_of_log(parent, info)["customer"])


def _integration_of_log(parent: Row, info: Info) -> Row:
    found: Row = _through_execution("integration", "integrations")(parent, info)
    return found


def _log_fields() -> dict[str, Any]:
    return {
        "executionResult": related("executions", "executionResult"),
        "executionResultId": lambda row, _: row["executionResult"],
        "instance": _instance_of_log,
        "instanceId": lambda row, info: _instance_of_log(row, info)["id"],
        "instanceName": lambda row, info: _instance_of_log(row, info)["name"],
        "instanceType": lambda row, info: _instance_of_log(row, info)["instanceType"],
        "customer": _customer_of_log,
        "customerName": lambda row, info: _customer_of_log(row, info)["name"],
        "integration": _integration_of_log,
        "integrationName": lambda row, info: _integration_of_log(row, info)["name"],
        "integrationVersionSequenceId": lambda row, info: _integration_of_log(row, info)["versionSequenceId"],
        "flow": _through_execution("flow", "flows"),
        "flowName": lambda row, info: (_through_execution("flow", "flows")(row, info) or {}).get("name"),
        "flowConfig": _through_execution("flowConfig", "flow_configs"),
        "isTestExecution": _through_execution("isTestExecution"),
    }


def _of_parents_executions(parent: Row, info: Info, **arguments: Any) -> Page:
    return connection(listings.LOGS)(None, info, **{**arguments, "instance": parent["id"]})


def _of_flow_config(parent: Row, info: Info, **arguments: Any) -> Page:
    return connection(listings.LOGS)(None, info, **{**arguments, "flowConfig": parent["id"]})


def bindables() -> list[ObjectType]:
    instance = ObjectType("Instance")
    instance.set_field("labels", decoded("labels"))
    instance.set_field("customer", related("customers", "customer"))
    instance.set_field("integration", related("integrations", "integration"))
    instance.set_field("configState", lambda row, info: config_state(tenant_of(info), row["id"]))
    instance.set_field("configVariables", connection(listings.CONFIG_VARIABLES, "instance"))
    instance.set_field("flowConfigs", connection(listings.FLOW_CONFIGS, "instance"))
    instance.set_field("executionResults", connection(listings.EXECUTIONS, "instance"))
    instance.set_field("logs", _of_parents_executions)

    variable = ObjectType("InstanceConfigVariable")
    variable.set_field("instance", related("instances", "instance"))
    variable.set_field("requiredConfigVariable", related("required_config_variables", "requiredConfigVariable"))
    variable.set_field("customerConfigVariable", related("customer_config_variables", "customerConfigVariable"))
    variable.set_field("onPremiseResource", related("on_premise_resources", "onPremiseResource"))
    variable.set_field("inputs", _inputs)
    variable.set_field("authorizeUrl", _authorize_url)

    config = ObjectType("InstanceFlowConfig")
    config.set_field("apiKeys", decoded("apiKeys"))
    config.set_field("flow", related("flows", "flow"))
    config.set_field("instance", related("instances", "instance"))
    config.set_field("webhookUrl", _webhook_url)
    config.set_field("executionResults", connection(listings.EXECUTIONS, "flowConfig"))
    config.set_field("logs", _of_flow_config)

    execution = ObjectType("InstanceExecutionResult")
    for index, name in enumerate(("status", "endedAt", "error")):
        execution.set_field(name, _outcome(index))
    execution.set_field("resultType", _result_type)
    for name, table in (("flow", "flows"), ("flowConfig", "flow_configs"), ("integration", "integrations")):
        execution.set_field(name, related(table, name))
    execution.set_field("instance", related("instances", "instance"))
    execution.set_field(
        "instanceType", lambda row, info: tenant_of(info).store.get("instances", row["instance"])["instanceType"]
    )
    execution.set_field("stepResults", connection(listings.STEP_RESULTS, "executionResult"))
    execution.set_field("logs", connection(listings.LOGS, "executionResult"))

    step = ObjectType("InstanceStepResult")
    step.set_field("executionResult", related("executions", "executionResult"))
    step.set_field("instance", _through_execution("instance", "instances"))
    step.set_field("resultsUrl", lambda row, info: info.context.base_url + results_path(tenant_of(info), row["id"]))

    log = ObjectType("Log")
    for name, resolver in _log_fields().items():
        log.set_field(name, resolver)
    return [instance, variable, config, execution, step, log]
