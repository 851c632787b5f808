"""A live customer as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.differ import ATTRIBUTES, DESIGNER
from reconciler.kinds.customer.reads import CUSTOMERS
from reconciler.kinds.customer.spec import NAME
from reconciler.kinds.shared.attributes import declared
from reconciler.kinds.shared.labels import declarable_labels
from reconciler.model.capabilities.export import Declared, Export
from reconciler.model.tenant import Read
from reconciler.text.file_names import file_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _declare(live: Live[CustomerFields], _view: View, _parent: Live | None, full: bool) -> Declared:
    spec: dict[str, Any] = declared(ATTRIBUTES, live.node, full=full)
    labels = declarable_labels(live.labels)
    if live.node.allow_embedded_designer or full:
        spec[DESIGNER] = live.node.allow_embedded_designer
    return Declared({**spec, **({"labels": labels} if labels or full else {})})


def _file_of(handle: str, _folder: str | None) -> str:
    return f"customers/{file_name(handle, NAME)}/customer.yaml"


def _facets(live: Live[CustomerFields]) -> Mapping[str, frozenset[str]]:
    names = frozenset(filter(None, (live.name, live.node.external_id)))
    return {"customer": names, "label": frozenset(declarable_labels(live.labels))}


FILES = frozenset({"customer", "connections", "users"})
"""The files in a customer's folder beside the instances."""
EXPORT = Export(Read(CUSTOMERS), _declare, _file_of, facets=_facets)
