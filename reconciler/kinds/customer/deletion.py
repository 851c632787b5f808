"""Deleting a customer deletes its users and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from reconciler.kinds.customer.operations import CUSTOMER_CONTENTS, DELETE_CUSTOMER
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.customer.operations import CustomerContents, CustomerFields
    from reconciler.model.live import Live
    from reconciler.model.view import View

CONTENTS: Collection[CustomerContents] = Collection(
    CUSTOMER_CONTENTS, lambda node: [node.id], listable=False, single=True
)


def content_reads(live: Live[CustomerFields]) -> Iterator[Read]:
    """Yield what reads how much would go with a customer."""
    yield Read(CONTENTS, live.id, (("id", live.id),))


def _removal(live: Live[CustomerFields], view: View) -> Removal:
    contents = view.tenant.find(CONTENTS, live.id)
    return Removal(
        Step("delete", Phase.DELETE, DELETE_CUSTOMER, {"id": live.id}),
        tuple(warning for node in contents if (warning := _warning(node))),
        contained=sum(node.instances.total_count for node in contents),
        observed=msgspec.to_builtins(contents),
        blocked=next((reason for node in contents if (reason := _blocked(node.protected.total_count))), None),
    )


def _warning(contents: CustomerContents) -> str:
    parts = _counted((contents.users.total_count, "user"), (contents.instances.total_count, "instance"))
    built, workflows = contents.built_by_customer.total_count, contents.workflows.total_count
    special = _counted((built, "that the customer built"), (workflows, "workflow"))
    among = f", among them {special}" if special else ""
    return f"deleting it deletes its {parts} for good{among}" if parts else ""


def _counted(*counts: tuple[int, str]) -> str:
    """Return the counts that are not zero, each with its noun; a noun of several words has no plural."""
    return " and ".join(f"{count} {noun}{'' if count == 1 or ' ' in noun else 's'}" for count, noun in counts if count)


def _blocked(count: int) -> str:
    if not count:
        return ""
    number = "one of its instances is" if count == 1 else f"{count} of its instances are"
    return f"{number} protected against being deleted (preventDestroy), and would go with it"


DELETION = Deletion(_removal, content_reads, guarded=True)
