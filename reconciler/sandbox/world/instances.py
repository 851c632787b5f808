"""The instances of a world file, with their config variables, connections and flow configs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import config_variables, flow_configs, instances
from reconciler.sandbox.data.definition import as_text
from reconciler.sandbox.data.refusals import Refused
from reconciler.sandbox.world.manifests import MadeUp
from reconciler.sandbox.world.source import did_you_mean

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant
    from reconciler.sandbox.world.source import Source
    from reconciler.sandbox.world.yaml_places import Where


_TEXTS = frozenset({"STRING", "CODE", "CONNECTION"})
"""Types that accept any text, also a made-up one."""


def add_instance(tenant: Tenant, source: Source, where: Where, customer: Row, version: Row) -> None:
    """Add the instance at ``where``, and report every problem of its parts.

    Raises :class:`Refused` if the sandbox refuses the instance itself.
    """
    _Maker(tenant, source, where).make(customer, version)


class _Maker:
    """Builds one instance."""

    def __init__(self, tenant: Tenant, source: Source, where: Where) -> None:
        self._tenant = tenant
        self._source = source
        self._where = where
        section, index = where
        self._item: dict[str, Any] = source.section(str(section))[int(index)]

    def make(self, customer: Row, version: Row) -> None:
        item = self._item
        plain = ("name", "description", "labels", "enabled")
        data = {**{name: item[name] for name in plain if name in item}, "customer": customer["id"]}
        row = instances.insert_instance(
            self._tenant,
            data,
            version,
            isSystem=int(item.get("system", False)),
            designedBy="CUSTOMER" if item.get("designedBy") == "customer" else "ORG",
            instanceType=item.get("type", "integration").upper(),
        )
        self._configure(row)
        self._set_flows(row)
        if item.get("deployed"):
            self._deploy(row)
        if "needsDeploy" in item:
            self._tenant.store.update("instances", row["id"], needsDeploy=int(item["needsDeploy"]))

    def _deploy(self, row: Row) -> None:
        try:
            instances.deploy_instance(self._tenant, {"id": row["id"]})
        except Refused as refused:
            # Manifests do not hold the whole configuration, nor whether the instance was deployed.
            if not self._source.exported:
                self._refused(refused, "deployed")
            return
        # A deploy changes ``enabled`` under some variants; the file decides here.
        self._tenant.store.update("instances", row["id"], enabled=row["enabled"])

    def _configure(self, row: Row) -> None:
        declared = {each["key"]: each for each in config_variables.required_of(self._tenant, row["integration"])}
        given = self._item.get("configVariables") or {}
        entries = []
        for key, value in given.items():
            where = (*self._where, "configVariables", key)
            if key not in declared:
                close = did_you_mean(str(key), declared)
                self._source.report(where, f"there is no config variable {str(key)!r}{close}")
                continue
            entry = self._entry(declared[key], value, where)
            if entry and not (_made_up(value) and declared[key]["dataType"] not in _TEXTS):
                entries.append(entry)
        self._write(row, entries)
        for key in (entry["key"] for entry in entries if declared[entry["key"]]["dataType"] == "CONNECTION"):
            if given[key].get("authorized"):
                self._authorize(row, declared[key], (*self._where, "configVariables", key))
        if self._source.exported:
            for variable in config_variables.variables_of(self._tenant, row["id"]):
                config_variables.authorize(self._tenant, variable["id"])

    def _write(self, row: Row, entries: list[Input]) -> None:
        """Write values together; if that is refused, each by itself, to report all problems."""
        try:
            with self._tenant.store.transaction():
                config_variables.write_variables(self._tenant, row, entries, reset_others=False)
        except Refused as refused:
            if len(entries) == 1:
                self._refused(refused, "configVariables", entries[0]["key"])
                return
            for entry in entries:
                self._write(row, [entry])

    def _entry(self, declared: Row, value: Any, where: Where) -> Input | None:
        """Return a value as mutations take it, or report its wrong shape."""
        entry: Input = {"key": declared["key"]}
        match declared["dataType"]:
            case "CONNECTION":
                if not self._source.check(value, "connection", where):
                    return None
                inputs = [
                    {"name": name, "type": "value", "value": as_text(item, None)}
                    for name, item in (value.get("inputs") or {}).items()
                ]
                if "customerConnection" in value:
                    entry |= self._chosen(declared, value["customerConnection"], (*where, "customerConnection"))
                return {**entry, "values": json.dumps(inputs)} if inputs else entry
            case "SCHEDULE" if isinstance(value, dict):
                schedule = value.get("schedule", value)
                if not self._source.check(schedule, "schedule", (*where, "schedule") if "schedule" in value else where):
                    return None
                chosen = {"scheduleType": schedule.get("type", "custom"), "timeZone": schedule.get("timeZone")}
                return {**entry, "value": schedule["cron"], **chosen}
        return {**entry, "value": as_text(value, declared["collectionType"])}

    def _chosen(self, declared: Row, named: dict[str, Any], where: Where) -> Input:
        """Return the customer's connection that an instance uses, as mutations take it; report a missing one."""
        own = self._tenant.store.find("scoped_config_variables", declared["scopedConfigVariable"]) or {}
        stable_key = named["connection"]["stableKey"] if "connection" in named else own.get("stableKey")
        found = self._tenant.store.rows(
            "SELECT c.id FROM customer_config_variables c JOIN customers o ON o.id = c.customer"
            " JOIN scoped_config_variables s ON s.id = c.scopedConfigVariable"
            " WHERE o.name = ? AND c.key IS coalesce(?, c.key) AND s.stableKey = ? ORDER BY c.seq",
            (self._item["customer"], named.get("key"), stable_key),
        )
        if not found:
            self._source.report(where, "there is no such connection of this customer")
            return {}
        return {"customerConfigVariableId": found[0]["id"]}

    def _authorize(self, row: Row, declared: Row, where: Where) -> None:
        (variable,) = self._tenant.store.where(
            "config_variables", instance=row["id"], requiredConfigVariable=declared["id"]
        )
        if declared["oauth2"] is None:
            self._source.report((*where, "authorized"), "this connection needs nobody's authorization")
        else:
            config_variables.authorize(self._tenant, variable["id"])

    def _set_flows(self, row: Row) -> None:
        flows = {flow["name"]: flow["id"] for flow in self._tenant.store.where("flows", integration=row["integration"])}
        for name, config in (self._item.get("flowConfigs") or {}).items():
            if name not in flows:
                where = (*self._where, "flowConfigs", name)
                self._source.report(where, f"there is no flow {str(name)!r}{did_you_mean(str(name), flows)}")
            else:
                flow_configs.write_flow_configs(self._tenant, row, [{**config, "flowId": flows[name]}])

    def _refused(self, refused: Refused, *below: str) -> None:
        for _, message in refused.errors:
            self._source.report((*self._where, *below), message)


def _made_up(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_made_up, value.values()))
    return any(map(_made_up, value)) if isinstance(value, list) else isinstance(value, MadeUp)
