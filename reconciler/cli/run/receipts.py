"""``--receipt FILE``: read before the plan is made, written after it is applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from reconciler.errors import UsageError
from reconciler.receipts.file import save_receipt
from reconciler.receipts.record import without_forgotten
from reconciler.workflow.receipts import load_receipt, record_apply, revision_of, with_dropped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.receipts.receipt import Receipt
    from reconciler.workflow.session import Session


@dataclass(frozen=True, slots=True)
class Kept:
    """The receipt of one run; without a path, nothing is read or written."""

    session: Session
    path: Path | None
    before: Receipt | None = None
    revision: str | None = None
    """The commit of the manifests, looked up right after they were read."""

    @classmethod
    def read(cls, session: Session, path: Path | None) -> Self:
        """Read the receipt that is there; raises ``UsageError`` for one of another tenant or project."""
        if path is None:
            return cls(session, None)
        return cls(session, path, load_receipt(session, path), revision_of(session, path))

    def warned(self, plan: Plan) -> Plan:
        """Return the plan with a warning for each recorded value that no manifest declares any more."""
        return with_dropped(self.session, self.before, plan) if self.before else plan

    def keep(self, plan: Plan, results: Sequence[Result]) -> UsageError | None:
        """Write what was applied; return why that failed, since the results must be reported first."""
        if self.path is None:
            return None
        receipt = record_apply(self.session, self.before, plan, results, revision=self.revision)
        return _save(receipt, self.path)

    def forget(self, results: Sequence[Result]) -> UsageError | None:
        """Remove released objects from the receipt, if it exists; return why that failed."""
        if self.path is None or self.before is None:
            return None
        return _save(without_forgotten(self.before, results), self.path)


def _save(receipt: Receipt, path: Path) -> UsageError | None:
    try:
        save_receipt(receipt, path)
    except UsageError as error:
        return error
    return None
