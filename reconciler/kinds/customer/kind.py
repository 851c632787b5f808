"""Customers: the companies that a software vendor's integrations are deployed for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.deletion import DELETION
from reconciler.kinds.customer.differ import DIFFER
from reconciler.kinds.customer.export import EXPORT
from reconciler.kinds.customer.finder import FINDER
from reconciler.kinds.customer.labels import LABELS
from reconciler.kinds.customer.names import LOOKS, NAMES
from reconciler.kinds.customer.reads import NAME
from reconciler.kinds.shared.labels import repeated_labels
from reconciler.model.capabilities.spec import Spec
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


def _identity(spec: Mapping[str, Any]) -> tuple[str, str]:
    return ("externalId", spec["externalId"]) if spec.get("externalId") else ("name", spec["name"])


KIND = Kind(
    NAME,
    Spec(
        identity=_identity, title=lambda spec: str(spec["name"]), check=lambda spec: repeated_labels(spec.get("labels"))
    ),
    FINDER,
    DIFFER,
    DELETION,
    level=0,
    names=NAMES,
    looks=LOOKS,
    labels=LABELS,
    export=EXPORT,
)
