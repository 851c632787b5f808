"""What a run knows of each member now, from the manifests and the tenant: nothing else is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.health import Health

Difference = Literal["", "create", "update"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one member."""

    difference: Difference = ""
    """What has to be done to make it what its manifest says now; empty: it is that already."""
    held: bool = False
    """Whether it carries the label that keeps this manifest from being tried again."""
    exempt: bool = False
    """Whether it proves nothing and need not soak: it is declared disabled, or never deployed."""
    health: Health | None = None
    """Its health since its last deploy; ``None``: not known."""
    failed: str = ""
    """Why its change failed in this run; empty if it did not."""
    unknown: str = ""
    """Why it cannot be compared with its manifest; empty if it can."""
    live: Version | None = None
    """The version that it runs; ``None``: it does not exist yet, or nobody knows since a change failed."""
    desired: Version | None = None
    """The version that its manifest means now."""
    deployed: bool = True
    """Whether it was ever deployed."""
    settled: bool = True
    """Whether it was deployed as it is now: nothing of it waits for a deploy."""
    deployable: bool = True
    """Whether the version that it runs can still be deployed."""
    edits: bool = False
    """Whether its change writes fields, and does not only deploy."""
    unfinished: bool = False
    """Whether a run ended while it set the member back."""

    @property
    def moves(self) -> bool:
        """Whether its change moves it to another version."""
        if self.difference != "update" or self.live is None or self.desired is None:
            return False
        return self.live.id != self.desired.id


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks of one rollout: the waves that it approves, and the last one to carry out."""

    approved: frozenset[str] = field(default_factory=frozenset)
    through: str | None = None
