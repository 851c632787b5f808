"""The filters and orders of each list of the API."""

from __future__ import annotations

from reconciler.sandbox.data.executions import SEVERITIES
from reconciler.sandbox.data.roles import ROLES
from reconciler.sandbox.resolvers.listing import LABELS, SIBLINGS, Listing, Through

TIMES: dict[str, str | Through] = {"createdAt": "t.createdAt", "updatedAt": "t.updatedAt"}
TIME_ORDERS = {"CREATED_AT": "t.createdAt", "UPDATED_AT": "t.updatedAt"}
CUSTOMER_NAME = "(SELECT fold(name) FROM customers WHERE id = t.customer)"
_BUILT_IN = " ".join(f"WHEN {role.id!r} THEN {role.level}" for role in ROLES)
_ROLE_LEVEL = f"CASE t.role {_BUILT_IN} ELSE (SELECT level FROM roles WHERE id = t.role) END"  # noqa: S608 - names of our own


def same(*names: str) -> dict[str, str | Through]:
    """Return filters on the columns of the same names."""
    return {name: f"t.{name}" for name in names}


def lower(*names: str) -> dict[str, str | Through]:
    """Return filters on enumerations that the API types as strings: lower case in arguments."""
    return {name: f"lower(t.{name})" for name in names}


def through(column: str, table: str, field: str) -> str:
    return f"(SELECT {field} FROM {table} WHERE id = t.{column})"  # noqa: S608 - names of our own


CUSTOMERS = Listing(
    "customers",
    TIMES | same("name", "externalId", "description", "isSystem", "allowEmbeddedDesigner"),
    TIME_ORDERS | {"NAME": "fold(t.name)", "DESCRIPTION": "fold(t.description)"},
    LABELS,
)

USERS = Listing(
    "users",
    TIMES | same("email", "name", "externalId", "customer"),
    TIME_ORDERS | {"EMAIL": "fold(t.email)", "NAME": "fold(t.name)", "CUSTOMER": CUSTOMER_NAME, "ROLE": _ROLE_LEVEL},
)

INTEGRATIONS = Listing(
    "integrations",
    TIMES
    | same("name", "description", "category", "customer", "versionNumber", "versionSequenceId")
    | same("versionIsAvailable", "hasUnpublishedChanges")
    | {
        "hasInstances": "EXISTS (SELECT 1 FROM instances JOIN integrations v ON v.id = instances.integration"
        " WHERE v.versionSequenceId = t.versionSequenceId AND NOT instances.isSystem)"
    },
    TIME_ORDERS
    | {
        "NAME": "fold(t.name)",
        "CATEGORY": "fold(t.category)",
        "DESCRIPTION": "fold(t.description)",
        "CUSTOMER": CUSTOMER_NAME,
        "VERSION_NUMBER": "t.versionNumber",
        "PUBLISHED_AT": "t.versionCreatedAt",
        "PUBLISHED_BY": "t.versionCreatedBy",
    },
    LABELS,
)

SEQUENCE_OF_INSTANCE = through("integration", "integrations", "versionSequenceId")

_EVERY_VERSION = (
    "t.{} IN (SELECT id FROM integrations WHERE versionSequenceId ="
    " (SELECT versionSequenceId FROM integrations WHERE id = ?))"
)


def instances(*, every_version: bool) -> Listing:
    """Return the listing of instances; the filter ``integration`` means all its versions, or only that one."""
    return Listing(
        "instances",
        TIMES
        | same("id", "name", "description", "customer", "designedBy", "enabled", "globalDebug", "inFailedState")
        | same("instanceType", "isSystem", "needsDeploy", "integration")
        | {
            "customer_ExternalId": Through("customer", "customers", "externalId"),
            "integration_VersionSequenceId": Through("integration", "integrations", "versionSequenceId"),
        },
        TIME_ORDERS
        | {
            "NAME": "fold(t.name)",
            "DESCRIPTION": "fold(t.description)",
            "ENABLED": "t.enabled",
            "INSTANCE_TYPE": "t.instanceType",
            "LAST_EXECUTED_AT": "t.lastExecutedAt",
            "CUSTOMER": CUSTOMER_NAME,
            "CATEGORY": through("integration", "integrations", "fold(category)"),
            "INTEGRATION": through("integration", "integrations", "fold(name)"),
            "VERSION": through("integration", "integrations", "versionNumber"),
        },
        LABELS | ({"integration": _EVERY_VERSION.format("integration")} if every_version else {}),
    )


REQUIRED_CONFIG_VARIABLES = Listing(
    "required_config_variables",
    same("key", "orgOnly", "integration") | lower("dataType"),
    {"SORT_ORDER": "t.sortOrder"},
    default_order="t.sortOrder",
)

CONFIG_VARIABLES = Listing("config_variables", same("instance") | lower("status"))

FLOWS = Listing("flows", default_order="t.sortOrder")

FLOW_CONFIGS = Listing(
    "flow_configs",
    same("inFailedState") | {"flow_Name": Through("flow", "flows", "name")},
    {"SORT_ORDER": through("flow", "flows", "sortOrder")},
)

ON_PREMISE_RESOURCES = Listing(
    "on_premise_resources",
    same("name", "customer") | lower("status"),
    {"NAME": "fold(t.name)", "CUSTOMER": CUSTOMER_NAME},
)

EXECUTIONS = Listing(
    "executions",
    same("id", "flow", "flowConfig", "instance", "integration", "isTestExecution", "queuedAt", "startedAt", "endedAt")
    | same("error", "status", "retryCount", "maxRetryCount", "retryNextAt", "retryForExecution", "retryUniqueRequestId")
    | lower("invokeType", "resultType")
    | {
        "flowConfig_Flow": Through("flowConfig", "flow_configs", "flow"),
        "instanceType": Through("instance", "instances", "instanceType"),
        "instance_Customer": Through("instance", "instances", "customer"),
        "instance_IsSystem": Through("instance", "instances", "isSystem"),
        "instance_Integration": Through("instance", "instances", "integration"),
        "instance_Integration_VersionSequenceId": Through("integration", "integrations", "versionSequenceId"),
        "integration_VersionSequenceId": Through("integration", "integrations", "versionSequenceId"),
    },
    {"STARTED_AT": "t.startedAt", "ENDED_AT": "t.endedAt"},
)

STEP_RESULTS = Listing(
    "step_results",
    same("stepName", "displayStepName", "executionResult", "hasError", "startedAt", "endedAt")
    | {"instance": Through("executionResult", "executions", "instance")},
    {"STARTED_AT": "t.startedAt", "ENDED_AT": "t.endedAt"},
)

_SEVERITY = f"CASE t.severity {' '.join(f'WHEN {name!r} THEN {number}' for number, name in enumerate(SEVERITIES))} END"


def of_execution(field: str) -> str:
    return through("executionResult", "executions", field)


def _of_instance(field: str) -> str:
    return (
        f"(SELECT instances.{field} FROM executions JOIN instances ON instances.id = executions.instance"  # noqa: S608
        " WHERE executions.id = t.executionResult)"
    )


def _name_of(table: str, identifier: str) -> str:
    return f"(SELECT fold(name) FROM {table} WHERE id = {identifier})"  # noqa: S608 - names of our own


_LOG_SEQUENCE = (
    "(SELECT versionSequenceId FROM executions JOIN integrations ON integrations.id = executions.integration"
    " WHERE executions.id = t.executionResult)"
)

LOGS = Listing(
    "logs",
    same("executionResult", "message", "timestamp")
    | lower("logType")
    | {
        "severity": _SEVERITY,
        "flowConfig_Flow": Through("executionResult", "executions", "flow"),
    }
    | {
        name: Through("executionResult", "executions", name)
        for name in ("flow", "flowConfig", "instance", "integration", "isTestExecution")
    }
    | {
        "customer": _of_instance("customer"),
        "instanceType": _of_instance("instanceType"),
        "instance_Customer": _of_instance("customer"),
        "instance_IsSystem": _of_instance("isSystem"),
        "instance_Integration": _of_instance("integration"),
        "integration_VersionSequenceId": _LOG_SEQUENCE,
    },
    {
        "TIMESTAMP": "t.timestamp",
        "MESSAGE": "t.message",
        "SEVERITY": _SEVERITY,
        "LOG_TYPE": "t.logType",
        "CUSTOMER": _name_of("customers", _of_instance("customer")),
        "FLOW": _name_of("flows", of_execution("flow")),
        "FLOW_CONFIG": _name_of("flows", of_execution("flow")),
        "INSTANCE": _name_of("instances", of_execution("instance")),
        "INTEGRATION": _name_of("integrations", of_execution("integration")),
    },
)

ALERT_WEBHOOKS = Listing(
    "alert_webhooks", TIMES | same("name", "url"), TIME_ORDERS | {"NAME": "fold(t.name)", "URL": "fold(t.url)"}
)

ALERT_GROUPS = Listing("alert_groups", TIMES, TIME_ORDERS | {"NAME": "fold(t.name)"})

ALERT_TRIGGERS = Listing("alert_triggers", same("isGlobal", "isInstanceSpecific"), {"NAME": "fold(t.name)"})

_FLOW_OF_MONITOR = (
    "coalesce((SELECT fold(f.name) FROM flow_configs c JOIN flows f ON f.id = c.flow WHERE c.id = {0}),"
    " (SELECT fold(f.name) FROM former_flow_configs c JOIN flows f ON f.id = c.flow WHERE c.id = {0}))"
)
_TRIGGERS_OF_MONITOR = (
    "SELECT {} FROM alert_monitor_triggers p JOIN alert_triggers g ON g.id = p.alertTrigger WHERE p.alertMonitor = {}"
)
_HAS_TRIGGER = f"EXISTS ({_TRIGGERS_OF_MONITOR.format(1, 't.id')}"
_CUSTOMER_OF_MONITOR = "(SELECT customer FROM instances WHERE id = t.instance)"
_INTEGRATION_OF_MONITOR = "(SELECT integration FROM instances WHERE id = t.instance)"

ALERT_MONITORS = Listing(
    "alert_monitors",
    TIMES
    | same("name", "flowConfig", "instance", "lastTriggeredAt", "triggered")
    | {
        "instance_Customer": Through("instance", "instances", "customer"),
        "instance_Integration": Through("instance", "instances", "integration"),
        "instance_Integration_VersionSequenceId": "(SELECT versionSequenceId FROM integrations"  # noqa: S608 - names of our own
        f" WHERE id = {_INTEGRATION_OF_MONITOR})",
        "instance_Name": Through("instance", "instances", "name"),
    },
    TIME_ORDERS
    | {
        "CUSTOMER": _name_of("customers", _CUSTOMER_OF_MONITOR),
        "FLOW_CONFIG": _FLOW_OF_MONITOR.format("t.flowConfig"),
        "FLOW_CONFIG__FLOW": _FLOW_OF_MONITOR.format("t.flowConfig"),
        "INSTANCE": through("instance", "instances", "fold(name)"),
        "INTEGRATION": _name_of("integrations", _INTEGRATION_OF_MONITOR),
        "LAST_TRIGGERED_AT": "t.lastTriggeredAt",
        "NAME": "fold(t.name)",
        "TRIGGERED": "t.triggered",
        "TRIGGERS": f"({_TRIGGERS_OF_MONITOR.format('min(fold(g.name))', 't.id')})",
    },
    {
        "triggers": f"{_HAS_TRIGGER} AND g.id IN ({SIBLINGS}))",
        "triggers_IsGlobal": f"{_HAS_TRIGGER} AND g.isGlobal = ?)",
        "triggers_Name_Icontains": f"{_HAS_TRIGGER} AND instr(fold(g.name), fold(?)) > 0)",
    },
)


def _of_monitor(field: str) -> str:
    return through("monitor", "alert_monitors", field)


def _of_monitored(field: str) -> str:
    return (
        f"(SELECT i.{field} FROM alert_monitors m JOIN instances i ON i.id = m.instance"  # noqa: S608 - names of our own
        " WHERE m.id = t.monitor)"
    )


ALERT_EVENTS = Listing(
    "alert_events",
    same("createdAt", "details", "monitor")
    | {
        "monitor_FlowConfig": Through("monitor", "alert_monitors", "flowConfig"),
        "monitor_Instance": Through("monitor", "alert_monitors", "instance"),
        "monitor_Instance_Customer": _of_monitored("customer"),
        "monitor_Instance_Integration": _of_monitored("integration"),
        "monitor_Instance_Name": _of_monitored("name"),
        "monitor_Name": Through("monitor", "alert_monitors", "name"),
    },
    {
        "CREATED_AT": "t.createdAt",
        "CUSTOMER": _name_of("customers", _of_monitored("customer")),
        "DETAILS": "fold(t.details)",
        "FLOW_CONFIG": _FLOW_OF_MONITOR.format(_of_monitor("flowConfig")),
        "INSTANCE": f"fold({_of_monitored('name')})",
        "INTEGRATION": _name_of("integrations", _of_monitored("integration")),
        "MONITOR": _of_monitor("fold(name)"),
        "TRIGGERS": f"({_TRIGGERS_OF_MONITOR.format('min(fold(g.name))', 't.monitor')})",
    },
)
