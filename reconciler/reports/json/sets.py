"""The sets of instances of a run as plain data: the groups that a reader sees, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.masking import Mask
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fleets import sorted_by_set

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.fields import Leaf
    from reconciler.reports.shared.fleets import Fleet, Group
    from reconciler.reports.shared.outcome import Outcome


def sets_document(outcome: Outcome, plan: Plan) -> dict[str, Any]:
    """Return ``sets`` of a JSON report; nothing where there are none."""
    fleets, _ = sorted_by_set(entries(outcome), plan, Mask.for_plan(plan))
    return {"sets": [_fleet(each) for each in fleets]} if fleets else {}


def _fleet(fleet: Fleet) -> dict[str, Any]:
    return {
        "address": fleet.address,
        "source": {"file": fleet.place.file, "line": fleet.place.line} if fleet.place else None,
        "members": fleet.size,
        "changed": fleet.changed,
        "unchanged": len(fleet.unchanged),
        "notPlanned": fleet.not_planned,
        "leftOut": [
            {"customer": each.customer.handle, "name": each.customer.name, "reason": each.reason}
            for each in fleet.left_out
        ],
        "groups": [_group(each) for each in fleet.groups],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "actions": list(group.change.actions),
        "result": _result(group),
        "remarks": list(group.remarks),
        "customers": [each.handle for each in group.customers],
        "addresses": [entry.change.address for entry in group.entries],
        "fields": [_row(each) for each in group.rows],
    }


def _result(group: Group) -> str | None:
    """Return the status, which is ``failed`` also for what was changed in part; in a drift how it differs."""
    first = group.first
    return first.result.status if first.result else group.word if first.command == "drift" else None


def _row(row: Leaf) -> dict[str, Any]:
    return {
        "path": list(row.path),
        "before": row.before,
        "after": row.after,
        "sensitive": row.secret,
        "values": row.values,
        "customer": row.example or None,
    }
