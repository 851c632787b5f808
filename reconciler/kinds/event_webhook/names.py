"""Names of event webhooks: who has one already, and which ones look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.finder import ENDPOINTS, live_webhook
from reconciler.kinds.event_webhook.spec import webhook_name
from reconciler.model.capabilities.names import LookAlike, Looks, Names
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def _conflicts(resource: Resource, view: View) -> Mapping[str, Diagnostic]:
    """Return which other webhook has the name already: a second one would be mistaken for it."""
    name = resource.spec.get("name")
    return {
        node.id: Diagnostic(
            f"the name {name!r} is taken by another event webhook ({node.id}), to which no manifest gives "
            "another; correct one of the names",
            path=("name",),
        )
        for node in view.tenant.find(ENDPOINTS, name)
    }


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    name = resource.spec["name"]
    others = [node for node in view.tenant.all(ENDPOINTS) if node.name != name]
    alike = [node for node in others if skeleton(node.name) == skeleton(name)]
    return [LookAlike(live_webhook(node), ("name",), name, node.name) for node in alike]


NAMES = Names(webhook_name, _conflicts)
LOOKS = Looks(_alike)
