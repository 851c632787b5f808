"""How an event webhook's fields compare, and the mutation that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.event_webhook.finder import ENDPOINTS, EVENTS
from reconciler.kinds.event_webhook.operations import (
    CREATE_WEBHOOK_ENDPOINT,
    DELETE_WEBHOOK_ENDPOINT,
    UPDATE_WEBHOOK_ENDPOINT,
)
from reconciler.kinds.event_webhook.secrets import compare_secrets, left_out, secret_warnings
from reconciler.kinds.event_webhook.spec import SECRETS
from reconciler.kinds.shared.attributes import compare_attributes, live_attributes, text
from reconciler.kinds.shared.whole_secrets import ignored_whole, missing_fields, unresolved
from reconciler.kinds.shared.writing import plain_deletion, write_step
from reconciler.model.capabilities.differ import Diff, Differ, Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import Secret
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View

ATTRIBUTES = ("name", "description")


def _diff(resource: Resource, context: DiffContext[WebhookEndpointFields]) -> Diff:
    spec, live = resource.spec, context.live
    node = live.node if live else None
    declared = unresolved(SECRETS, spec) if context.without_secrets else spec
    endpoints = context.view.tenant.all(ENDPOINTS)
    secrets = compare_secrets(declared, node, endpoints, include_unchanged=context.include_unchanged)
    fields = Fields(context.include_unchanged)
    compare_attributes(ATTRIBUTES, spec, node, fields)
    _compare_plain(spec, node, fields)
    fields.extend(secrets.fields)
    sent = bool(fields.changed or (context.resend_secrets and secrets.unreadable))
    if secrets.unreadable:
        change = secrets.unreadable
        fields.add(change.path, change.before if sent else None, change.after, same=not sent, sensitive=True)
    values = {**_plain_values(spec, node), **secrets.values}
    step = write_step(live, CREATE_WEBHOOK_ENDPOINT, UPDATE_WEBHOOK_ENDPOINT, values)
    return Diff(
        fields.changed,
        [step] if sent else [],
        warnings=list(secret_warnings(secrets, spec, sent=sent)),
        problems=list(_problems(spec, context.view, new=node is None)),
        same=fields.same,
        left_out=left_out(secrets, spec, sent=sent),
    )


def _compare_plain(spec: Mapping[str, Any], node: WebhookEndpointFields | None, found: Fields) -> None:
    """Compare the declared events, whose order has no meaning, and the switch."""
    if "events" in spec:
        before, after = sorted(node.event_types) if node else None, sorted(spec["events"])
        found.add(("events",), before, after, same=before == after)
    if "enabled" in spec:
        enabled = node.enabled if node else None
        found.add(("enabled",), enabled, spec["enabled"], same=enabled == spec["enabled"])


def _plain_values(spec: Mapping[str, Any], node: WebhookEndpointFields | None) -> dict[str, Any]:
    """Return the input but for what is secret: all of it, since an API may reset what an update does not list."""
    live = {**live_attributes(ATTRIBUTES, node), "events": node.event_types, "enabled": node.enabled} if node else {}
    values = {name: value for name, value in {**live, **spec}.items() if name not in SECRETS}
    if "description" in values:
        values["description"] = text(values["description"])
    values["eventTypes"] = values.pop("events", [])
    return values


def _problems(spec: Mapping[str, Any], view: View, *, new: bool) -> Iterator[Diagnostic]:
    """Yield the event types that do not exist, and what a new webhook lacks."""
    known = [node.id for node in view.tenant.all(EVENTS)]
    for number, event in enumerate(spec.get("events") or ()):
        if known and event not in known:
            near = did_you_mean(event, known, listed_as="event types")
            yield Diagnostic(f"no event type is {event!r}; {near}", path=("events", number))
    if new:
        yield from missing_fields(("url", "events"), spec, "a new event webhook")


def _observed(live: Live[WebhookEndpointFields]) -> Mapping[str, Any]:
    """Return what a plan rests on; what is secret is wrapped as one."""
    node = live.node
    return {
        **live_attributes(ATTRIBUTES, node),
        "events": sorted(node.event_types),
        "enabled": node.enabled,
        "url": Secret(node.url),
        "headers": Secret(text(node.headers)),
        "secret": Secret(text(node.secret)),
    }


DIFFER = Differ(_diff, _observed, ignored_whole)


DELETION = plain_deletion(DELETE_WEBHOOK_ENDPOINT)
