"""The rules of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.planning.guardrails import DeletionGuard
from reconciler.planning.history import History
from reconciler.planning.orphan_search import Pruning
from reconciler.planning.ownership import Ownership

if TYPE_CHECKING:
    from reconciler.model.fingerprints import Fingerprinter


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a plan, from the project and the command line."""

    ownership: Ownership = field(default_factory=Ownership)
    guardrails: DeletionGuard = field(default_factory=DeletionGuard)
    resend_secrets: bool = False
    keep_secrets: bool = False
    """Whether secrets without a value here keep their live value."""
    without_secrets: bool = False
    """Whether no secret is compared, and nothing that a manifest has in the place of one."""
    fingerprinter: Fingerprinter | None = None
    """Makes the fingerprints that write-only secrets are compared by; ``None`` without a key."""
    pruning: Pruning = field(default_factory=Pruning)
    enforce_guardrails: bool = True
    """Whether the guardrails are asked; a read-back deletes nothing."""
    include_unchanged: bool = False
    """Whether every comparison is kept in full, to explain it or to record it."""
    history: History = field(default_factory=History)
    """The former secrets that live values may be."""
