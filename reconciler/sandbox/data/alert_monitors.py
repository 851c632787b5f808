"""Alert monitors: their mutations, and what becomes of them when their instance moves to another version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.addresses import refuse_any, texts_sent
from reconciler.sandbox.data.executions import SEVERITIES
from reconciler.sandbox.data.members import MONITOR_GROUPS, MONITOR_TRIGGERS, MONITOR_USERS, MONITOR_WEBHOOKS
from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

TABLE = "alert_monitors"
LISTS = (MONITOR_TRIGGERS, MONITOR_GROUPS, MONITOR_USERS, MONITOR_WEBHOOKS)
_NUMBERS = ("durationSecondsCondition", "executionOverdueMinutesCondition", "logSeverityLevelCondition")
_CONDITIONS = {
    "Execution Duration Matched or Exceeded": "durationSecondsCondition",
    "Execution Overdue": "executionOverdueMinutesCondition",
    "Log Level Matched or Exceeded": "logSeverityLevelCondition",
}
"""The number that each of these triggers needs."""


def create_monitor(tenant: Tenant, data: Input) -> Row:
    columns = {"name": data.get("name") or "", **_bound(tenant, data), **{name: data.get(name) for name in _NUMBERS}}
    _check(tenant, columns, data, [each for each in data.get("triggers") or () if each])
    monitor = tenant.create(TABLE, "AlertMonitor", **columns)
    for each in LISTS:
        each.write(tenant, monitor["id"], data, new=True)
    return monitor


def update_monitor(tenant: Tenant, data: Input) -> Row:
    """Change what is sent. Variants decide what null means for a number, and about lists and the flow."""
    monitor = tenant.store.get(TABLE, data.get("id"))
    columns = {**texts_sent(data, "name"), **_numbers_sent(tenant, data)}
    if tenant.variants.monitor_flow_updates == "written" and (data.get("flowConfig") or data.get("instance")):
        columns |= _bound(tenant, data)
    changed = [each.write(tenant, monitor["id"], data) for each in LISTS]
    _check(tenant, {**monitor, **columns}, data, MONITOR_TRIGGERS.ids(tenant, monitor["id"]))
    if not tenant.save(TABLE, monitor, columns) and any(changed):
        tenant.store.update(TABLE, monitor["id"], updatedAt=tenant.clock.tick())
    return tenant.store.get(TABLE, monitor["id"])


def delete_monitor(tenant: Tenant, data: Input) -> Row:
    monitor = tenant.store.get(TABLE, data.get("id"))
    tenant.store.delete(TABLE, monitor["id"])
    return monitor


def clear_monitor(tenant: Tenant, data: Input) -> Row:
    """Take back that a monitor was triggered."""
    monitor = tenant.store.get(TABLE, data.get("id"))
    tenant.store.update(TABLE, monitor["id"], triggered=0)
    return tenant.store.get(TABLE, monitor["id"])


def trigger_monitor(tenant: Tenant, identifier: str, details: str) -> Row:
    """Let a monitor be triggered, which adds an event. Nothing else in the sandbox does."""
    moment = tenant.clock.tick()
    tenant.store.update(TABLE, identifier, triggered=1, lastTriggeredAt=moment)
    event = tenant.ids.new("AlertEvent")
    tenant.store.insert("alert_events", id=event, monitor=identifier, details=details, createdAt=moment)
    return tenant.store.get("alert_events", event)


def follow_flows(tenant: Tenant, instance: str, flow_configs: dict[str, str | None]) -> None:
    """Let a variant decide about the monitors of flows whose instance moved to another version.

    ``flow_configs`` are the IDs of the former flow configs, each with that of the same flow in the new version.
    """
    rule = tenant.variants.monitors_on_move
    for before, after in flow_configs.items():
        if rule == "deleted" or (after is None and rule == "kept"):
            tenant.store.execute(f"DELETE FROM {TABLE} WHERE flowConfig = ?", (before,))  # noqa: S608 - a name of our own
        elif rule == "kept":
            sql = f"UPDATE {TABLE} SET flowConfig = ? WHERE flowConfig = ? AND instance = ?"  # noqa: S608 - a name of our own
            tenant.store.execute(sql, (after, before, instance))


def _bound(tenant: Tenant, data: Input) -> dict[str, Any]:
    """Return the instance and the flow that a monitor is bound to."""
    columns: dict[str, Any] = {}
    if data.get("flowConfig"):
        config = tenant.store.find("flow_configs", data["flowConfig"])
        if config is None:
            raise Refused(("flowConfig", "There is no such flow config."))
        columns |= {"flowConfig": config["id"], "instance": config["instance"]}
    if data.get("instance"):
        if tenant.store.find("instances", data["instance"]) is None:
            raise Refused(("instance", "There is no such instance."))
        if columns.get("instance", data["instance"]) != data["instance"]:
            raise Refused(("flowConfig", "This is a flow of another instance."))
        columns["instance"] = data["instance"]
    return columns


def _numbers_sent(tenant: Tenant, data: Input) -> dict[str, int | None]:
    reset = tenant.variants.alert_updates == "reset"
    unset = tenant.variants.monitor_numbers == "unset"
    found: dict[str, int | None] = {}
    for name in _NUMBERS:
        if data.get(name) is not None:
            found[name] = data[name]
        elif (name in data and unset) or (name not in data and reset):
            found[name] = None
    return found


def _check(tenant: Tenant, columns: dict[str, Any], data: Input, triggers: list[str]) -> None:
    refuse_any(_errors(tenant, columns, data, triggers))


def _errors(tenant: Tenant, columns: dict[str, Any], data: Input, triggers: list[str]) -> Iterator[tuple[str, str]]:
    if not columns["name"].strip():
        yield "name", "This field cannot be blank."
    if not columns.get("instance"):
        yield "instance", "This field is required."
    for identifier in triggers:
        trigger = tenant.store.find("alert_triggers", identifier)
        condition = _CONDITIONS.get(trigger["name"], "") if trigger else ""
        if condition and columns.get(condition) is None and data.get(condition) is None:
            yield condition, f"This field is required by the trigger {trigger['name'] if trigger else ''}."


def described_monitor(tenant: Tenant, item: Input) -> Row:
    """Add what a world file or a manifest describes: a monitor of an instance, of a flow, or of several flows."""
    instance = _described_instance(tenant, item["instance"])
    configs = tenant.store.rows(
        "SELECT c.id, f.name FROM flow_configs c JOIN flows f ON f.id = c.flow WHERE c.instance = ?"
        " ORDER BY f.sortOrder",
        (instance,),
    )
    flows = item.get("flows", [item["flow"]] if "flow" in item else [])
    wanted = [row["id"] for row in configs if flows == "all" or row["name"] in flows]
    unknown = [] if flows == "all" else [each for each in flows if each not in {row["name"] for row in configs}]
    if unknown:
        raise Refused(("flow", f"the instance has no flow {unknown[0]!r}"))
    notify = item.get("notify", {})
    data: Input = {
        "name": item["name"],
        "instance": instance,
        "triggers": [_trigger(tenant, each) for each in item["triggers"]],
        "groups": MONITOR_GROUPS.described(tenant, notify.get("groups", ())),
        "users": MONITOR_USERS.described(tenant, notify.get("users", ())),
        "webhooks": MONITOR_WEBHOOKS.described(tenant, notify.get("webhooks", ())),
        "durationSecondsCondition": _seconds(item.get("duration")),
        "executionOverdueMinutesCondition": (_seconds(item.get("overdue")) or 0) // 60 or None,
        "logSeverityLevelCondition": _severity(item.get("logLevel")),
    }
    made = [create_monitor(tenant, {**data, "flowConfig": each}) for each in wanted or [None]]
    return made[-1]


def _described_instance(tenant: Tenant, named: Input) -> str:
    rows = tenant.store.where("instances", name=named["name"])
    customer = named.get("customer")
    if customer is not None:
        customer = customer if isinstance(customer, str) else next(iter(customer.values()))
        owners = tenant.store.rows("SELECT id FROM customers WHERE name = ? OR externalId = ?", (customer, customer))
        rows = [row for row in rows if row["customer"] in {owner["id"] for owner in owners}]
    if len(rows) != 1:
        found = "none has" if not rows else f"{len(rows)} have"
        raise Refused(("instance", f"{found} the name {named['name']!r}"))
    identifier: str = rows[0]["id"]
    return identifier


def _trigger(tenant: Tenant, name: str) -> str:
    found = tenant.store.where("alert_triggers", name=name)
    if not found:
        raise Refused(("triggers", f"there is no trigger {name!r}"))
    identifier: str = found[0]["id"]
    return identifier


def _seconds(text: str | None) -> int | None:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    return int(text[:-1]) * units[text[-1]] if text else None


def _severity(name: str | None) -> int | None:
    return SEVERITIES.index(name.upper()) if name else None
