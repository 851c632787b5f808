"""Probes on alert webhooks, alert groups and event webhooks, whose address does not exist."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from reconciler.doctor.probed.alert_operations import (
    PROBE_CREATE_ALERT_GROUP,
    PROBE_CREATE_ALERT_WEBHOOK,
    PROBE_CREATE_ENDPOINT,
    PROBE_DELETE_ALERT_GROUP,
    PROBE_DELETE_ALERT_WEBHOOK,
    PROBE_DELETE_ENDPOINT,
    PROBE_UPDATE_ALERT_GROUP,
    PROBE_UPDATE_ALERT_WEBHOOK,
    PROBE_UPDATE_ENDPOINT,
    PROBED_EVENT_TYPES,
)
from reconciler.doctor.writing.lab import ADDRESS, NoReading, Sort, present
from reconciler.doctor.writing.probe import Probe, reading

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from reconciler.doctor.probed.alert_operations import ProbedAlertGroup, ProbedAlertWebhook, ProbedEndpoint
    from reconciler.doctor.writing.lab import Lab
    from reconciler.doctor.writing.probe import Results

_TEMPLATE = "reconciler doctor $SUBJECT\n"
_HEADERS = {"X-Reconciler-Doctor": "1"}
_SECRET = "reconciler-doctor-secret"  # noqa: S105 - of an address that does not exist
_ALERT_WEBHOOK = {"url": ADDRESS, "payloadTemplate": _TEMPLATE, "headers": json.dumps(_HEADERS)}


_WEBHOOK: Sort[ProbedAlertWebhook] = Sort(
    PROBE_CREATE_ALERT_WEBHOOK, lambda payload: payload.alert_webhook, PROBE_DELETE_ALERT_WEBHOOK
)
_GROUP: Sort[ProbedAlertGroup] = Sort(
    PROBE_CREATE_ALERT_GROUP, lambda payload: payload.alert_group, PROBE_DELETE_ALERT_GROUP
)
_ENDPOINT: Sort[ProbedEndpoint] = Sort(
    PROBE_CREATE_ENDPOINT, lambda payload: payload.webhook_endpoint, PROBE_DELETE_ENDPOINT
)


def _webhook(lab: Lab) -> AbstractAsyncContextManager[ProbedAlertWebhook]:
    return lab.having(_WEBHOOK, name=lab.name("alert webhook"), **_ALERT_WEBHOOK)


async def _webhooks(lab: Lab) -> Results:
    async with _webhook(lab) as made:
        template = {_TEMPLATE: "sent", _TEMPLATE.strip(): "trimmed"}
        taken = await lab.refuses(_WEBHOOK, name=made.name, **_ALERT_WEBHOOK)
        changed = await lab.do(PROBE_UPDATE_ALERT_WEBHOOK, id=made.id, name=lab.name("alert webhook"))
        headers = json.loads(present(changed.alert_webhook).headers or "{}")
        return {
            "payload_templates": reading(template, made.payload_template),
            "alert_names": "unique" if taken else "free",
            "alert_updates": "keep" if headers == _HEADERS else reading({True: "reset"}, not headers),
        }


async def _lists(lab: Lab) -> Results:
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(_webhook(lab)) for _ in range(2)]
        data = {"name": lab.name("alert group"), "users": [], "webhooks": [first.id]}
        group = await stack.enter_async_context(lab.having(_GROUP, **data))
        changed = await lab.do(PROBE_UPDATE_ALERT_GROUP, id=group.id, users=[], webhooks=[second.id])
        members = {each.id for each in present(changed.alert_group).webhooks.nodes}
        lists = reading({(False, True): "replaced", (True, True): "added"}, (first.id in members, second.id in members))
        refused = await lab.refusal(PROBE_DELETE_ALERT_WEBHOOK, id=second.id)
        return {"alert_lists": lists, "alert_deletion": "refused" if refused else "unlinked"}


async def _endpoints(lab: Lab) -> Results:
    events = sorted(each.id for each in await lab.ask(PROBED_EVENT_TYPES))[:2][::-1]
    if not events:
        raise NoReading("the API lists no types of events")
    data = {"url": ADDRESS, "eventTypes": events, "secret": _SECRET, "description": "d", "enabled": False}
    async with lab.having(_ENDPOINT, name=lab.name("event webhook"), **data) as made:
        secrets = {_SECRET: "plain", None: "null", "": "null"}
        hidden = made.secret
        taken = await lab.refuses(_ENDPOINT, name=made.name, **data)
        changed = await lab.do(PROBE_UPDATE_ENDPOINT, id=made.id, name=lab.name("event webhook"))
        order = {tuple(events): "sent", tuple(sorted(events)): "sorted"}
        return {
            "webhook_secrets": "masked" if hidden and not hidden.strip("*•") else reading(secrets, hidden),
            "webhook_names": "unique" if taken else "free",
            "webhook_updates": reading(
                {"d": "keep", None: "reset", "": "reset"}, present(changed.webhook_endpoint).description
            ),
            "webhook_events": reading(order, tuple(made.event_types))
            if len(events) > 1
            else NoReading("the API lists only one type of events"),
        }


PROBES = (
    Probe(("payload_templates", "alert_names", "alert_updates"), _webhooks),
    Probe(("alert_lists", "alert_deletion"), _lists),
    Probe(("webhook_secrets", "webhook_names", "webhook_updates", "webhook_events"), _endpoints),
)
