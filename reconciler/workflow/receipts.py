"""Receipts: recording an apply, and explaining a drift by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.pins import LOCK_FILE
from reconciler.model.place import dotted
from reconciler.receipts import file
from reconciler.receipts.compare import DROPPED, dropped, explain
from reconciler.receipts.receipt import Receipt, Scope
from reconciler.receipts.record import Applied, Digester, Moment, record
from reconciler.receipts.revision import find_revision
from reconciler.workflow.planning import fingerprinter_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.receipts.compare import Explanation
    from reconciler.workflow.session import Session


KEPT = (
    "its live value stays; declare it again, or set it to null (the default), an input of a connection to {clear: true}"
)


def load_receipt(session: Session, path: Path) -> Receipt | None:
    """Return the receipt of a file, ``None`` without a file; raises ``UsageError`` for another tenant's receipt."""
    return file.load_receipt(path, receipt_scope(session))


def record_apply(
    session: Session, receipt: Receipt | None, plan: Plan, results: Sequence[Result], *, revision: str | None = None
) -> Receipt:
    """Return the receipt after an apply. ``revision`` is its commit; its plan must include unchanged fields."""
    before = receipt or Receipt(receipt_scope(session))
    options, manifests = session.options, session.with_parts(plan.parts).manifests
    whole = manifests.whole and not options.manifests.targets and not options.plan.shard
    applied = Applied.of(plan, results, (resource.address for resource in manifests.resources), whole=whole)
    moment = Moment(datetime.now(UTC).isoformat(timespec="seconds"), revision)
    return record(before, applied, _digester(session), moment)


def revision_of(session: Session, receipt: Path) -> str | None:
    """Return the commit of the manifests, ``None`` if it is uncertain. Changes of the file ``receipt`` are ignored."""
    asked, manifests = session.options.manifests, session.manifests
    project, environment, cwd = manifests.project, manifests.environment, asked.cwd
    home = cwd / project.folder if project else cwd
    listed = [*project.manifests, *(environment.overlays if environment else ())] if project else []
    roots = [cwd / each for each in asked.files] or [home / each for each in listed]
    lock = home / LOCK_FILE
    files = [*(cwd / source for source in manifests.sources), *([lock] if lock.exists() else [])]
    return find_revision(asked.environ, files, roots, cwd / receipt)


def explain_drift(session: Session, receipt: Receipt, plan: Plan) -> Explanation:
    """Return how a plan's differences came about; the plan must include unchanged fields."""
    return explain(plan, receipt, _digester(session))


def with_dropped(session: Session, receipt: Receipt, plan: Plan) -> Plan:
    """Return the plan with a warning for each value that was applied once and that no manifest declares any more.

    Nothing compares such a value, so that without the receipt a plan after a reverted commit says nothing about it. The
    plan must include unchanged fields.
    """
    warnings = [
        Diagnostic(f"{dotted(path)} was {DROPPED}: {KEPT}", plan.compared[address].resource.origin.start, address)
        for address, path in dropped(plan, receipt, _digester(session))
    ]
    return replace(plan, warnings=(*plan.warnings, *warnings)) if warnings else plan


def receipt_scope(session: Session) -> Scope:
    """Return what identifies the receipts of these manifests and this tenant."""
    identity, project, environment = session.identity, session.manifests.project, session.manifests.environment
    return Scope(
        identity.url,
        identity.organization_id,
        identity.organization,
        project.name if project else None,
        environment.name if environment else None,
    )


def _digester(session: Session) -> Digester:
    return Digester(fingerprinter_of(session.options), session.identity.organization_id)
