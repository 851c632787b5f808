"""An instance's config variables: defaults, writes, and what they mean for its state.

Two writes exist, and they differ in what happens to variables they do not name:
``updateInstanceConfigVariables`` leaves them alone, ``updateInstance`` puts them back to their defaults.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import shared_uses
from reconciler.sandbox.data.components import part_of
from reconciler.sandbox.data.refusals import Refused
from reconciler.sandbox.data.values import ValueRefused, normalise, parse_json, schedule_type, time_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

FIELD = "configVariables"
_AUTHORIZED = {
    "config_variables": "variable",
    "customer_config_variables": "customerVariable",
    "scoped_config_variables": "scoped",
}
"""The tables of connections, with the column of ``shared_uses`` that holds the ID."""
_INPUT_TYPES = ("value", "configvar", "reference", "template", "complex")


def defaults(required: Row) -> dict[str, Any]:
    """Return the columns of a variable that was never set."""
    connection = required["dataType"] == "CONNECTION"
    inputs = [{**item, "meta": item["meta"]} for item in json.loads(required["inputs"])]
    return {
        "value": required["defaultValue"],
        "scheduleType": required["scheduleType"],
        "timeZone": required["timeZone"],
        "status": _first_status(required) if connection else None,
        "inputs": json.dumps([] if required["scopedConfigVariable"] else inputs, ensure_ascii=False),
        "customerConfigVariable": None,
        "onPremiseResource": None,
        "meta": None,
    }


def add_variable(tenant: Tenant, instance: str, required: Row, **columns: Any) -> None:
    """Add a variable to an instance: with its default, or with the ``columns`` of an earlier version."""
    tenant.store.insert(
        "config_variables",
        **{**defaults(required), **columns},
        id=tenant.ids.new("InstanceConfigVariable"),
        instance=instance,
        requiredConfigVariable=required["id"],
    )


def write_variables(tenant: Tenant, instance: Row, entries: Sequence[Input | None], *, reset_others: bool) -> bool:
    """Write the variables that ``entries`` name; return whether anything changed.

    ``reset_others`` puts every other variable back to its default.
    """
    required = {row["key"]: row for row in required_of(tenant, instance["integration"])}
    current = {row["requiredConfigVariable"]: row for row in variables_of(tenant, instance["id"])}
    named = {entry["key"]: entry for entry in entries if entry}
    unknown = [key for key in named if key not in required]
    if unknown:
        raise Refused(*((FIELD, f"There is no config variable with the key {key!r}.") for key in unknown))
    changed = False
    for key, declared in required.items():
        row = current[declared["id"]]
        if key in named:
            columns = _written(tenant, instance, declared, row, named[key])
        elif reset_others and not declared["scopedConfigVariable"]:
            columns = defaults(declared)
        else:
            continue
        different = {name: value for name, value in columns.items() if row[name] != value}
        if different:
            tenant.store.update("config_variables", row["id"], **different)
            changed = True
    if changed:
        shared_uses.settle_uses(tenant, instance=instance["id"])
    return changed


def required_of(tenant: Tenant, integration: str) -> list[Row]:
    return tenant.store.rows(
        "SELECT * FROM required_config_variables WHERE integration = ? ORDER BY sortOrder, seq", (integration,)
    )


def variables_of(tenant: Tenant, instance: str) -> list[Row]:
    return tenant.store.rows("SELECT * FROM config_variables WHERE instance = ? ORDER BY seq", (instance,))


def config_state(tenant: Tenant, instance: str) -> str:
    """Return how complete an instance's configuration is."""
    return config_states(tenant, [instance])[instance]


def config_states(tenant: Tenant, instances: Sequence[str]) -> dict[str, str]:
    """Return each instance's state: what it lacks are values, and connections that are missing or not authorized."""
    lacking = tenant.store.rows(
        # CROSS fixes the order of the join: SQLite would begin with the declarations of all integrations.
        "SELECT DISTINCT config_variables.instance FROM config_variables CROSS JOIN required_config_variables required"
        " ON required.id = requiredConfigVariable"
        " WHERE instance IN (SELECT value FROM json_each(?)) AND NOT userLevelConfigured"
        " AND ((dataType <> 'CONNECTION' AND config_variables.value IS NULL) OR (status = 'PENDING' AND CASE"
        " WHEN (SELECT missing FROM shared_uses WHERE variable = config_variables.id) THEN ? ELSE ? END))",
        (
            json.dumps(instances),
            tenant.variants.missing_connection == "refused",
            tenant.variants.pending_connection == "blocks",
        ),
    )
    needing = {row["instance"] for row in lacking}
    return {each: "NEEDS_INSTANCE_CONFIGURATION" if each in needing else "FULLY_CONFIGURED" for each in instances}


def authorize(tenant: Tenant, identifier: str) -> bool:
    """Authorize a connection as a person at its ``authorizeUrl`` does; return whether it needed that."""
    for table, column in _AUTHORIZED.items():
        row = tenant.store.find(table, identifier)
        if row is not None and row["status"] is not None:
            moment = tenant.clock.tick()
            token = {"token": {"access_token": tenant.ids.uuid(), "token_type": "bearer"}}
            columns = {"status": "ACTIVE", "lastSuccessfulRefreshAt": moment, "meta": json.dumps(token)}
            tenant.store.update(table, identifier, **columns)
            shared_uses.settle_uses(tenant, **{column: identifier})
            return True
    return False


def _first_status(required: Row) -> str:
    return "PENDING" if required["oauth2"] == "AUTHORIZATION_CODE" else "ACTIVE"


def _written(tenant: Tenant, instance: Row, declared: Row, row: Row, entry: Input) -> dict[str, Any]:
    """Return the columns an entry changes, or raise :class:`Refused`."""
    key = declared["key"]
    if declared["scopedConfigVariable"] and entry.get("customerConfigVariableId") is None:
        raise Refused((FIELD, f"{key}: this connection is managed outside of the instance."))
    columns: dict[str, Any] = {}
    try:
        if entry.get("value") is not None:
            columns["value"] = _value(tenant, declared, entry["value"])
        if entry.get("values") is not None:
            columns["inputs"] = _inputs(tenant, declared, row, entry["values"])
        columns.update(_schedule(declared, entry))
        columns.update(_links(tenant, instance, declared, entry))
    except ValueRefused as error:
        raise Refused((FIELD, f"{key}: {error}.")) from error
    return columns


def _value(tenant: Tenant, declared: Row, value: str) -> str:
    if declared["dataType"] == "CONNECTION":
        raise ValueRefused("a connection is written with values, not with value")
    options = json.loads(declared["pickList"])
    return normalise(declared["dataType"], declared["collectionType"], options, value, tenant.variants)


def _schedule(declared: Row, entry: Input) -> dict[str, str]:
    columns = {}
    if entry.get("scheduleType") is not None:
        columns["scheduleType"] = schedule_type(entry["scheduleType"])
    if entry.get("timeZone") is not None:
        columns["timeZone"] = time_zone(entry["timeZone"])
    if columns and declared["dataType"] != "SCHEDULE":
        raise ValueRefused("only a schedule has a schedule type and a time zone")
    return columns


def _inputs(tenant: Tenant, declared: Row, row: Row, values: str) -> str:
    """Return the connection's inputs, overwritten with those that ``values`` lists."""
    if declared["dataType"] != "CONNECTION":
        raise ValueRefused("only a connection is written with values")
    listed = parse_json(values)
    if not isinstance(listed, list):
        raise ValueRefused('values is a JSON array of {"name": …, "type": "value", "value": …}')
    written = {item["name"]: item for item in map(_listed_input, listed)}
    kept = json.loads(row["inputs"])
    known = {item["name"] for item in kept}
    if known and not known.issuperset(written):
        missing = ", ".join(sorted(set(written) - known))
        raise ValueRefused(f"the connection has no input {missing}, only {', '.join(sorted(known))}")
    if tenant.variants.connection_inputs == "replace":
        kept = [{**item, "value": ""} for item in kept]
    merged = {item["name"]: item for item in kept}
    for name, item in written.items():
        merged[name] = {**merged.get(name, {"meta": {}}), **item}
    return json.dumps([merged[name] for name in sorted(merged)], ensure_ascii=False)


def _listed_input(item: Any) -> dict[str, str]:
    if not isinstance(item, dict) or not all(isinstance(item.get(part), str) for part in ("name", "type", "value")):
        raise ValueRefused("each of values has a name, a type and a value, all strings")
    if item["type"] not in _INPUT_TYPES and item["type"] != "configVar":
        raise ValueRefused(f'the type of an input is lower case, mostly "value", not {item["type"]!r}')
    return {"name": item["name"], "type": item["type"].upper(), "value": item["value"]}


def _suits(tenant: Tenant, declared: Row, reusable: Row) -> bool:
    """Return whether a variable can use a reusable connection: its own, or one of the same component's connection."""
    if declared["scopedConfigVariable"]:
        return bool(declared["scopedConfigVariable"] == reusable["scopedConfigVariable"])
    known = tenant.store.get("scoped_config_variables", reusable["scopedConfigVariable"])["connection"]
    pair = {part_of(tenant, each) for each in (known, declared["connection"]) if each}
    return len(pair) < 2


def _links(tenant: Tenant, instance: Row, declared: Row, entry: Input) -> dict[str, str]:
    """Return the reusable connection and the on-premise agent that the entry names."""
    links: dict[str, str] = {}
    reusable, agent = entry.get("customerConfigVariableId"), entry.get("onPremiseResourceId")
    if reusable:
        found = tenant.store.find("customer_config_variables", reusable)
        if found is None or found["customer"] not in {None, instance["customer"]}:
            raise ValueRefused("the reusable connection does not exist for this customer")
        if not _suits(tenant, declared, found):
            raise ValueRefused("the reusable connection is for another config variable")
        links["customerConfigVariable"] = reusable
    if agent:
        found = tenant.store.find("on_premise_resources", agent)
        if found is None or declared["onPremiseConnectionConfig"] == "DISALLOWED":
            raise ValueRefused("the connection cannot use this on-premise agent")
        links["onPremiseResource"] = agent
    return links
