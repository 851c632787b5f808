"""The view of the tenant that a kind gets while a plan is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from reconciler.model.frozen import Frozen
from reconciler.model.pins import Pins
from reconciler.model.tenant import N

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Tenant


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The view that a kind gets while the tenant is read. It is equal to itself alone, so it can be part of a key."""

    tenant: Tenant
    live: Callable[[str], Live | None]
    """Address → its live object; ``None`` where there is none, or none known yet."""
    pins: Pins = field(default_factory=Pins)
    """The versions that new objects start with whose manifests name none."""
    taken_along: Callable[[str], frozenset[str]] = lambda _: frozenset()
    """Address → the IDs of live objects that have its name, and that other manifests rename in this run."""
    address_of: Callable[[str], str | None] = lambda _: None
    """ID of a live object → the address of the resource that means it; ``None`` for one in no manifest."""
    resource: Callable[[str], Resource | None] = lambda _: None
    """Address → the resource that the manifests declare."""
    of_kind: Callable[[str], Sequence[Resource]] = lambda _: ()
    """Name of a kind → its resources."""
    governed: Callable[[str], bool] = lambda _: False
    """Address → whether a rollout decides when the resource is changed."""
    left_out: Sequence[Resource] = ()
    """Declared resources that this run does not plan, because it has targets or applies a saved plan."""
    resend_secrets: bool = False
    """Whether write-only secrets, which cannot be compared, are written again."""
    shows_inputs: bool = False
    """Whether the project shows inputs of connections, so that it must be known which of them are secrets."""


class DiffContext(Frozen, Generic[N], frozen=True):
    """The context of one diff: the view, the live object, and the rules."""

    view: View
    live: Live[N] | None
    labels: frozenset[str] = frozenset()
    """Labels that the object must carry besides those that its manifest declares."""
    unwanted_labels: frozenset[str] = frozenset()
    """Labels that it must not carry any more."""
    resend_secrets: bool = False
    """Whether write-only secrets, which cannot be compared, are written again."""
    fingerprinter: Fingerprinter | None = None
    """Makes the fingerprints that they are compared by, kept as labels; ``None``: there are none."""
    no_fingerprints: str = ""
    """Why there is none although there is a key."""
    marker: Fingerprinter | None = None
    """Makes the marks of values from outside; ``None`` without a key."""
    without_secrets: bool = False
    """Whether secrets, and values in their places, are left out of the comparison."""
    include_unchanged: bool = False
    """Whether ``Diff.same`` is asked for: to explain a plan, or to record an apply."""
