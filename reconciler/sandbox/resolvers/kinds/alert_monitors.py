"""Alert monitors, and the events that they had. The sandbox triggers none by itself, and sends no alert."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.sandbox.data.alert_monitors import (
    TABLE,
    clear_monitor,
    create_monitor,
    delete_monitor,
    described_monitor,
    update_monitor,
)
from reconciler.sandbox.data.members import MONITOR_GROUPS, MONITOR_TRIGGERS, MONITOR_USERS, MONITOR_WEBHOOKS
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, related, single, tenant_of
from reconciler.sandbox.resolvers.listing import SIBLINGS
from reconciler.sandbox.resolvers.listings import (
    ALERT_EVENTS,
    ALERT_GROUPS,
    ALERT_MONITORS,
    ALERT_TRIGGERS,
    ALERT_WEBHOOKS,
    USERS,
)
from reconciler.sandbox.resolvers.siblings import Below, siblings_of, together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.sandbox.data.members import Members
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page

_EITHER = (
    f"SELECT * FROM flow_configs WHERE id IN ({SIBLINGS})"  # noqa: S608 - names of our own
    f" UNION ALL SELECT * FROM former_flow_configs WHERE id IN ({SIBLINGS})"
)


def _flow_config(parent: Row, info: Info) -> Row | None:
    """Return the flow config of a monitor, perhaps one of a version that the instance left."""
    siblings = siblings_of(parent)

    def find() -> Mapping[str, Row]:
        identifiers = json.dumps(siblings.values("flowConfig"))
        rows = tenant_of(info).store.rows(_EITHER, (identifiers, identifiers))
        return {row["id"]: row for row in reversed(together(rows))}

    found: Mapping[str, Row] = siblings.once("flowConfig or a former one", find)
    return found.get(parent["flowConfig"])


def _with(listed: Members) -> Callable[..., Page]:
    """Return a resolver of the monitors that have the parent in one of their lists."""
    return connection(replace(ALERT_MONITORS, table=listed.of_member), Below("t.lists"))


ANSWERS = Answers(
    queries={
        "alertMonitor": single(TABLE),
        "alertMonitors": connection(ALERT_MONITORS),
        "alertEvent": single("alert_events"),
        "alertEvents": connection(ALERT_EVENTS),
    },
    mutations={
        "createAlertMonitor": Mutation("alertMonitor", create_monitor),
        "updateAlertMonitor": Mutation("alertMonitor", update_monitor),
        "deleteAlertMonitor": Mutation("alertMonitor", delete_monitor),
        "clearAlertMonitor": Mutation("alertMonitor", clear_monitor),
    },
    fields={
        "AlertMonitor": {
            "instance": related("instances", "instance"),
            "flowConfig": _flow_config,
            "events": connection(ALERT_EVENTS, Below("t.monitor")),
            "groups": connection(replace(ALERT_GROUPS, table=MONITOR_GROUPS.of_owner), Below("t.listedBy")),
            "triggers": connection(replace(ALERT_TRIGGERS, table=MONITOR_TRIGGERS.of_owner), Below("t.listedBy")),
            "users": connection(replace(USERS, table=MONITOR_USERS.of_owner), Below("t.listedBy")),
            "webhooks": connection(replace(ALERT_WEBHOOKS, table=MONITOR_WEBHOOKS.of_owner), Below("t.listedBy")),
        },
        "AlertEvent": {"monitor": related(TABLE, "monitor")},
        "AlertGroup": {"monitors": _with(MONITOR_GROUPS)},
        "AlertTrigger": {"monitors": _with(MONITOR_TRIGGERS)},
        "AlertWebhook": {"monitors": _with(MONITOR_WEBHOOKS)},
        "Instance": {"monitors": connection(ALERT_MONITORS, Below("t.instance"))},
        "InstanceFlowConfig": {"monitors": connection(ALERT_MONITORS, Below("t.flowConfig"))},
    },
    section=Section(
        "alertMonitors",
        "AlertMonitor",
        described_monitor,
        level=2,
        references={
            ("instance",): ("Instance", "name"),
            ("notify", "groups"): ("AlertGroup", "name"),
            ("notify", "users"): ("User", "email"),
            ("notify", "webhooks"): ("AlertWebhook", "name"),
        },
    ),
)
