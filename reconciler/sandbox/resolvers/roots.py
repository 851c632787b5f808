"""The root fields: queries and mutations, each recorded in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ariadne import MutationType, QueryType
from graphql import GraphQLError

from reconciler.sandbox.data import customers, executions, instances, integrations, users
from reconciler.sandbox.data.audit import Running
from reconciler.sandbox.data.custom_roles import all_roles
from reconciler.sandbox.data.refusals import RecordNotFound, Refused
from reconciler.sandbox.data.roles import CUSTOMER, ORGANIZATION
from reconciler.sandbox.resolvers import listings, objects
from reconciler.sandbox.resolvers.context import connection, organization, paged, tenant_of
from reconciler.sandbox.resolvers.integrations import integrations as list_integrations
from reconciler.sandbox.resolvers.paging import Items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page

_SINGLE = {
    "customer": "customers",
    "customerConfigVariable": "customer_config_variables",
    "executionResult": "executions",
    "instance": "instances",
    "instanceFlowConfig": "flow_configs",
    "integration": "integrations",
    "onPremiseResource": "on_premise_resources",
    "scopedConfigVariable": "scoped_config_variables",
    "stepResult": "step_results",
    "user": "users",
}


def _no_components(_: Any, info: Info, **arguments: Any) -> Page:
    """Answer ``components``: there are none, for nothing is run here."""
    return paged(info, Items([]), arguments)


_LISTS: Mapping[str, Callable[..., Any]] = {
    "components": _no_components,
    "customerConfigVariables": connection(listings.CUSTOMER_CONFIG_VARIABLES),
    "customers": connection(listings.CUSTOMERS),
    "executionResults": connection(listings.EXECUTIONS),
    "instanceFlowConfigs": connection(listings.FLOW_CONFIGS),
    "instances": objects.instances,
    "integrations": list_integrations,
    "logs": connection(listings.LOGS),
    "onPremiseResources": connection(listings.ON_PREMISE_RESOURCES),
    "scopedConfigVariables": connection(listings.SCOPED_CONFIG_VARIABLES),
    "stepResults": connection(listings.STEP_RESULTS),
    "users": connection(listings.USERS),
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """What carries a mutation out, and the payload's field for the object it returns."""

    result: str
    carry_out: Callable[[Tenant, Input], Any]


_MUTATIONS: Mapping[str, Mutation] = {
    "createCustomer": Mutation("customer", customers.create_customer),
    "updateCustomer": Mutation("customer", customers.update_customer),
    "deleteCustomer": Mutation("customer", customers.delete_customer),
    "createCustomerUser": Mutation("user", users.create_customer_user),
    "createOrganizationUser": Mutation("user", users.create_organization_user),
    "updateUser": Mutation("user", users.update_user),
    "deleteUser": Mutation("user", users.delete_user),
    "importIntegration": Mutation("integration", integrations.import_integration),
    "publishIntegration": Mutation("integration", integrations.publish_integration),
    "updateIntegration": Mutation("integration", integrations.update_integration),
    "updateIntegrationVersionAvailability": Mutation("integration", integrations.update_availability),
    "deleteIntegration": Mutation("integration", integrations.delete_integration),
    "createInstance": Mutation("instance", instances.create_instance),
    "updateInstance": Mutation("instance", instances.update_instance),
    "updateInstanceConfigVariables": Mutation("instance", instances.update_config_variables),
    "deployInstance": Mutation("instance", instances.deploy_instance),
    "deleteInstance": Mutation("instance", instances.delete_instance),
    "testInstanceFlowConfig": Mutation("testInstanceFlowConfigResult", executions.run_flow_test),
}


def bindables() -> list[QueryType | MutationType]:
    query, mutation = QueryType(), MutationType()
    query.name, mutation.name = "RootQuery", "RootMutation"
    resolvers: dict[str, Callable[..., Any]] = {
        **_LISTS,
        **{name: _single(table) for name, table in _SINGLE.items()},
        "authenticatedUser": lambda _, info: tenant_of(info).store.get("users", tenant_of(info).user),
        "organization": organization,
        "organizationRoles": lambda _, info: all_roles(tenant_of(info).store, ORGANIZATION),
        "customerRoles": lambda _, info: all_roles(tenant_of(info).store, CUSTOMER),
        "customerLabels": objects.labels_of("customers"),
        "instanceLabels": objects.labels_of("instances"),
        "integrationLabels": objects.labels_of("integrations"),
        "listUserTenants": objects.tenants,
        "logSeverityLevels": lambda *_: [{"id": n, "name": name} for n, name in enumerate(executions.SEVERITIES)],
        "userExists": lambda _, info, email: bool(tenant_of(info).store.where("users", email=email)),
    }
    for name, resolver in resolvers.items():
        query.set_field(name, _audited("query", resolver))
    for name, described in _MUTATIONS.items():
        mutation.set_field(name, _audited("mutation", _mutation(described)))
    return [query, mutation]


def _single(table: str) -> Callable[..., Row]:
    return lambda _, info, id: tenant_of(info).store.get(table, id)  # noqa: A006 - the argument's name


def _mutation(described: Mutation) -> Callable[..., dict[str, Any]]:
    def resolve(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
        data = dict(arguments["input"])
        payload: dict[str, Any] = {"clientMutationId": data.pop("clientMutationId", None), "errors": []}
        tenant = tenant_of(info)
        try:
            with tenant.store.transaction():
                payload[described.result] = described.carry_out(tenant, data)
        except Refused as refused:
            payload["errors"] = [{"field": field, "messages": [message]} for field, message in refused.errors]
        except RecordNotFound as missing:
            if tenant.variants.missing_in_mutation == "top-level":
                raise
            payload["errors"] = [{"field": "id", "messages": [str(missing)]}]
        return payload

    return resolve


def _audited(operation: Literal["query", "mutation"], resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Record the operation, and turn a missing record into the API's error."""

    def resolve(parent: Any, info: Info, **arguments: Any) -> Any:
        at = tenant_of(info).clock.now().isoformat()
        running = Running(operation, info.field_name, str(info.path.key), dict(arguments), at)
        info.context.running.append(running)
        try:
            result = resolver(parent, info, **arguments)
        except (RecordNotFound, GraphQLError) as error:
            running.errors = (str(error),)
            raise GraphQLError(str(error)) from error
        if operation == "mutation":
            running.errors = tuple(message for error in result["errors"] for message in error["messages"])
        return result

    return resolve
