"""Integrations, their versions, flows and required config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import integrations
from reconciler.sandbox.data.ids import derived_id, global_id
from reconciler.sandbox.resolvers import listings, statements
from reconciler.sandbox.resolvers.answers import Answers, Mutation
from reconciler.sandbox.resolvers.context import (
    connection,
    decoded,
    expressions,
    labels_of,
    nested,
    paged,
    related,
    single,
    tenant_of,
)
from reconciler.sandbox.resolvers.paging import Items
from reconciler.sandbox.resolvers.siblings import Below, beside, found_by_id

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.listing import Condition
    from reconciler.sandbox.resolvers.paging import Page


def _integrations(_: Any, info: Info, **arguments: Any) -> Page:
    """Answer ``integrations``: the drafts, and with ``allVersions`` all published versions."""
    scope: list[Condition] = [] if arguments.pop("allVersions", None) else [("t.draft", ())]
    return connection(listings.INTEGRATIONS, None, *scope)(None, info, **arguments)


def _version_sequence(parent: Row, info: Info, **arguments: Any) -> Page:
    arguments.pop("allVersions", None)
    below = Below(f"t.{statements.SEQUENCE}", statements.SEQUENCE)
    return nested(info, listings.INTEGRATIONS, below, parent, arguments, ("NOT t.draft", ()))


def _version_at(parent: Row, info: Info, **arguments: Any) -> Row | None:
    found = beside(tenant_of(info).store, parent, statements.VERSIONS, statements.SEQUENCE)
    if arguments.get("id") is not None:
        found = [row for row in found if row["id"] == arguments["id"]]
    if arguments.get("versionNumber") is not None:
        found = [row for row in found if row["versionNumber"] == arguments["versionNumber"]]
    if arguments.get("latestAvailable"):
        found = [row for row in found if row["versionIsAvailable"]]
    return found[-1] if found else None


def _is_latest(parent: Row, info: Info) -> bool:
    latest = _version_at(parent, info)
    return latest is not None and latest["id"] == parent["id"]


def _deployed_instances(parent: Row, info: Info) -> str:
    count = len(_instances_of(parent, info))
    return "ZERO" if not count else "ONE" if count == 1 else "MULTIPLE"


def _instances_of(parent: Row, info: Info) -> list[Row]:
    return beside(tenant_of(info).store, parent, statements.DEPLOYED, statements.SEQUENCE)


def _first_deployed(parent: Row, info: Info) -> Row | None:
    return next(iter(_instances_of(parent, info)), None)


def _last_executed(parent: Row, info: Info) -> str | None:
    executed = [row["lastExecutedAt"] for row in _instances_of(parent, info) if row["lastExecutedAt"]]
    return max(executed, default=None)


def _system_instance(parent: Row, info: Info) -> Row | None:
    return next(iter(beside(tenant_of(info).store, parent, statements.SYSTEM, statements.SEQUENCE)), None)


def _test_variables(parent: Row, info: Info, **arguments: Any) -> Page:
    """Answer ``testConfigVariables``: those of the designer's test instance."""
    instance = _system_instance(parent, info)
    if instance is None:
        return paged(info, Items([]), arguments)
    return nested(info, listings.CONFIG_VARIABLES, Below("t.instance"), instance, arguments)


def _test_url(parent: Row, info: Info) -> str:
    """Return the webhook of the flow's test: that of the draft's test instance."""
    configs = beside(tenant_of(info).store, parent, statements.TEST_CONFIGS)
    return f"{info.context.base_url}/trigger/{configs[0]['id'] if configs else parent['id']}"


def _user_level(parent: Row, info: Info) -> bool:
    return bool(beside(tenant_of(info).store, parent, statements.USER_LEVEL))


def _instances(parent: Row, info: Info, **arguments: Any) -> Page:
    """Answer an integration's ``instances``: of all its versions, or only of this one, by the variant."""
    every_version = tenant_of(info).variants.instances_by_integration == "every-version"
    below = statements.OF_EVERY_VERSION if every_version else Below("t.integration")
    return nested(info, listings.instances(every_version=every_version), below, parent, arguments)


def _parent(parent: Row, info: Info) -> Row | None:
    return (
        None
        if parent["draft"]
        else next(iter(beside(tenant_of(info).store, parent, statements.DRAFTS, statements.SEQUENCE)), None)
    )


def _connection(parent: Row, info: Info) -> Row | None:
    """Answer the component's connection of a config variable, with the inputs that the definition names."""
    found = found_by_id(tenant_of(info).store, "component_connections", parent, "connection")
    return found and {**found, "inputs": parent["inputs"]}


def _trigger(parent: Row, info: Info) -> dict[str, Any]:
    store = tenant_of(info).store
    return {
        "id": derived_id("IntegrationAction", parent["id"]),
        "name": parent["starter"],
        "integration": found_by_id(store, "integrations", parent, "integration"),
        "action": found_by_id(store, "component_actions", parent, "starterAction"),
    }


def _last_flow_execution(parent: Row, info: Info) -> str | None:
    return next((row["moment"] for row in beside(tenant_of(info).store, parent, statements.LAST_EXECUTION)), None)


ANSWERS = Answers(
    queries={
        "integration": single("integrations"),
        "integrationLabels": labels_of("integrations"),
        "integrations": _integrations,
    },
    mutations={
        "createIntegration": Mutation("integration", integrations.create_integration),
        "forkIntegration": Mutation("integration", integrations.fork_integration),
        "validateIntegrationSchema": Mutation("result", integrations.validate_definition),
        "importIntegration": Mutation("integration", integrations.import_integration),
        "publishIntegration": Mutation("integration", integrations.publish_integration),
        "updateIntegration": Mutation("integration", integrations.update_integration),
        "updateIntegrationVersionAvailability": Mutation("integration", integrations.update_availability),
        "deleteIntegration": Mutation("integration", integrations.delete_integration),
    },
    fields={
        "Integration": {
            "labels": decoded("labels"),
            "customer": related("customers", "customer"),
            "versionCreatedBy": related("users", "versionCreatedBy"),
            "flows": connection(listings.FLOWS, Below("t.integration")),
            "requiredConfigVariables": connection(listings.REQUIRED_CONFIG_VARIABLES, Below("t.integration")),
            "instances": _instances,
            "versionSequence": _version_sequence,
            "versions": _version_sequence,
            "versionAt": _version_at,
            "versionIsLatest": _is_latest,
            "definition": lambda row, _, **__: row["definition"],
            "deployedInstances": _deployed_instances,
            "firstDeployedInstance": _first_deployed,
            "lastExecutedAt": _last_executed,
            "systemInstance": _system_instance,
            "testConfigVariables": _test_variables,
            "userLevelConfigured": _user_level,
            "parent": _parent,
        },
        "Version": {
            "id": lambda row, _: global_id("Version", row["id"]),
            "comment": lambda row, _: row["versionComment"],
            "isAvailable": lambda row, _: row["versionIsAvailable"],
            "publishedAt": lambda row, _: row["versionCreatedAt"],
            "publishedBy": related("users", "versionCreatedBy"),
        },
        "IntegrationFlow": {
            "organizationApiKeys": decoded("organizationApiKeys"),
            "trigger": _trigger,
            "testUrl": _test_url,
            "lastExecutedAt": _last_flow_execution,
        },
        "RequiredConfigVariable": {
            "pickList": decoded("pickList"),
            "connection": _connection,
            "inputs": expressions,
            "integration": related("integrations", "integration"),
            "scopedConfigVariable": related("scoped_config_variables", "scopedConfigVariable"),
        },
    },
)
