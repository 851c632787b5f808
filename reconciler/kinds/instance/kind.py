"""Instances: one integration deployed for one customer, with its config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.parent import customer_parent
from reconciler.kinds.customer.reference import references
from reconciler.kinds.instance.authorization import AUTHORIZATION
from reconciler.kinds.instance.differ import DIFFER
from reconciler.kinds.instance.editor import EDITOR
from reconciler.kinds.instance.export import EXPORT
from reconciler.kinds.instance.finder import FINDER, FIXED
from reconciler.kinds.instance.flow_configs import check_credentials
from reconciler.kinds.instance.labels import LABELS
from reconciler.kinds.instance.names import LOOKS, NAMES, name_key
from reconciler.kinds.instance.operations import DELETE_INSTANCE
from reconciler.kinds.instance.reads import NAME
from reconciler.kinds.instance.revision import FOLLOW_UP
from reconciler.kinds.instance.versions import VERSIONS
from reconciler.kinds.shared.labels import repeated_labels
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.spec import Spec
from reconciler.model.kind import Kind
from reconciler.model.phase import Phase
from reconciler.model.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.live import Live
    from reconciler.model.view import View


def _customer_id(live: Live[InstanceFields]) -> str:
    return live.node.customer.id


def _title(spec: Mapping[str, Any]) -> str:
    return str(spec["name"])


def _check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    yield from repeated_labels(spec.get("labels"))
    yield from check_credentials(spec.get("flowConfigs") or {})


def _removal(live: Live[InstanceFields], _view: View) -> Removal:
    return Removal(Step("delete", Phase.DELETE, DELETE_INSTANCE, {"id": live.id}))


KIND = Kind(
    NAME,
    Spec(
        name_key,
        _title,
        references,
        _check,
        FIXED,
        secret_fields=frozenset({"configVariables", "flowConfigs"}),
        hidden_keys=frozenset({"configVariables", "apiKeys", "testPayload", "testHeaders"}),
    ),
    FINDER,
    DIFFER,
    Deletion(_removal),
    level=1,
    names=NAMES,
    looks=LOOKS,
    labels=LABELS,
    parent=customer_parent(_customer_id, _title),
    follow_up=FOLLOW_UP,
    authorization=AUTHORIZATION,
    versions=VERSIONS,
    export=EXPORT,
    editor=EDITOR,
)
