"""What a kind sees of the tenant while a plan is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.model.pins import Pins

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.live import Live
    from reconciler.model.tenant import Tenant


@dataclass(frozen=True, slots=True)
class View:
    """What a kind sees while the tenant is being read."""

    tenant: Tenant
    live: Callable[[str], Live | None]
    """Address → its live object; ``None`` where there is none, or none known yet."""
    pins: Pins = field(default_factory=Pins)
    """The versions that new objects start with whose manifests name none."""
    taken_along: Callable[[str], frozenset[str]] = lambda _: frozenset()
    """Address → the IDs of live objects that have its name, and that other manifests rename in this run."""


@dataclass(frozen=True, slots=True)
class DiffContext:
    """What a kind sees while it assesses one resource."""

    view: View
    live: Live | None
    labels: frozenset[str] = frozenset()
    """Labels that the object must carry whatever its manifest says."""
    unwanted_labels: frozenset[str] = frozenset()
    """Labels that it must not carry any more."""
    resend_secrets: bool = False
    """Whether write-only secrets, which cannot be compared, are written again."""
    fingerprinter: Fingerprinter | None = None
    """Makes the fingerprints by which they can be, kept as labels; ``None``: what is not known is kept nowhere."""
    no_fingerprints: str = ""
    """Why there is none although there is a key."""
    marker: Fingerprinter | None = None
    """Makes the marks of what came from outside, which are read wherever they are found; ``None`` without a key."""
    without_secrets: bool = False
    """Whether secrets are not compared, nor what a manifest has in their places."""
    include_unchanged: bool = False
    """Whether ``Diff.same`` is asked for: to explain a plan, or to record an apply."""
