"""Event webhooks: where the organization has its events sent to. In the API they are webhook endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.event_webhook.export import declared_webhook
from reconciler.kinds.event_webhook.secrets import (
    FIELDS,
    blank_secrets,
    compare_secrets,
    secret_warnings,
)
from reconciler.kinds.shared.attributes import Attribute, compare_attributes, text
from reconciler.kinds.shared.taken_along import is_taken_along
from reconciler.model.appearance import Appearance, LookAlike
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff, Fields
from reconciler.model.kind import Kind
from reconciler.model.operation import load_operations
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read
from reconciler.secrets.secret import Secret, Unresolved
from reconciler.text.look_alikes import skeleton
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.declaration import Declared
    from reconciler.model.live import Live
    from reconciler.model.resource import Reference, Resource
    from reconciler.model.tenant import Node
    from reconciler.model.view import DiffContext, View

OPERATIONS = load_operations(__package__, "operations.graphql", frozenset(FIELDS))
ENDPOINTS = Collection(OPERATIONS["webhookEndpoints"], lambda node: [node["name"]])
EVENTS = Collection(OPERATIONS["webhookEventTypes"], lambda node: [node["id"]])
ATTRIBUTES = (Attribute("name"), Attribute("description", default=""))


class EventWebhook(Kind):
    """Found by ``name``. It carries no labels, so nothing but ``lifecycle.state: absent`` deletes it."""

    name = "EventWebhook"
    from_outside = frozenset(FIELDS)

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        del spec
        return ()

    def identity(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def named(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def check(self, spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
        yield from blank_secrets(spec)

    def reads(self, resource: Resource, view: View) -> Iterator[Read]:
        del view
        # The API filters by a part of a name alone, and few organizations have more than a page of webhooks.
        yield Read(ENDPOINTS)
        if resource.lifecycle.managed:
            yield Read(EVENTS)

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        kept: Sequence[Node] = ()
        for name in (resource.spec["name"], *resource.lifecycle.renamed_from):
            found = view.tenant.find(ENDPOINTS, name)
            if name == resource.spec["name"] and is_taken_along(found, resource, view):
                kept = found
            elif found:
                return [self.live(node) for node in found]
        return [self.live(node) for node in kept]

    def conflicts(self, resource: Resource, view: View) -> Mapping[str, Diagnostic]:
        """Return which other webhook has the name already: a second one would be mistaken for it."""
        name = resource.spec.get("name")
        return {
            node["id"]: Diagnostic(
                f"the name {name!r} is taken by another event webhook ({node['id']}), to which no manifest gives "
                "another; correct one of the names",
                path=("name",),
            )
            for node in view.tenant.find(ENDPOINTS, name)
        }

    def appearance(self, spec: Mapping[str, Any]) -> Appearance:
        return Appearance(skeleton(spec["name"]), ("name",), spec["name"])

    def look_alikes(self, resource: Resource, view: View) -> Sequence[LookAlike]:
        name = resource.spec["name"]
        others = [node for node in view.tenant.all(ENDPOINTS) if node["name"] != name]
        alike = [node for node in others if skeleton(node["name"]) == skeleton(name)]
        return [LookAlike(self.live(node), ("name",), name, node["name"]) for node in alike]

    def diff(self, resource: Resource, context: DiffContext) -> Diff:
        spec, live = resource.spec, context.live
        node = live.node if live else None
        declared = spec
        if context.without_secrets:
            declared = {name: Unresolved() if name in FIELDS else value for name, value in spec.items()}
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
        step = Step("create", Phase.WRITE, OPERATIONS["createWebhookEndpoint"], values)
        if live:
            step = Step("update", Phase.WRITE, OPERATIONS["updateWebhookEndpoint"], {"id": live.id, **values})
        return Diff(
            fields.changed,
            [step] if sent else [],
            warnings=list(secret_warnings(secrets, spec, sent=sent)),
            problems=list(_problems(spec, context.view, new=node is None)),
            same=fields.same,
        )

    def deletion(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, OPERATIONS["deleteWebhookEndpoint"], {"id": live.id})

    def observed(self, live: Live) -> Mapping[str, Any]:
        """Return what a plan rests on; what is secret is wrapped as one."""
        node = live.node
        return {
            "name": node["name"],
            "description": text(node["description"]),
            "events": sorted(node["eventTypes"]),
            "enabled": node["enabled"],
            **{name: Secret(text(node[name])) for name in FIELDS},
        }

    def inventory(self) -> Read:
        return Read(ENDPOINTS)

    def file_of(self, handle: str, owner: str | None) -> str:
        del owner
        return f"event-webhooks/{handle}.yaml"

    def declare(self, live: Live, view: View, owner: Live | None, *, full: bool) -> Declared:
        del view, owner
        return declared_webhook(ATTRIBUTES, live.node, full=full)


def _compare_plain(spec: Mapping[str, Any], node: Node | None, found: Fields) -> None:
    """Compare the declared events, whose order has no meaning, and the switch."""
    if "events" in spec:
        before, after = sorted(node["eventTypes"]) if node else None, sorted(spec["events"])
        found.add(("events",), before, after, same=before == after)
    if "enabled" in spec:
        enabled = node["enabled"] if node else None
        found.add(("enabled",), enabled, spec["enabled"], same=enabled == spec["enabled"])


def _plain_values(spec: Mapping[str, Any], node: Node | None) -> dict[str, Any]:
    """Return the input but for what is secret: all of it, since an API may reset what an update does not list."""
    live = {"events": list(node["eventTypes"]), "enabled": node["enabled"]} if node else {}
    live |= {"description": text(node["description"]), "name": node["name"]} if node else {}
    values = {name: value for name, value in {**live, **spec}.items() if name not in FIELDS}
    if "description" in values:
        values["description"] = text(values["description"])
    values["eventTypes"] = values.pop("events", [])
    return values


def _problems(spec: Mapping[str, Any], view: View, *, new: bool) -> Iterator[Diagnostic]:
    """Yield the event types that do not exist, and what a new webhook lacks."""
    known = [node["id"] for node in view.tenant.all(EVENTS)]
    for number, event in enumerate(spec.get("events") or ()):
        if known and event not in known:
            near = did_you_mean(event, known, listed_as="event types")
            yield Diagnostic(f"no event type is {event!r}; {near}", path=("events", number))
    if new:
        for name in ("url", "events"):
            if name not in spec:
                yield Diagnostic(f"a new event webhook needs {name}; add it", path=())


KIND = EventWebhook()
