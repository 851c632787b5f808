"""What was applied, kept to explain a drift by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.workflow.rules import fingerprinter_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.applying.results import Result
    from reconciler.manifests import Manifests
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.connection import Connection
    from reconciler.receipts.compare import Explanation
    from reconciler.receipts.digests import Digester
    from reconciler.receipts.receipt import Receipt, Scope


def load_receipt(manifests: Manifests, connection: Connection, path: Path) -> Receipt | None:
    """Return the receipt of a file, ``None`` where there is none yet; raises ``UsageError`` for another's."""
    from reconciler.receipts.file import load_receipt as load

    return load(path, receipt_scope(manifests, connection))


def record_apply(
    options: Options,
    manifests: Manifests,
    connection: Connection,
    receipt: Receipt | None,
    plan: Plan,
    results: Sequence[Result],
) -> Receipt:
    """Return the receipt after an apply whose options ask for everything."""
    from reconciler.receipts.receipt import Receipt
    from reconciler.receipts.record import Applied, Moment, record
    from reconciler.receipts.revision import find_revision

    before = receipt or Receipt(receipt_scope(manifests, connection))
    whole = manifests.whole and not options.targets and not options.shard
    applied = Applied.of(plan, results, (resource.address for resource in manifests.resources), whole=whole)
    moment = Moment(datetime.now(UTC).isoformat(timespec="seconds"), find_revision(options.environ, options.cwd))
    return record(before, applied, _digester(options, connection), moment)


def record_forgotten(receipt: Receipt, results: Sequence[Result]) -> Receipt:
    """Return the receipt without what was given up."""
    from reconciler.receipts.record import without_forgotten

    return without_forgotten(receipt, results)


def explain_drift(options: Options, connection: Connection, receipt: Receipt, plan: Plan) -> Explanation:
    """Return how a plan's differences came about; the plan's options ask for everything."""
    from reconciler.receipts.compare import explain

    return explain(plan, receipt, _digester(options, connection))


def receipt_scope(manifests: Manifests, connection: Connection) -> Scope:
    """Return what a receipt of these manifests and this tenant is of."""
    from reconciler.receipts.receipt import Scope

    identity, project = connection.identity, manifests.project
    return Scope(
        identity.url,
        identity.organization_id,
        identity.organization,
        project.name if project else None,
        manifests.environment.name if manifests.environment else None,
    )


def _digester(options: Options, connection: Connection) -> Digester:
    from reconciler.receipts.digests import Digester

    return Digester(fingerprinter_of(options), connection.identity.organization_id)
