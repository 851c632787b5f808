"""Alert webhooks: addresses that the platform calls when an alert is triggered. The sandbox calls none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data.addresses import (
    address_errors,
    described_address,
    name_errors,
    refuse_any,
    template_text,
    texts_sent,
)
from reconciler.sandbox.data.members import GROUP_WEBHOOKS, MONITOR_WEBHOOKS, refuse_used
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, single, template
from reconciler.sandbox.resolvers.listings import ALERT_WEBHOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "alert_webhooks"
_TEXTS = ("name", "url", "headers", "payloadTemplate")


def _create(tenant: Tenant, data: Input) -> Row:
    columns: Input = {"headers": None, **texts_sent(data, *_TEXTS)}
    refuse_any(_errors(tenant, columns, None))
    return tenant.create(_TABLE, "AlertWebhook", **columns)


def _update(tenant: Tenant, data: Input) -> Row:
    """Change what is sent: an empty string clears a field; a variant decides about headers that are not sent."""
    webhook = tenant.store.get(_TABLE, data.get("id"))
    reset: Input = {"headers": None} if tenant.variants.alert_updates == "reset" else {}
    columns = {**reset, **texts_sent(data, *_TEXTS)}
    refuse_any(_errors(tenant, columns, webhook["id"]))
    tenant.save(_TABLE, webhook, columns)
    return tenant.store.get(_TABLE, webhook["id"])


def _delete(tenant: Tenant, data: Input) -> Row:
    webhook = tenant.store.get(_TABLE, data.get("id"))
    refuse_used(tenant, webhook["id"], GROUP_WEBHOOKS, MONITOR_WEBHOOKS)
    tenant.store.delete(_TABLE, webhook["id"])
    return webhook


def _errors(tenant: Tenant, columns: Input, own: str | None) -> Iterator[tuple[str, str]]:
    taken = "An alert webhook with this name already exists." if tenant.variants.alert_names == "unique" else ""
    yield from name_errors(tenant, _TABLE, columns, own, taken)
    yield from address_errors(columns)


def _add(tenant: Tenant, item: Input) -> Row:
    """Add a webhook as a world file or a manifest describes it."""
    template = template_text(item.get("payloadTemplate", '{"text": "$SUBJECT"}'))
    return _create(tenant, {**item, **described_address(item), "payloadTemplate": template})


ANSWERS = Answers(
    queries={"alertWebhook": single(_TABLE), "alertWebhooks": connection(ALERT_WEBHOOKS)},
    mutations={
        "createAlertWebhook": Mutation("alertWebhook", _create),
        "updateAlertWebhook": Mutation("alertWebhook", _update),
        "deleteAlertWebhook": Mutation("alertWebhook", _delete),
    },
    fields={"AlertWebhook": {"headers": lambda row, _: row["headers"] or None, "payloadTemplate": template}},
    section=Section("alertWebhooks", "AlertWebhook", _add),
)
