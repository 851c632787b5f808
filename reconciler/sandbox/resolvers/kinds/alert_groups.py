"""Alert groups: the users and the webhooks that alerts go to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.sandbox.data.addresses import name_errors, refuse_any, texts_sent
from reconciler.sandbox.data.members import GROUP_USERS, GROUP_WEBHOOKS, MONITOR_GROUPS, refuse_used
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, single
from reconciler.sandbox.resolvers.listings import ALERT_GROUPS, ALERT_WEBHOOKS, USERS
from reconciler.sandbox.resolvers.siblings import Below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "alert_groups"
_LISTS = (GROUP_USERS, GROUP_WEBHOOKS)


def _create(tenant: Tenant, data: Input) -> Row:
    columns = {"name": data.get("name") or ""}
    refuse_any(_errors(tenant, columns, None))
    group = tenant.create(_TABLE, "AlertGroup", **columns)
    for each in _LISTS:
        each.write(tenant, group["id"], data, new=True)
    return group


def _update(tenant: Tenant, data: Input) -> Row:
    group = tenant.store.get(_TABLE, data.get("id"))
    columns = texts_sent(data, "name")
    refuse_any(_errors(tenant, columns, group["id"]))
    changed = [each.write(tenant, group["id"], data) for each in _LISTS]
    if not tenant.save(_TABLE, group, columns) and any(changed):
        tenant.store.update(_TABLE, group["id"], updatedAt=tenant.clock.tick())
    return tenant.store.get(_TABLE, group["id"])


def _delete(tenant: Tenant, data: Input) -> Row:
    group = tenant.store.get(_TABLE, data.get("id"))
    refuse_used(tenant, group["id"], MONITOR_GROUPS)
    tenant.store.delete(_TABLE, group["id"])
    return group


def _errors(tenant: Tenant, columns: Input, own: str | None) -> Iterator[tuple[str, str]]:
    taken = "An alert group with this name already exists." if tenant.variants.alert_names == "unique" else ""
    return name_errors(tenant, _TABLE, columns, own, taken)


def _add(tenant: Tenant, item: Input) -> Row:
    """Add a group as a world file or a manifest describes it, members by their e-mail address or name."""
    lists = {each.field: each.described(tenant, item.get(each.field, ())) for each in _LISTS}
    return _create(tenant, {**item, **lists})


ANSWERS = Answers(
    queries={"alertGroup": single(_TABLE), "alertGroups": connection(ALERT_GROUPS)},
    mutations={
        "createAlertGroup": Mutation("alertGroup", _create),
        "updateAlertGroup": Mutation("alertGroup", _update),
        "deleteAlertGroup": Mutation("alertGroup", _delete),
    },
    fields={
        "AlertGroup": {
            "users": connection(replace(USERS, table=GROUP_USERS.of_owner), Below("t.listedBy")),
            "webhooks": connection(replace(ALERT_WEBHOOKS, table=GROUP_WEBHOOKS.of_owner), Below("t.listedBy")),
        },
        "AlertWebhook": {"groups": connection(replace(ALERT_GROUPS, table=GROUP_WEBHOOKS.of_member), Below("t.lists"))},
    },
    section=Section(
        "alertGroups",
        "AlertGroup",
        _add,
        level=1,
        references={("users",): ("User", "email"), ("webhooks",): ("AlertWebhook", "name")},
    ),
)
