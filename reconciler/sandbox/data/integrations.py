"""Integrations: a draft that can be edited, and one node for each published version.

All nodes of an integration share ``versionSequenceId``. Each node, and each of its flows, has an ID of its own.
The draft has a test instance, which belongs to the designer's test customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from reconciler.sandbox.data import config_variables, instances
from reconciler.sandbox.data.components import component_action, component_connection
from reconciler.sandbox.data.definition import DefinitionError, load_definition, parse_definition
from reconciler.sandbox.data.ids import derived_uuid
from reconciler.sandbox.data.labels import stored_labels
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused
from reconciler.sandbox.data.scoped import named_connection
from reconciler.sandbox.data.tenant import TIMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.data.definition import ConnectionInput, Definition, Variable
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

TEST_CUSTOMER = "Designer Test Customer"
_COPIED = (
    "name",
    "description",
    "category",
    "documentation",
    "overview",
    "labels",
    "avatarUrl",
    "metadata",
    "configPages",
    "endpointType",
    "isCodeNative",
    "definition",
    "customer",
    "versionSequenceId",
)


def import_integration(tenant: Tenant, data: Input) -> Row:
    """Make a definition the draft of an integration: a new one, or the one it replaces.

    Without ``integrationId``, ``replace`` replaces the integration of the same name.
    """
    definition = _parsed(data["definition"])
    draft = None
    if data.get("integrationId"):
        draft = draft_of(tenant, data["integrationId"])
    else:
        named = tenant.store.where("integrations", name=definition.name, draft=1)
        if named and not data.get("replace"):
            raise Refused((OBJECT_LEVEL, f"An integration named {definition.name} already exists."))
        draft = named[0] if named else None
    return _edit(tenant, draft, definition) if draft else _create(tenant, definition, data.get("customer"))


def create_integration(tenant: Tenant, data: Input) -> Row:
    """Create an integration: an empty one, unless a definition is sent with it."""
    name = data["name"]
    if not name.strip():
        raise Refused(("name", "This field cannot be blank."))
    named = {"name": name, "description": data.get("description") or "", "labels": data.get("labels") or []}
    row = import_integration(
        tenant, {"definition": _renamed(data.get("definition") or "{}", named), "customer": data.get("customer")}
    )
    return update_integration(tenant, {"id": row["id"], "metadata": data.get("metadata")})


def fork_integration(tenant: Tenant, data: Input) -> Row:
    """Create an integration with the definition of another one, of which a version or the draft is named."""
    parent = tenant.store.find("integrations", data["parent"])
    if parent is None:
        raise Refused(("parent", "There is no such integration."))
    description = data["description"] if data.get("description") is not None else parent["description"]
    definition = _renamed(parent["definition"], {"name": data["name"], "description": description})
    return create_integration(tenant, {"name": data["name"], "description": description, "definition": definition})


def validate_definition(_: Tenant, data: Input) -> dict[str, Any]:
    """Return whether a definition can be imported; raise :class:`.Refused` with the reason if it cannot."""
    _parsed(data["definition"])
    return {"isValid": True}


def _renamed(text: str, named: Mapping[str, Any]) -> str:
    """Return a definition with other values of some of its keys."""
    try:
        definition = load_definition(text)
    except DefinitionError as error:
        raise Refused(("definition", str(error))) from error
    return yaml.safe_dump({**(definition if isinstance(definition, dict) else {}), **named}, sort_keys=False)


def update_integration(tenant: Tenant, data: Input) -> Row:
    """Change the draft: the fields that were sent, or everything that its definition declares."""
    draft = draft_of(tenant, data.get("id"))
    if data.get("definition"):
        draft = _edit(tenant, draft, _parsed(data["definition"]))
    plain = ("name", "description", "category", "avatarUrl", "metadata", "starred", "customer")
    columns = {name: data[name] for name in plain if data.get(name) is not None}
    if data.get("labels") is not None:
        columns["labels"] = stored_labels(data["labels"])
    if tenant.save("integrations", draft, columns):
        tenant.store.update("integrations", draft["id"], hasUnpublishedChanges=1)
    for flow in data.get("flows") or ():
        _update_flow(tenant, draft, flow)
    for instance in tenant.store.where("instances", integration=draft["id"]):
        entries = data.get("testConfigVariables") or ()
        config_variables.write_variables(tenant, instance, entries, reset_others=False)
    return tenant.store.get("integrations", draft["id"])


def publish_integration(tenant: Tenant, data: Input, *, number: int | None = None) -> Row:
    """Publish the draft as a new version, which is available, and return the version's node.

    Its ``number`` is the next one, unless a world leaves some out; it must be above the latest.
    """
    draft = draft_of(tenant, data.get("id"))
    latest = _latest(tenant, draft["versionSequenceId"])
    number = latest + 1 if number is None else number
    if number <= latest:
        raise Refused(("number", f"The number of a version must be above {latest}, the latest version's."))
    version = tenant.create(
        "integrations",
        "Integration",
        (*TIMES, "versionCreatedAt"),
        **{name: draft[name] for name in _COPIED},
        versionNumber=number,
        versionIsAvailable=1,
        versionComment=data.get("comment") or "",
        versionAttributes=data.get("attributes") or "{}",
        versionCreatedBy=tenant.user,
    )
    _write_parts(tenant, version["id"], parse_definition(draft["definition"]))
    tenant.store.update(
        "integrations", draft["id"], hasUnpublishedChanges=0, versionNumber=_draft_number(tenant, number)
    )
    return version


def update_availability(tenant: Tenant, data: Input) -> Row:
    """Make a published version available for deployment, or withdraw it."""
    version = tenant.store.get("integrations", data.get("id"))
    if version["draft"]:
        raise Refused((OBJECT_LEVEL, "Only a published version can be made available."))
    tenant.save("integrations", version, {"versionIsAvailable": int(data["available"])})
    return tenant.store.get("integrations", version["id"])


def delete_integration(tenant: Tenant, data: Input) -> Row:
    """Delete an integration with every version, unless instances of it exist."""
    draft = draft_of(tenant, data.get("id"))
    used = tenant.store.value(
        "SELECT count(*) FROM instances JOIN integrations ON integrations.id = instances.integration"
        " WHERE versionSequenceId = ? AND NOT isSystem",
        (draft["versionSequenceId"],),
    )
    if used:
        raise Refused((OBJECT_LEVEL, "This integration has instances; delete them first."))
    tenant.store.execute("DELETE FROM instances WHERE integration = ?", (draft["id"],))
    tenant.store.execute("DELETE FROM integrations WHERE versionSequenceId = ?", (draft["versionSequenceId"],))
    return draft


def draft_of(tenant: Tenant, identifier: str | None) -> Row:
    """Return the draft of the integration that the ID of any of its nodes means."""
    node = tenant.store.get("integrations", identifier)
    (draft,) = tenant.store.where("integrations", versionSequenceId=node["versionSequenceId"], draft=1)
    return draft


def _parsed(text: str) -> Definition:
    try:
        return parse_definition(text)
    except DefinitionError as error:
        raise Refused(("definition", str(error))) from error


def _latest(tenant: Tenant, sequence: str) -> int:
    return int(
        tenant.store.value(
            "SELECT coalesce(max(versionNumber), 0) FROM integrations WHERE versionSequenceId = ? AND NOT draft",
            (sequence,),
        )
    )


def _draft_number(tenant: Tenant, latest: int) -> int:
    return {"next": latest + 1, "latest": latest, "zero": 0}[tenant.variants.draft_number]


def _columns(definition: Definition) -> dict[str, Any]:
    return {
        "name": definition.name,
        "description": definition.description,
        "category": definition.category,
        "documentation": definition.documentation,
        "labels": stored_labels(definition.labels),
        "endpointType": definition.endpoint_type,
        "isCodeNative": int(definition.code_native),
        "configPages": definition.pages,
        "definition": definition.text,
    }


def _create(tenant: Tenant, definition: Definition, customer: str | None) -> Row:
    if customer:
        tenant.store.get("customers", customer)
    draft = tenant.create(
        "integrations",
        "Integration",
        **_columns(definition),
        customer=customer,
        draft=1,
        versionSequenceId=tenant.ids.uuid(),
        versionNumber=_draft_number(tenant, 0),
        hasUnpublishedChanges=1,
    )
    _write_parts(tenant, draft["id"], definition)
    (tester,) = tenant.store.where("customers", name=TEST_CUSTOMER)
    instances.insert_instance(
        tenant,
        {"name": f"{definition.name} ({draft['versionSequenceId'][:8]})", "customer": tester["id"]},
        draft,
        isSystem=1,
    )
    _deploy_tests(tenant, draft)
    return draft


def _edit(tenant: Tenant, draft: Row, definition: Definition) -> Row:
    """Replace the draft's content; its test instance moves over to the new variables and flows."""
    moment = tenant.clock.tick()
    tenant.store.update("integrations", draft["id"], **_columns(definition), hasUnpublishedChanges=1, updatedAt=moment)
    old = instances.parts(tenant, draft["id"])
    _write_parts(tenant, draft["id"], definition)
    for instance in tenant.store.where("instances", integration=draft["id"]):
        instances.move(tenant, instance, old, instances.parts(tenant, draft["id"], besides=old))
    _deploy_tests(tenant, draft)
    for part in old.flows:
        tenant.store.delete("flows", part["id"])
    for part in old.variables:
        tenant.store.delete("required_config_variables", part["id"])
    return tenant.store.get("integrations", draft["id"])


def _deploy_tests(tenant: Tenant, draft: Row) -> None:
    """Deploy the draft's test instance, as importing a definition does."""
    for instance in tenant.store.where("instances", integration=draft["id"]):
        moment = tenant.clock.tick()
        columns = {"deployedVersion": draft["versionNumber"], "lastDeployedAt": moment, "updatedAt": moment}
        tenant.store.update("instances", instance["id"], needsDeploy=0, **columns)


def _write_parts(tenant: Tenant, node: str, definition: Definition) -> None:
    for order, flow in enumerate(definition.flows):
        for part in flow.step_parts:
            component_action(tenant, part, trigger=False)
        tenant.store.insert(
            "flows",
            id=tenant.ids.new("IntegrationFlow"),
            integration=node,
            name=flow.name,
            description=flow.description,
            stableKey=flow.stable_key,
            stableId=derived_uuid(definition.name, "flow", flow.stable_key or flow.name),
            sortOrder=order,
            isSynchronous=int(flow.synchronous),
            endpointSecurityType=flow.security,
            testPayload=flow.test_payload,
            starter=flow.trigger,
            starterAction=component_action(tenant, flow.trigger_part, trigger=True)["id"],
            steps=flow.steps,
        )
    for order, variable in enumerate(definition.variables):
        tenant.store.insert(
            "required_config_variables",
            **_variable_columns(tenant, variable),
            id=tenant.ids.new("RequiredConfigVariable"),
            integration=node,
            sortOrder=order,
            stableId=derived_uuid(definition.name, "variable", variable.stable_key or variable.key),
        )


def _variable_columns(tenant: Tenant, variable: Variable) -> dict[str, object]:
    connection = variable.connection
    inputs = [_input(item) for item in variable.inputs]
    return {
        "key": variable.key,
        "stableKey": variable.stable_key,
        "dataType": variable.data_type,
        "collectionType": variable.collection_type,
        "defaultValue": variable.default,
        "description": variable.description,
        "pickList": variable.pick_list,
        "scheduleType": variable.schedule_type,
        "timeZone": variable.time_zone,
        "codeLanguage": variable.code_language,
        "orgOnly": int(variable.org_only),
        "meta": dict(variable.meta),
        "inputs": inputs,
        "onPremiseConnectionConfig": variable.on_premise,
        "userLevelConfigured": int(variable.user_level),
        "connection": component_connection(tenant, connection, inputs)["id"] if connection else None,
        "oauth2": connection.oauth2 if connection else None,
        "scopedConfigVariable": named_connection(tenant, variable.scoped)["id"] if variable.scoped else None,
    }


def _input(item: ConnectionInput) -> dict[str, object]:
    return {"name": item.name, "type": item.type, "value": item.value, "meta": dict(item.meta)}


def _update_flow(tenant: Tenant, draft: Row, data: Input) -> None:
    flow = tenant.store.get("flows", data["id"])
    if flow["integration"] != draft["id"]:
        raise Refused(("flows", f"There is no flow {data['id']} in this integration."))
    plain = ("testContentType", "testHeaders", "testPayload")
    columns = {name: data[name] for name in plain if data.get(name) is not None}
    if data.get("organizationApiKeys") is not None:
        columns["organizationApiKeys"] = data["organizationApiKeys"]
    if columns:
        tenant.store.update("flows", flow["id"], **columns)
