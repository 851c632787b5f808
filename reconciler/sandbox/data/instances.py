"""Instances: their mutations, and the move of their variables and flow configs to another version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import config_variables, flow_configs, shared_uses
from reconciler.sandbox.data.alert_monitors import follow_flows
from reconciler.sandbox.data.definition import parse_definition
from reconciler.sandbox.data.labels import stored_labels
from reconciler.sandbox.data.outcomes import Outcomes, subject_of
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_PLAIN = ("name", "description", "enabled", "globalDebug", "logsDisabled", "stepResultsDisabled", "starred")
_CARRIED = (
    "value",
    "scheduleType",
    "timeZone",
    "status",
    "inputs",
    "customerConfigVariable",
    "onPremiseResource",
    "meta",
    "lastSuccessfulRefreshAt",
    "refreshAt",
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The variables and flows of a version of an integration."""

    variables: Sequence[Row]
    flows: Sequence[Row]
    renames: dict[str, str]


def parts(tenant: Tenant, integration: str, *, besides: Parts | None = None) -> Parts:
    """Return the version's variables and flows, without those that ``besides`` holds."""
    seen = {row["id"] for row in (*besides.variables, *besides.flows)} if besides else set()
    node = tenant.store.get("integrations", integration)
    return Parts(
        [row for row in config_variables.required_of(tenant, integration) if row["id"] not in seen],
        [row for row in tenant.store.where("flows", integration=integration) if row["id"] not in seen],
        dict(parse_definition(node["definition"]).renames),
    )


def create_instance(tenant: Tenant, data: Input) -> Row:
    """Create an instance; variables that were not sent have their defaults."""
    customer = tenant.store.find("customers", data["customer"])
    if customer is None:
        raise Refused(("customer", "There is no such customer."))
    version = _deployable(tenant, data["integration"])
    return insert_instance(tenant, data, version)


def insert_instance(tenant: Tenant, data: Input, version: Row, **special: Any) -> Row:
    """Create an instance of any node, also of a draft; ``special`` are columns that no mutation sets."""
    columns = _columns(tenant, data)
    _check_name(tenant, data["name"], data["customer"], None)
    moment = tenant.clock.tick()
    identifier = tenant.ids.new("Instance")
    row = {
        "enabled": int(tenant.variants.enabled_after_create == "true"),
        **columns,
        "id": identifier,
        "customer": data["customer"],
        "integration": version["id"],
        "createdAt": moment,
        "updatedAt": moment,
        **special,
    }
    tenant.store.insert("instances", **row)
    made = parts(tenant, version["id"])
    for required in made.variables:
        config_variables.add_variable(tenant, identifier, required)
    for flow in made.flows:
        flow_configs.add_flow_config(tenant, identifier, flow["id"])
    _settle_shared(tenant, identifier, made)
    if data.get("configVariables") is not None:
        config_variables.write_variables(tenant, row, data["configVariables"], reset_others=False)
    if data.get("flowConfigs") is not None:
        flow_configs.write_flow_configs(tenant, row, data["flowConfigs"])
    return tenant.store.get("instances", identifier)


def update_instance(tenant: Tenant, data: Input) -> Row:
    """Change the fields that were sent. ``configVariables`` resets every variable that it does not name."""
    instance = tenant.store.get("instances", data.get("id"))
    columns = _columns(tenant, data)
    if "name" in columns:
        _check_name(tenant, columns["name"], instance["customer"], instance["id"])
    renamed = columns.get("name", instance["name"]) != instance["name"]
    described = any(columns.get(name, instance[name]) != instance[name] for name in ("description", "labels"))
    dirty = (renamed and tenant.variants.name_needs_deploy == "yes") or (
        described and tenant.variants.attributes_need_deploy == "yes"
    )
    version = data.get("integration")
    if version is not None and version != instance["integration"]:
        target = _deployable(tenant, version)
        if not _same_integration(tenant, instance["integration"], target):
            raise Refused(("integration", "This is a version of another integration."))
        move(tenant, instance, parts(tenant, instance["integration"]), parts(tenant, version))
        columns["integration"] = version
        instance = {**instance, "integration": version}
        dirty = True
    if data.get("configVariables") is not None:
        dirty |= config_variables.write_variables(tenant, instance, data["configVariables"], reset_others=True)
    if data.get("flowConfigs") is not None:
        dirty |= flow_configs.write_flow_configs(tenant, instance, data["flowConfigs"])
    return _finish(tenant, instance["id"], columns, dirty=dirty, keep_state=bool(data.get("preserveDeployState")))


def update_config_variables(tenant: Tenant, data: Input) -> Row:
    """Write the variables that were sent, and no others."""
    instance = tenant.store.get("instances", data.get("id"))
    entries = data.get("configVariables") or ()
    dirty = config_variables.write_variables(tenant, instance, entries, reset_others=False)
    return _finish(tenant, instance["id"], {}, dirty=dirty)


def delete_instance(tenant: Tenant, data: Input) -> Row:
    instance = tenant.store.get("instances", data.get("id"))
    tenant.store.delete("instances", instance["id"])
    return instance


def deploy_instance(tenant: Tenant, data: Input) -> Row:
    """Deploy an instance: its configuration takes effect."""
    instance = tenant.store.get("instances", data.get("id"))
    state = config_variables.config_state(tenant, instance["id"])
    answer = tenant.variants.deploy_unconfigured if state == "NEEDS_INSTANCE_CONFIGURATION" else "allowed"
    if answer == "refused":
        raise Refused((OBJECT_LEVEL, "This instance is not fully configured."))
    if answer == "ignored":
        return instance
    _, subject = subject_of(tenant, instance["id"])
    refused = Outcomes(tenant).answer(subject, "deploy")
    if refused:
        raise Refused((OBJECT_LEVEL, refused))
    number = subject.version
    deployments = instance["deployments"] + 1
    counts = tenant.variants.deployed_version == "count"
    paused_stays = tenant.variants.enabled_after_deploy == "unchanged"
    moment = tenant.clock.tick()
    tenant.store.update(
        "instances",
        instance["id"],
        needsDeploy=0,
        deployments=deployments,
        deployedVersion=deployments if counts else number,
        enabled=instance["enabled"] if paused_stays else 1,
        lastDeployedAt=moment,
        updatedAt=moment,
    )
    if tenant.variants.failed_state_after_deploy == "cleared":
        tenant.store.update("instances", instance["id"], inFailedState=0)
        for flow in flow_configs.flow_configs_of(tenant, instance["id"]):
            tenant.store.update("flow_configs", flow["id"], inFailedState=0)
    Outcomes(tenant).affect(*subject_of(tenant, instance["id"]))
    return tenant.store.get("instances", instance["id"])


def move(tenant: Tenant, instance: Row, old: Parts, new: Parts) -> None:
    """Carry an instance's values and flow configs over to another version's variables and flows.

    Variables keep their values by key (or through a rename) as long as their type stays, or with any type; others
    start with their defaults. Flows keep their configs, webhook URLs included, by stable key or name.
    """
    rows = {row["requiredConfigVariable"]: row for row in config_variables.variables_of(tenant, instance["id"])}
    rule = tenant.variants.renamed_variables
    renames = new.renames if rule in {"kept", "declared"} else {}
    by_stable = rule in {"kept", "stable-key"}
    for required in new.variables:
        before = _predecessor(required, old.variables, renames, by_stable=by_stable)
        if before and not _fits(tenant, before, required):
            before = None
        carried = {name: rows[before["id"]][name] for name in _CARRIED} if before else {}
        config_variables.add_variable(tenant, instance["id"], required, **carried)
    for row in rows.values():
        tenant.store.delete("config_variables", row["id"])
    _settle_shared(tenant, instance["id"], new)
    _move_flows(tenant, instance["id"], old, new)


def _move_flows(tenant: Tenant, instance: str, old: Parts, new: Parts) -> None:
    """Carry the flow configs over. A variant decides whether they keep their IDs, another about alert monitors."""
    flows = {_flow_key(row): row for row in new.flows}
    names = {row["id"]: _flow_key(row) for row in old.flows}
    kept = set()
    successors: dict[str, str | None] = {}
    for row in flow_configs.flow_configs_of(tenant, instance):
        flow = flows.get(names.get(row["flow"], ""))
        changes = flow is None or tenant.variants.flow_config_ids == "changed"
        if changes:
            tenant.store.insert("former_flow_configs", **{name: value for name, value in row.items() if name != "seq"})
        if flow is None:
            tenant.store.delete("flow_configs", row["id"])
            successors[row["id"]] = None
        else:
            identifier = tenant.ids.new("InstanceFlowConfig") if changes else row["id"]
            tenant.store.update("flow_configs", row["id"], id=identifier, flow=flow["id"])
            successors[row["id"]] = identifier
            kept.add(flow["id"])
    for flow in new.flows:
        if flow["id"] not in kept:
            flow_configs.add_flow_config(tenant, instance, flow["id"])
    follow_flows(tenant, instance, successors)


def _settle_shared(tenant: Tenant, instance: str, made: Parts) -> None:
    if any(each["scopedConfigVariable"] for each in made.variables):
        shared_uses.settle_uses(tenant, instance=instance)


def _predecessor(required: Row, old: Sequence[Row], renames: dict[str, str], *, by_stable: bool) -> Row | None:
    by_key = {row["key"]: row for row in old}
    former = {new: before for before, new in renames.items()}
    found = by_key.get(required["key"]) or by_key.get(former.get(required["key"], ""))
    if found is None and by_stable and required["stableKey"]:
        found = next((row for row in old if row["stableKey"] == required["stableKey"]), None)
    return found


def _fits(tenant: Tenant, before: Row, required: Row) -> bool:
    """Return whether a variable can take over the value of an earlier one; a connection has no plain value."""
    connection = "CONNECTION" in {before["dataType"], required["dataType"]}
    if tenant.variants.retyped_variables == "kept" and not connection:
        return bool(before["scopedConfigVariable"] == required["scopedConfigVariable"])
    return all(before[name] == required[name] for name in ("dataType", "collectionType", "scopedConfigVariable"))


def _flow_key(flow: Row) -> str:
    return str(flow["stableKey"] or flow["name"])


def _columns(tenant: Tenant, data: Input) -> dict[str, Any]:
    columns = {name: data[name] for name in _PLAIN if data.get(name) is not None}
    if data.get("labels") is not None:
        columns["labels"] = stored_labels(data["labels"], lower=tenant.variants.instance_labels == "lower")
    return columns


def _finish(tenant: Tenant, identifier: str, columns: dict[str, Any], *, dirty: bool, keep_state: bool = False) -> Row:
    row = tenant.store.get("instances", identifier)
    if dirty and not keep_state:
        columns = {**columns, "needsDeploy": 1}
    if not tenant.save("instances", row, columns) and dirty:
        tenant.store.update("instances", identifier, updatedAt=tenant.clock.tick())
    return tenant.store.get("instances", identifier)


def _check_name(tenant: Tenant, name: str, customer: str, own: str | None) -> None:
    if not name.strip():
        raise Refused(("name", "This field cannot be blank."))
    scope = tenant.variants.instance_names
    if scope == "free":
        return
    within = {"customer": customer} if scope == "customer" else {}
    if any(row["id"] != own for row in tenant.store.where("instances", **within, name=name)):
        where = "for this customer" if within else "in this organization"
        raise Refused((OBJECT_LEVEL, f"An instance with this name already exists {where}."))


def _deployable(tenant: Tenant, identifier: str) -> Row:
    version = tenant.store.find("integrations", identifier)
    if version is None:
        raise Refused(("integration", "There is no such integration."))
    if not version["versionIsAvailable"]:
        raise Refused(("integration", "This version of the integration is not available."))
    return version


def _same_integration(tenant: Tenant, current: str, target: Row) -> bool:
    before = tenant.store.get("integrations", current)
    return bool(before["versionSequenceId"] == target["versionSequenceId"])
