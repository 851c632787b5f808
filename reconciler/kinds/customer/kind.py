"""Customers: the companies that a software vendor's integrations are deployed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.customer.differ import DIFFER
    from reconciler.kinds.customer.export import EXPORT
    from reconciler.kinds.customer.finder import FINDER, LOOKS, NAMES
    from reconciler.kinds.customer.ownership import DELETION, LABELS
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(FINDER, DIFFER, DELETION, names=NAMES, looks=LOOKS, labels=LABELS, export=EXPORT)


KIND = Kind(NAME, SPEC, _capabilities)
