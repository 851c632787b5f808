"""The sets of instances as data for the page: groups of changes, each by its number in the list of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fleets import causes, sorted_by_set, together
from reconciler.text.escape import safe, safe_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path
    from reconciler.model.resource import SetCustomer
    from reconciler.planning.masking import Mask
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.fields import Leaf
    from reconciler.reports.shared.fleets import Fleet, Group
    from reconciler.reports.shared.outcome import Outcome


def fleets_data(outcome: Outcome, plan: Plan | None, mask: Mask) -> dict[str, Any]:
    """Return ``sets``, the groups that are ``alike``, and the ``causes`` of failures, if there are any."""
    found = entries(outcome)
    fleets, others = sorted_by_set(found, plan, mask)
    alike, _ = together(others, mask)
    number = {entry.change.address: at for at, entry in enumerate(found)}
    bad = causes(entry for entry in found if entry.bad)
    parts = {
        "sets": [_fleet(each, number) for each in fleets],
        "alike": [_group(each, None, number) for each in alike],
        "causes": [_cause(each, number) for each in bad if each.set_address or len(each.entries) > 1],
    }
    return {name: part for name, part in parts.items() if part}


def _cause(group: Group, number: Mapping[str, int]) -> dict[str, Any]:
    return {
        "address": safe(group.set_address),
        "who": group.in_words,
        "word": group.word,
        "said": [*map(safe, group.remarks)],
        "at": _numbers(group, number),
    }


def _fleet(fleet: Fleet, number: Mapping[str, int]) -> dict[str, Any]:
    return {
        "address": safe(fleet.address),
        "place": f"{safe(fleet.place.file)}:{fleet.place.line}" if fleet.place else "",
        "counts": fleet.counts,
        "members": fleet.size,
        "noun": fleet.noun,
        "unchanged": [*map(_customer, fleet.unchanged)],
        "notPlanned": fleet.not_planned,
        "leftOut": [
            {"reason": safe(reason), "customers": [*map(_customer, customers)]}
            for reason, customers in fleet.reasons.items()
        ],
        "groups": [_group(each, fleet.main, number) for each in fleet.groups],
    }


def _customer(customer: SetCustomer) -> dict[str, str]:
    return {"handle": safe(customer.handle), "name": safe(customer.name)}


def _group(group: Group, main: Group | None, number: Mapping[str, int]) -> dict[str, Any]:
    rows, like = group.beside(main)
    return {
        "words": [group.word] if group.first.command == "drift" or group.first.result else list(group.change.actions),
        "who": group.in_words,
        "creates": group.creates,
        "bad": group.first.bad,
        "origin": safe(group.first.origin),
        "at": _numbers(group, number),
        "said": [*map(safe, group.remarks)],
        "reason": safe(group.change.reason),
        "like": len(main.entries) if main and like else 0,
        "fields": [_row(each) for each in rows],
    }


def _numbers(group: Group, number: Mapping[str, int]) -> list[int]:
    return [number[entry.change.address] for entry in group.entries]


def _row(row: Leaf) -> dict[str, Any]:
    field = field_data(row.path, row.before, row.after, sensitive=row.secret)
    return {**field, **({"remark": row.remark} if row.remark else {})}


def field_data(path: Path, before: object, after: object, *, sensitive: bool) -> dict[str, Any]:
    """Return the data of one field, whose sides are hidden already."""
    return {
        "path": [step if isinstance(step, int) else safe(step) for step in path],
        "before": safe_lines(before),
        "after": safe_lines(after),
        **({"sensitive": True} if sensitive else {}),
    }
