"""How each difference came about, in words: for every renderer alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import MOST_NAMED
from reconciler.receipts.compare import DROPPED, Cause
from reconciler.reports.shared.repeated import ALIKE, first_of, in_common
from reconciler.reports.shared.topics import grouped
from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.place import Path
    from reconciler.planning.plan import Change, Plan
    from reconciler.receipts.compare import Attribution, Explained, Explanation

LONGEST = 80
SHORT_COMMIT = 12
NO_RECEIPT = (
    "Without a receipt reconciler cannot distinguish changes made elsewhere from manifests not applied yet: keep one "
    "with apply --receipt FILE, and name it here"
)
NOT_YET = "Nothing was applied with this receipt yet, so the causes of the differences are unknown"


@dataclass(frozen=True, slots=True)
class Words:
    """The causes of differences: ``origins`` and ``remarks`` by address (of orphans: ``Kind/ID``), and ``notes``."""

    origins: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()


def words(plan: Plan, explanation: Explanation | None, *, missing: str = "", since: datetime | None = None) -> Words:
    """Return the causes of a drift; ``missing`` is the reason for having none.

    ``since``: also mark the objects changed at that time or later, as far as the API returns times.
    """
    known = explanation.changes if explanation else {}
    remarks = {change.address: list(_remarks(change, known.get(change.address), since)) for change in plan}
    origins: dict[str, str] = {}
    if explanation:
        origins = {each.address: str(known[each.address].verdict.cause) for each in (*plan, *plan.later)}
        for orphan in plan.orphans:
            verdict = explanation.orphans[orphan.id]
            if verdict.cause is not Cause.UNAPPLIED:
                # A kept orphan does not wait for an apply.
                origins[orphan.address] = str(verdict.cause)
            remarks[orphan.address] = [verdict.because]
    waiting = [change for change in plan.later if change.waits and change.live]
    notes = list(_notes(explanation)) if explanation else [missing or NO_RECEIPT] if plan.changes or waiting else []
    notes += _untold(waiting, explanation)
    if since:
        notes.append(_since_note(plan, since))
    return Words(origins, {address: texts for address, texts in remarks.items() if texts}, notes)


def _remarks(change: Change, explained: Explained | None, since: datetime | None) -> Iterator[str]:
    if explained:
        if explained.verdict.because:
            yield explained.verdict.because
        yield from _about_fields(explained)
        if explained.entry and explained.entry.state != "missing":
            commit = explained.entry.revision
            when = "last as declared" if explained.entry.complete else "last applied, in part,"
            yield f"{when} {at(explained.entry.applied_at)}{f', by commit {commit[:SHORT_COMMIT]}' if commit else ''}"
    changed = _changed_at(change)
    if changed and (explained.verdict.cause is not Cause.UNAPPLIED if explained else since):
        new = f", so since {at(since.isoformat())}" if since and changed >= since else ""
        yield f"the live object was last changed {at(changed.isoformat())}{new}"
    if change.waits and (place := change.rollout):
        yield f"its correction waits in wave {place.wave} of {place.rollout}: {place.reason}"


def _untold(waiting: Sequence[Change], explanation: Explanation | None) -> Iterator[str]:
    """Yield for how many changes that wait nobody knows whether they were made necessary from outside."""
    known = explanation.changes if explanation else {}
    told = {Cause.OUTSIDE, Cause.BOTH, Cause.UNAPPLIED}
    count = sum(change.address not in known or known[change.address].verdict.cause not in told for change in waiting)
    if count:
        what = "1 object that waits" if count == 1 else f"{count} objects that wait"
        verb = "was" if count == 1 else "were"
        why = "this receipt does not show it" if explanation else "without a receipt nobody knows"
        yield f"Whether {what} in a rollout {verb} also changed outside is unknown: {why}"


def _about_fields(explained: Explained) -> Iterator[str]:
    """Yield a line for each field, unless one cause explains all."""
    causes = {verdict.cause for verdict in explained.fields.values()}
    for path, verdict in explained.fields.items():
        if len(causes) > 1 or verdict.cause in {Cause.BOTH, Cause.UNKNOWN} or verdict.because:
            known = verdict.applied if verdict.cause is Cause.BOTH else None
            applied = f" (applied was {shown(known.declared)})" if known else ""
            because = f" ({verdict.because})" if verdict.because else ""
            yield f"{named(path)}: {verdict.cause}{applied}{because}"


def _notes(explanation: Explanation) -> Iterator[str]:
    receipt = explanation.receipt
    by = f" by commit {receipt.revision[:SHORT_COMMIT]}" if receipt.revision else ""
    yield f"Causes by the receipt of the apply {at(receipt.applied_at or '')}{by}"
    for called, path in _by_field(explanation.agreed):
        yield f"{called}: {named(path)} became as declared without an apply that kept this receipt"
    for called, path in _by_field(explanation.unsent):
        yield (
            f"{called}: {named(path)} is another secret than was applied, and not applied yet; it is write-only, so "
            "only apply --resend-secrets sends it"
        )
    if explanation.dropped:
        names = listed([f"{called} {named(path)}" for called, path in _by_field(explanation.dropped)], 3)
        yield f"{DROPPED.capitalize()}, so no longer looked at: {names}"


def _by_field(found: Sequence[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """Yield each field with its address, or with how many have it where many do, and the first of these."""
    for path, each in grouped(found, lambda pair: pair[1]).items():
        addresses = [address for address, _ in each]
        if len(addresses) < ALIKE:
            yield from each
        else:
            yield f"{in_common(addresses)} ({first_of(addresses)})", path


def _since_note(plan: Plan, since: datetime) -> str:
    waiting = [change for change in plan.later if change.live]
    times = [_changed_at(change) for change in (*plan, *waiting)]
    count = sum(1 for time in times if time and time >= since)
    unknown = sum(1 for time in times if time is None)
    silent = f"; for {unknown} the API returns no time" if unknown else ""
    verb = "was" if count == 1 else "were"
    new = [each.address for each in waiting if (time := _changed_at(each)) and time >= since]
    apart = f", of which {len(new)} in a rollout ({listed(new, MOST_NAMED)})" if new else ""
    return f"{count} of the live objects that differ {verb} changed since {at(since.isoformat())}{apart}{silent}"


def _changed_at(change: Change) -> datetime | None:
    """Return when the live object was last changed, if the API returns it."""
    return moment(change.observed.updated_at if change.observed else None)


def moment(text: str | None) -> datetime | None:
    """Return a time from the API or a receipt, in UTC; ``None`` if it is no time."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def at(text: str) -> str:
    found = moment(text)
    return f"{found:%Y-%m-%d %H:%M:%S} UTC" if found else "at a time unknown"


def named(path: Path) -> str:
    """Return a field's path as people write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def shown(value: Any) -> str:
    """Return a remembered value in one short line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text or '""'
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def causes_document(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain data, for ``receipt`` in the JSON report of a drift."""
    receipt = explanation.receipt
    return {
        "appliedAt": receipt.applied_at,
        "revision": receipt.revision,
        "changes": [
            {
                "address": address,
                **_verdict_document(each.verdict),
                "appliedAt": each.entry.applied_at if each.entry else None,
                "revision": each.entry.revision if each.entry else None,
                "fields": [
                    {"path": list(path), **_verdict_document(verdict), **_applied_document(verdict)}
                    for path, verdict in each.fields.items()
                ],
            }
            for address, each in explanation.changes.items()
        ],
        "unclaimed": [
            {"id": identifier, **_verdict_document(verdict)} for identifier, verdict in explanation.orphans.items()
        ],
        "agreed": [{"address": address, "path": list(path)} for address, path in explanation.agreed],
        "unsent": [{"address": address, "path": list(path)} for address, path in explanation.unsent],
        "dropped": [{"address": address, "path": list(path)} for address, path in explanation.dropped],
    }


def _verdict_document(verdict: Attribution) -> dict[str, Any]:
    return {"cause": str(verdict.cause), "because": verdict.because}


def _applied_document(verdict: Attribution) -> dict[str, Any]:
    known = verdict.applied
    return {"applied": known.declared} if known and not known.sensitive else {}
