"""When an instance is deployed, when it has to wait, say for an authorization, and what becomes of ``enabled``.

A configuration takes effect only with a deploy. Whether a deploy, or the creation, changes ``enabled`` is
unknown: what the API says afterwards is compared with what should be, and corrected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance import operations
from reconciler.kinds.instance.operations import DEPLOY_INSTANCE, UPDATE_INSTANCE, InstanceState
from reconciler.kinds.integration.versions import UNCONFIGURED
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.follow_up import Authorization
from reconciler.model.frozen import Frozen
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from reconciler.kinds.instance.operations import Authorizations, InstanceFields
    from reconciler.kinds.instance.reads import InstanceAnswer
    from reconciler.kinds.variables.live_variables import Configured
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.step import IdOf
    from reconciler.model.tenant import Live


class Deployment(Frozen, frozen=True):
    """Whether to deploy now: ``reason`` says why, ``waiting`` why not although it is due."""

    reason: str = ""
    waiting: str = ""


def decide_deployment(
    spec: Mapping[str, Any], node: InstanceAnswer | None, changed: str, shared: Collection[str] = ()
) -> Deployment:
    """Return whether an instance is to be deployed.

    ``changed`` names what is about to change and needs a deploy (empty: nothing). A connection that somebody
    has still to authorize holds the deploy back, unless this run writes the configuration anew. ``shared``: the
    variables that take a connection that instances share.
    """
    if spec.get("deploy", "when-needed") == "never":
        return Deployment()
    reason = _reason(node, changed)
    held_by = waiting_for(node) if node and reason and not changed else ()
    if held_by:
        return Deployment(waiting=waiting_message(held_by, shared))
    return Deployment(reason)


def _reason(node: InstanceAnswer | None, changed: str) -> str:
    if node is None:
        return "deployed for the first time"
    if changed:
        return f"a deploy makes {changed} take effect"
    if not node.last_deployed_at:
        return "it was never deployed"
    return "its configuration changed since the last deploy" if node.needs_deploy else ""


def waiting_for(node: InstanceAnswer) -> tuple[str, ...]:
    """Return the connections that somebody must authorize before a deploy can work, by key."""
    if node.config_state != UNCONFIGURED:
        return ()
    if isinstance(node, InstanceState):
        return tuple(sorted(variable.required_config_variable.key for variable in node.waiting.nodes))
    return _pending(node)


def _pending(node: Configured) -> tuple[str, ...]:
    return tuple(sorted(key for key, variable in live_variables(node).items() if variable.status == "PENDING"))


def waiting_message(held_by: Collection[str], shared: Collection[str]) -> str:
    """Return what holds a deploy back; of a shared connection the customer's part may be missing."""
    where = "(apply --show-authorize-urls shows where)"
    reasons = []
    if own := ", ".join(repr(key) for key in held_by if key not in shared):
        reasons.append(f"somebody must authorize {own} first {where}")
    if others := ", ".join(repr(key) for key in held_by if key in shared):
        reasons.append(f"declare the customer's part of {others} (CustomerConnection), or have it authorized {where}")
    return f"not deployed yet: {'; '.join(reasons)}"


def deploy_step(identifier: str | IdOf) -> Step:
    return Step("deploy", Phase.DEPLOY, DEPLOY_INSTANCE, {"id": identifier})


def enable_step(identifier: str, *, enabled: bool, phase: Phase = Phase.SETTLE) -> Step:
    return Step("update", phase, UPDATE_INSTANCE, {"id": identifier, "enabled": enabled})


def needing_deploy(fields: Sequence[FieldChange]) -> str:
    """Return the names of the changes that take effect only with a deploy."""
    names = {"integration": "the new version", "configVariables": "its configuration", "flowConfigs": "its flows"}
    parts = [names[root] for root in names if any(change.path[0] == root for change in fields)]
    return " and ".join(parts)


AUTHORIZATIONS = single_objects(operations.AUTHORIZATIONS)


def _reads(live: Live[InstanceFields]) -> Read | None:
    return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if _pending(live.node) else None


def _urls(node: Authorizations) -> Mapping[str, str]:
    nodes = node.config_variables.nodes
    return {each.required_config_variable.key: each.authorize_url for each in nodes if each.authorize_url}


AUTHORIZATION = Authorization(_reads, _urls)
