"""Releasing an object: this project removes its labels and changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    "{} is released (state: unmanaged) and has no live object, so nothing can belong to it; declare it as "
    "state: present, or refer to another one"
)
OF_ANOTHER_AS_WELL = (
    "another project owns the live object too ({}); --take-over removes this project's label and leaves the other one"
)
PROTECTION_ENDS = "the protection from deletion (preventDestroy) ends: its label is removed too"


def release_change(  # noqa: PLR0913 - the parts of a change, each by name
    kind: Kind,
    live: Live,
    claim: Claim,
    *,
    address: str,
    why: str,
    resource: Resource | None,
    group: str,
    depends_on: tuple[str, ...] = (),
) -> Change:
    """Return the change that removes the unwanted labels; ``why`` names who releases the object."""
    return Change(
        address=address,
        kind=kind,
        name=live.name,
        actions=("forget",),
        reason=f"{why}; {_named(claim.unwanted)}",
        steps=(kind.labels.release(live, claim.unwanted),) if kind.labels else (),
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
