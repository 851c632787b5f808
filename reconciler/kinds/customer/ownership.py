"""A customer belongs to a project by a label. Deleting one deletes its users and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from reconciler.kinds.customer.operations import CUSTOMER_BY_ID, CUSTOMER_CONTENTS, DELETE_CUSTOMER, UPDATE_CUSTOMER
from reconciler.kinds.customer.reads import CUSTOMERS
from reconciler.kinds.shared.labels import all_labels
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.ownership import Labels
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Collection as Values
    from collections.abc import Iterator

    from reconciler.kinds.customer.operations import CustomerContents, CustomerFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


CONTENTS = single_objects(CUSTOMER_CONTENTS)


UNKNOWN = (
    "the API returned none of its contents, so nobody knows what would go with it; somebody else may have deleted it: "
    "run again"
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
        # An answer without the customer says nothing about what would go with it.
        blocked=next((_blocked(node.protected.total_count) for node in contents), UNKNOWN) or None,
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


BY_ID = single_objects(CUSTOMER_BY_ID)


def _release(live: Live[CustomerFields], unwanted: Values[str]) -> Step:
    labels = all_labels(None, live.node.labels, (), unwanted)
    return Step("forget", Phase.RELEASE, UPDATE_CUSTOMER, {"id": live.id, "labels": labels})


LABELS = Labels(
    labelled=lambda label: Read(CUSTOMERS, ("label", label), (("label", label),)),
    by_id=lambda identifier: Read(BY_ID, identifier, (("id", identifier),)),
    release=_release,
)
