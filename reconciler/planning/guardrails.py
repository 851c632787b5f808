"""Guardrails: a plan that deletes a lot, or objects that cannot be restored, needs an explicit option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.planning.plan import Change

COUNTED_FROM = 10


@dataclass(frozen=True, slots=True)
class DeletionGuard:
    """``allowed_flags`` are options of the command line, such as ``--allow-delete-customers``."""

    allowed_flags: frozenset[str] = frozenset()
    max_delete_percent: float = 10.0
    allow_deletes: int | None = None

    def problems(self, changes: Sequence[Change], owned: Sequence[tuple[Kind, Live]]) -> Iterator[Diagnostic]:
        """Yield what keeps the plan from being carried out; ``owned`` are the objects with our label.

        What carries our label and goes with something that is deleted counts as deleted.
        """
        deletes = [change for change in changes if change.deletes]
        for flag in sorted({flag for change in deletes if (flag := change.kind.deletion.flag)}):
            if flag in self.allowed_flags:
                continue
            guarded = [change for change in deletes if change.kind.deletion.flag == flag]
            names = ", ".join(f"{change.address} {change.name!r}" for change in guarded[:5])
            names += " …" if len(guarded) > 5 else ""
            yield Diagnostic(
                f"this plan deletes {len(guarded)} of the kind {guarded[0].kind.name} ({names}); {flag} lets it"
            )
        deleted = {change.live.id for change in deletes if change.live}
        along = sum(1 for kind, live in owned if kind.parent_id(live) in deleted and live.id not in deleted)
        count = len(deletes) + along
        counted = f", {along} of them together with their owner" if along else ""
        if self.allow_deletes is not None:
            if count > self.allow_deletes:
                lets = f"--allow-deletes lets {self.allow_deletes}"
                yield Diagnostic(f"this plan deletes {count} resource{'' if count == 1 else 's'}{counted}, {lets}")
        elif len(owned) >= COUNTED_FROM and count * 100 > len(owned) * self.max_delete_percent:
            yield Diagnostic(
                f"this plan deletes {count} of {len(owned)} owned resources{counted}, more than "
                f"{self.max_delete_percent:g} %; --allow-deletes {count} lets it"
            )
