"""Giving an object up: this project's labels are taken off, and nothing else of it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.shared.labels import all_labels
from reconciler.model.fingerprints import fingerprint_labels
from reconciler.planning.observed import observe
from reconciler.planning.plan import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.planning.ownership import Claim

GIVEN_UP_AND_MISSING = (
    "{} is given up (state: unmanaged) and there is no live object of it, so nothing can belong to it; give it "
    "state: present, or refer to another one"
)
OF_ANOTHER_AS_WELL = (
    "the live object belongs to another project as well ({}); --take-over takes this project's label off, and leaves "
    "the other one's"
)
PROTECTION_ENDS = "the protection against being deleted (preventDestroy) ends: its label is taken off as well"


def release_change(  # noqa: PLR0913 - what a change says, each by its name
    kind: Kind,
    live: Live,
    claim: Claim,
    *,
    address: str,
    why: str,
    resource: Resource | None = None,
    depends_on: tuple[str, ...] = (),
    group: str = "",
) -> Change:
    """Return the change that takes the labels off that are unwanted; ``why`` says who gives the object up."""
    return Change(
        address=address,
        kind=kind,
        name=live.name,
        actions=("forget",),
        reason=f"{why}; {_named(claim.unwanted)}",
        # The API replaces the whole set, so the labels of others are written as they are.
        steps=(kind.release(live, all_labels(None, live.node, (), claim.unwanted)),),
        source=resource.origin.start if resource else None,
        resource=resource,
        live=live,
        observed=observe(kind, live),
        depends_on=depends_on,
        group=group,
    )


def _named(labels: Iterable[str]) -> str:
    """Return which labels come off, in words; fingerprints are not spelt out."""
    tags = fingerprint_labels(labels)
    named = [*sorted(set(labels) - tags), *(["the fingerprints of its secrets"] if tags else [])]
    return f"takes off {', '.join(named)}, and changes nothing else"
