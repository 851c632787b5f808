"""Deleting a customer deletes its users and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.reads import OPERATIONS
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.live import Live
    from reconciler.model.tenant import Node
    from reconciler.model.view import View

CONTENTS = Collection(OPERATIONS["customerContents"], lambda node: [node["id"]], listable=False, single=True)


def content_reads(live: Live) -> Iterator[Read]:
    """Yield what reads how much would go with a customer."""
    yield Read(CONTENTS, live.id, (("id", live.id),))


def _removal(live: Live, view: View) -> Removal:
    contents = view.tenant.find(CONTENTS, live.id)
    return Removal(
        Step("delete", Phase.DELETE, OPERATIONS["deleteCustomer"], {"id": live.id}),
        tuple(warning for node in contents if (warning := _warning(node))),
        contained=sum(int(node["instances"]["totalCount"]) for node in contents),
        observed=contents,
        blocked=next((reason for node in contents if (reason := _blocked(node["protected"]["totalCount"]))), None),
    )


def _warning(contents: Node) -> str:
    parts = _counted(contents, {"users": "user", "instances": "instance"})
    special = _counted(contents, {"builtByCustomer": "that the customer built", "workflows": "workflow"})
    among = f", among them {special}" if special else ""
    return f"deleting it deletes its {parts} for good{among}" if parts else ""


def _counted(node: Node, nouns: Mapping[str, str]) -> str:
    """Return in words how many there are of each, those that there are; a noun of several words has no plural."""
    counts = ((node[key]["totalCount"], noun) for key, noun in nouns.items())
    return " and ".join(f"{count} {noun}{'' if count == 1 or ' ' in noun else 's'}" for count, noun in counts if count)


def _blocked(count: int) -> str:
    if not count:
        return ""
    number = "one of its instances is" if count == 1 else f"{count} of its instances are"
    return f"{number} protected against being deleted (preventDestroy), and would go with it"


DELETION = Deletion(_removal, content_reads, guarded=True)
