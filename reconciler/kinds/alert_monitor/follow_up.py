"""What follows an update: where the API left something as it was, the monitor is deleted and created anew.

Whether null unsets a number, whether lists are replaced, and whether an update binds a monitor to another flow is
unknown (``monitor_numbers``, ``alert_lists``, ``monitor_flow_updates``). The answer to an update shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_monitor.differ import DELETION, Wanted
from reconciler.kinds.alert_monitor.finder import PERMISSION
from reconciler.model.capabilities.follow_up import FollowUp
from reconciler.model.step import Revision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.kinds.alert_monitor.operations import MonitorFields
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.view import DiffContext

ANEW = "the update left something as it was, so the monitor was deleted and created anew"
KEPT = (
    "the update left something as it was, and the API does not allow deleting the monitor and creating it anew (its "
    "field {} is false), so it stays"
)


def _revise(
    resource: Resource, context: DiffContext, step: Step, answer: MonitorFields, rest: Sequence[Step]
) -> Revision:
    if step.action != "update" or context.live is None:
        return Revision(rest)
    wanted = Wanted(resource, context.view, context.live.node)
    if not wanted.lacks(answer, final=not rest):
        return Revision(rest)
    # A monitor that is deleted and may not be created would be lost.
    if not context.live.allows("remove"):
        return Revision(rest, [KEPT.format("allowRemove")])
    if PERMISSION.granted(resource, context.view) is False:
        return Revision(rest, [KEPT.format(PERMISSION.field)])
    removal = DELETION.removal(context.live, context.view)
    return Revision([removal.step, wanted.creation()], [ANEW])


FOLLOW_UP = FollowUp(_revise)
