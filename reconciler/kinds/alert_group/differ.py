"""How an alert group's members compare, and the mutation that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.alert_group.finder import MEMBERS, USES
from reconciler.kinds.alert_group.operations import CREATE_ALERT_GROUP, UPDATE_ALERT_GROUP
from reconciler.kinds.shared.attributes import compare_attributes
from reconciler.kinds.shared.whole_secrets import ignored_whole
from reconciler.kinds.shared.writing import write_step
from reconciler.model.capabilities.differ import Diff, Differ, Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.alert_group.operations import AlertGroupFields
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext


def _diff(resource: Resource, context: DiffContext[AlertGroupFields]) -> Diff:
    spec, live = resource.spec, context.live
    node = live.node if live else None
    fields = Fields(context.include_unchanged)
    compare_attributes(("name",), spec, node, fields)
    # An update sends both lists: an API may empty a list that it does not get.
    values: dict[str, Any] = {"name": spec.get("name", node.name if node else "")}
    problems: list[Diagnostic] = []
    dropped: set[str] = set()
    for name, members in MEMBERS.items():
        titles = live_members(node, name) if node else None
        values[name] = list(titles or ())
        if name in spec:
            listed = members.compare(spec[name], (name,), context.view)
            listed.note((name,), titles, fields)
            problems += listed.problems
            dropped |= (titles or {}).keys() - listed.titles.keys()
            values[name] = listed.inputs
    step = write_step(live, CREATE_ALERT_GROUP, UPDATE_ALERT_GROUP, values)
    return Diff(
        fields.changed,
        [step] if fields.changed else [],
        problems=problems,
        same=fields.same,
        drops=frozenset(dropped),
    )


def live_members(node: AlertGroupFields, name: str) -> Mapping[str, str]:
    """Return the members of one of a group's lists, by ID, with what a manifest calls them."""
    if name == "users":
        return {user.id: user.email for user in node.users.nodes}
    return {webhook.id: webhook.name for webhook in node.webhooks.nodes}


def _observed(live: Live[AlertGroupFields]) -> Mapping[str, Any]:
    return {"name": live.node.name, **{name: sorted(live_members(live.node, name)) for name in MEMBERS}}


DIFFER = Differ(_diff, _observed, ignored_whole)
DELETION = USES.deletion()
