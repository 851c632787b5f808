"""The filters and orders of the lists of components, and of the connections that instances share."""

from __future__ import annotations

from reconciler.sandbox.resolvers.listing import LABELS, Listing, Through
from reconciler.sandbox.resolvers.listings import CUSTOMER_NAME, TIME_ORDERS, lower, same, through

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608

COMPONENTS = Listing(
    "components",
    same("key", "label", "public", "category", "customer", "description")
    | same("versionNumber", "versionSequenceId", "versionCreatedAt", "versionIsAvailable"),
    {
        "CATEGORY": "fold(t.category)",
        "CUSTOMER": CUSTOMER_NAME,
        "DESCRIPTION": "fold(t.description)",
        "LABEL": "fold(t.label)",
        "VERSION_CREATED_AT": "t.versionCreatedAt",
        "VERSION_NUMBER": "t.versionNumber",
    },
    LABELS
    | {
        name: f"EXISTS (SELECT 1 FROM component_connections WHERE component = t.id{condition}) = ?"
        for name, condition in {
            "hasConnections": "",
            "hasOauth2Connections": " AND oauth2Type IS NOT NULL",
            "hasSimpleConnections": " AND oauth2Type IS NULL",
        }.items()
    },
)

COMPONENT_ACTIONS = Listing(
    "component_actions",
    same("key", "label", "component", "isTrigger") | {"isDataSource": "0"},
    {
        "IS_COMMON_TRIGGER": "t.isTrigger",
        "IS_DATA_SOURCE": "NULL",
        "IS_POLLING_TRIGGER": "NULL",
        "IS_TRIGGER": "t.isTrigger",
        "LABEL": "fold(t.label)",
    },
)

COMPONENT_CONNECTIONS = Listing(
    "component_connections",
    same("key", "label", "component") | lower("oauth2Type"),
    {"KEY": "fold(t.key)", "LABEL": "fold(t.label)", "ORDER": 't."order"'},
)


def _component_label(connection: str) -> str:
    return (
        "(SELECT fold(c.label) FROM components c JOIN component_connections n ON n.component = c.id"
        f" WHERE n.id = {connection})"
    )


def _of_component(connection: str) -> dict[str, str]:
    """Return the conditions about the component of a connection, by the SQL of the connection's ID."""
    component = f"FROM components c JOIN component_connections n ON n.component = c.id WHERE n.id = {connection}"
    return {
        "connection_Component_In": f"EXISTS (SELECT 1 {component} AND EXISTS (SELECT 1 FROM json_each(?) s"
        " WHERE s.value ->> 'key' = c.key AND s.value ->> 'isPublic' = c.public"
        " AND coalesce(lower(s.value ->> 'version'), 'latest') IN ('latest', CAST(c.versionNumber AS TEXT))))",
        "connection_Component_Label_Icontains": f"EXISTS (SELECT 1 {component} AND instr(fold(c.label), fold(?)) > 0)",
    }


_SHARED_ORDERS = TIME_ORDERS | {
    "KEY": "fold(t.key)",
    "LAST_CONFIGURED_AT": "t.lastConfiguredAt",
    "STATUS": "t.status",
}
_CONNECTION_OF_SCOPED = through("scopedConfigVariable", "scoped_config_variables", "connection")

SCOPED_CONFIG_VARIABLES = Listing(
    "scoped_config_variables",
    same("id", "key", "stableKey", "description") | lower("managedBy", "variableScope", "status"),
    _SHARED_ORDERS | {"COMPONENT_LABEL": _component_label("t.connection")},
    _of_component("t.connection"),
)

CUSTOMER_CONFIG_VARIABLES = Listing(
    "customer_config_variables",
    same("id", "key", "isTest", "customer", "scopedConfigVariable")
    | lower("status")
    | {
        "scopedConfigVariable_Key": Through("scopedConfigVariable", "scoped_config_variables", "key"),
        "scopedConfigVariable_StableKey": Through("scopedConfigVariable", "scoped_config_variables", "stableKey"),
        "scopedConfigVariable_ManagedBy": Through(
            "scopedConfigVariable", "scoped_config_variables", "lower(managedBy)"
        ),
        "scopedConfigVariable_VariableScope": Through(
            "scopedConfigVariable", "scoped_config_variables", "lower(variableScope)"
        ),
    },
    _SHARED_ORDERS | {"COMPONENT_LABEL": _component_label(_CONNECTION_OF_SCOPED)},
    _of_component(_CONNECTION_OF_SCOPED),
)
