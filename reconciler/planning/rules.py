"""The rules of a plan, and its guardrails: a plan that deletes a lot needs an explicit option."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.masking import History
from reconciler.planning.orphans import Pruning
from reconciler.planning.ownership import Ownership
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.planning.plan import Change

COUNTED_FROM = 10


@dataclass(frozen=True, slots=True)
class DeletionGuard:
    """What a plan may delete. ``allow_delete`` are the names of guarded kinds whose objects may be deleted."""

    allow_delete: frozenset[str] = frozenset()
    max_delete_percent: float = 10.0
    allow_deletes: int | None = None

    def problems(self, changes: Sequence[Change], owned: Sequence[tuple[Kind, Live]]) -> Iterator[Diagnostic]:
        """Yield what keeps the plan from being carried out; ``owned`` are the objects with our label.

        What carries our label and goes with something that is deleted counts as deleted.
        """
        deletes = [change for change in changes if change.deletes]
        yield from self._guarded(deletes)
        yield from self._too_many(deletes, owned)

    def _guarded(self, deletes: Sequence[Change]) -> Iterator[Diagnostic]:
        """Yield the deletions of kinds that need an option of their own."""
        guarded = {change.kind.name for change in deletes if change.kind.deletion.guarded}
        for kind_name in sorted(guarded - self.allow_delete):
            found = [change for change in deletes if change.kind.name == kind_name]
            names = ", ".join(f"{change.address} {change.name!r}" for change in found[:5])
            names += " …" if len(found) > 5 else ""
            yield Diagnostic(
                f"this plan deletes {len(found)} of the kind {kind_name} ({names}); "
                f"--allow-delete {kind_name} allows it"
            )

    def _too_many(self, deletes: Sequence[Change], owned: Sequence[tuple[Kind, Live]]) -> Iterator[Diagnostic]:
        deleted = {change.live.id for change in deletes if change.live}
        along = sum(1 for kind, live in owned if kind.parent_id(live) in deleted and live.id not in deleted)
        count = len(deletes) + along
        together = f", {along} of them together with their owner" if along else ""
        if self.allow_deletes is not None:
            if count > self.allow_deletes:
                allowed = f"--allow-deletes allows {self.allow_deletes}"
                yield Diagnostic(f"this plan deletes {counted(count, 'resource')}{together}; {allowed}")
        elif len(owned) >= COUNTED_FROM and count * 100 > len(owned) * self.max_delete_percent:
            yield Diagnostic(
                f"this plan deletes {count} of {len(owned)} owned resources{together}, more than "
                f"{self.max_delete_percent:g} %; --allow-deletes {count} allows it"
            )


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
