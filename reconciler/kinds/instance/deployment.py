"""When an instance is deployed, when it has to wait, say for an authorization, and what becomes of ``enabled``.

A configuration takes effect only with a deploy. Whether a deploy, or the creation, changes ``enabled`` is
unknown: what the API says afterwards is compared with what should be, and corrected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance import operations
from reconciler.kinds.instance.operations import DEPLOY_INSTANCE, INSTANCE_STATE, UPDATE_INSTANCE
from reconciler.kinds.instance.pending import pending, waiting_for
from reconciler.model.capabilities.follow_up import Authorization
from reconciler.model.frozen import Frozen
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.instance.operations import Authorizations, InstanceFields
    from reconciler.kinds.instance.reads import InstanceAnswer
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.step import IdOf
    from reconciler.model.tenant import Live


class Deployment(Frozen, frozen=True):
    """Whether to deploy: ``reason`` says why a deploy is due (empty: none is)."""

    reason: str = ""
    held_by: tuple[str, ...] = ()
    """The connections that hold a due deploy back, by key."""

    @property
    def now(self) -> bool:
        """Whether to deploy now."""
        return bool(self.reason) and not self.held_by


def decide_deployment(spec: Mapping[str, Any], node: InstanceAnswer | None, changed: str) -> Deployment:
    """Return whether an instance is to be deployed.

    ``changed`` names what is about to change and needs a deploy (empty: nothing). A connection that somebody
    has still to set up holds the deploy back, unless this run writes the configuration anew.
    """
    if spec.get("deploy", "when-needed") == "never":
        return Deployment()
    reason = _reason(node, changed)
    return Deployment(reason, waiting_for(node) if node and reason and not changed else ())


def _reason(node: InstanceAnswer | None, changed: str) -> str:
    if node is None:
        return "deployed for the first time"
    if changed:
        return f"a deploy makes {changed} take effect"
    if not node.last_deployed_at:
        return "it was never deployed"
    return "its configuration changed since the last deploy" if node.needs_deploy else ""


def deploy_step(identifier: str | IdOf) -> Step:
    return Step("deploy", Phase.DEPLOY, DEPLOY_INSTANCE, {"id": identifier})


def look_step(identifier: str) -> Step:
    """Return the look before a deploy that nothing is written for: its answer shows whether the deploy can work."""
    return Step("deploy", Phase.LOOK, INSTANCE_STATE, {"id": identifier})


def enable_step(identifier: str, *, enabled: bool, phase: Phase = Phase.SETTLE) -> Step:
    return Step("update", phase, UPDATE_INSTANCE, {"id": identifier, "enabled": enabled})


def needing_deploy(fields: Sequence[FieldChange]) -> str:
    """Return the names of the changes that take effect only with a deploy."""
    names = {"integration": "the new version", "configVariables": "its configuration", "flowConfigs": "its flows"}
    parts = [names[root] for root in names if any(change.path[0] == root for change in fields)]
    return " and ".join(parts)


AUTHORIZATIONS = single_objects(operations.AUTHORIZATIONS)


def _reads(live: Live[InstanceFields]) -> Read | None:
    return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if pending(live.node) else None


def _urls(node: Authorizations) -> Mapping[str, str]:
    nodes = node.config_variables.nodes
    return {each.required_config_variable.key: each.authorize_url for each in nodes if each.authorize_url}


AUTHORIZATION = Authorization(_reads, _urls)
