"""Drift, three-way: what is declared and what is live, each against what a receipt remembers of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.kinds.secret import Unresolved
from reconciler.receipts.record import is_sensitive, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.kinds.kind import FieldChange
    from reconciler.kinds.resource import Path
    from reconciler.planning.plan import Change, Compared, Plan, Unclaimed
    from reconciler.receipts.digests import Digester
    from reconciler.receipts.receipt import Entry, Receipt, Remembered

NO_KEY = "no secrets were recorded, since RECONCILER_FINGERPRINT_KEY was not set"
OTHER_KEY = "RECONCILER_FINGERPRINT_KEY is not the one that the secrets were recorded with"
UNREADABLE = "whether it was changed outside as well cannot be told, since it is write-only"


class Cause(StrEnum):
    """Why something is not as declared: in the words that are shown."""

    OUTSIDE = "changed outside"
    UNAPPLIED = "not applied yet"
    BOTH = "changed outside, and not applied yet"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The cause of one difference; ``because`` says more, ``applied`` is what the receipt remembers of it."""

    cause: Cause
    because: str = ""
    applied: Remembered | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The cause of one change, and of each of its fields. ``entry``: what is remembered of the resource."""

    verdict: Verdict
    fields: Mapping[Path, Verdict] = field(default_factory=dict)
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A drift in the light of a receipt.

    ``changes`` by address and ``unclaimed`` by ID; ``agreed`` are fields that were changed outside to just what is
    declared now, ``dropped`` those that are remembered and no longer declared, so that nobody looks at them, and
    ``unsent`` secrets that are declared anew since and that the API gives nobody to compare.
    """

    receipt: Receipt
    changes: Mapping[str, Explained]
    unclaimed: Mapping[str, Verdict]
    agreed: Sequence[tuple[str, Path]] = ()
    dropped: Sequence[tuple[str, Path]] = ()
    unsent: Sequence[tuple[str, Path]] = ()


def explain(plan: Plan, receipt: Receipt, digester: Digester) -> Explanation:
    """Return what a receipt tells of a plan's differences; the plan holds every comparison in full."""
    judge = _Judge(receipt, digester, resends=bool(plan.inputs.get("resendSecrets")))
    return Explanation(
        receipt,
        {change.address: judge.change(change) for change in plan},
        {each.id: judge.unclaimed(each) for each in plan.unclaimed},
        agreed=[pair for address, each in plan.compared.items() for pair in judge.agreed(address, each)],
        dropped=[pair for address, each in plan.compared.items() for pair in judge.dropped(address, each)],
        unsent=[pair for address, each in plan.compared.items() for pair in judge.unsent(address, each)],
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    receipt: Receipt
    digester: Digester
    resends: bool

    def change(self, change: Change) -> Explained:
        if change.source is None:
            return Explained(self._stray(change.live.id if change.live else ""))
        entry = self.receipt.entries.get(change.address)
        if entry is None:
            return Explained(Verdict(Cause.UNAPPLIED, "it was never applied"), entry=None)
        if change.deletes:
            return Explained(self._present(entry), entry=entry)
        if change.live is None:
            return Explained(self._missing(entry), entry=entry)
        if entry.id != change.live.id:
            return Explained(self._another(entry), entry=entry)
        fields = {each.path: self._field(change.address, each, entry) for each in change.fields}
        verdict = _together(fields.values()) if fields else self._left_over(entry)
        return Explained(verdict, fields, entry)

    def unclaimed(self, found: Unclaimed) -> Verdict:
        return self._stray(found.id)

    def _stray(self, identifier: str) -> Verdict:
        """Judge what carries our label and is in no manifest."""
        if any(entry.id == identifier for entry in self.receipt.entries.values()):
            return Verdict(Cause.UNAPPLIED, "its manifest is gone since it was applied")
        return Verdict(Cause.OUTSIDE, "no apply left it here")

    @staticmethod
    def _present(entry: Entry) -> Verdict:
        if entry.state == "absent":
            return Verdict(Cause.OUTSIDE, "it was gone, and somebody created it again")
        return Verdict(Cause.UNAPPLIED, "it was declared absent since")

    @staticmethod
    def _missing(entry: Entry) -> Verdict:
        if entry.state == "absent":
            return Verdict(Cause.UNAPPLIED, "it was declared absent when it was last applied")
        return Verdict(Cause.OUTSIDE, "it was deleted")

    @staticmethod
    def _another(entry: Entry) -> Verdict:
        if entry.state == "absent":
            return Verdict(Cause.BOTH, "it was declared absent when it was last applied, and somebody created it")
        return Verdict(Cause.OUTSIDE, f"this is another object than the one that was applied ({entry.id})")

    @staticmethod
    def _left_over(entry: Entry) -> Verdict:
        """Judge a change of which no field differs, such as a deploy that is due."""
        if entry.complete:
            return Verdict(Cause.OUTSIDE, "nothing was left to be done when it was last applied")
        return Verdict(Cause.UNAPPLIED, "the last apply did not get so far")

    def _field(self, address: str, change: FieldChange, entry: Entry) -> Verdict:
        known = entry.fields.get(change.path)
        if known is None and entry.complete and not entry.fields:
            return Verdict(Cause.UNKNOWN, "nothing of its fields was recorded")
        if known is None:
            return Verdict(Cause.UNAPPLIED, "it was not declared, or not applied, before")
        if known.sensitive != is_sensitive(change):
            return Verdict(Cause.UNKNOWN, "only on one of the two occasions it was a secret")
        if known.sensitive:
            return self._secret(address, change, known)
        declared = plain(change.after) != known.declared
        live = plain(change.before) != known.live
        return Verdict(_cause(declared=declared, live=live), applied=known)

    def _secret(self, address: str, change: FieldChange, known: Remembered) -> Verdict:
        if self.receipt.key_check is None or known.declared is None:
            return Verdict(Cause.UNKNOWN, NO_KEY)
        if self.receipt.key_check != self.digester.check:
            return Verdict(Cause.UNKNOWN, OTHER_KEY)
        if isinstance(change.after, Unresolved):
            return Verdict(Cause.UNKNOWN, "secrets are not resolved (--without-secrets)")
        after = self.digester.digest(address, change.path, change.after)
        before = self.digester.digest(address, change.path, change.before)
        if before is None and known.live is None:
            if after != known.declared:
                return Verdict(Cause.UNAPPLIED, UNREADABLE)
            if self.resends:
                return Verdict(Cause.UNKNOWN, "it is written again for --resend-secrets")
        return Verdict(_cause(declared=after != known.declared, live=before != known.live or before is None))

    def agreed(self, address: str, compared: Compared) -> Iterable[tuple[str, Path]]:
        """Yield what is right, and neither as it was declared nor as it was live."""
        entry = self.receipt.entries.get(address)
        if entry is None or compared.live is None or entry.id != compared.live.id:
            return
        for each in compared.same:
            known = entry.fields.get(each.path)
            if known is None or known.sensitive or is_sensitive(each):
                continue
            if plain(each.after) != known.declared and plain(each.before) != known.live:
                yield address, each.path

    def unsent(self, address: str, compared: Compared) -> Iterable[tuple[str, Path]]:
        """Yield the secrets that no plan can compare, and that are declared with another value than was applied."""
        entry = self.receipt.entries.get(address)
        keyed = self.receipt.key_check is not None and self.receipt.key_check == self.digester.check
        for each in compared.same if entry and keyed else ():
            known = entry.fields.get(each.path) if entry else None
            if known is None or known.declared is None or each.before is not None or not is_sensitive(each):
                continue
            now = self.digester.digest(address, each.path, each.after)
            if now is not None and now != known.declared:
                yield address, each.path

    def dropped(self, address: str, compared: Compared) -> Iterable[tuple[str, Path]]:
        """Yield what is remembered and compared no more."""
        entry = self.receipt.entries.get(address)
        if entry is None or compared.live is None:
            return
        looked_at = {each.path for each in (*compared.same, *compared.differing)}
        yield from ((address, path) for path in entry.fields if path not in looked_at)


def _cause(*, declared: bool, live: bool) -> Cause:
    """Return the cause of a difference by which sides are not what is remembered."""
    if declared and live:
        return Cause.BOTH
    if declared:
        return Cause.UNAPPLIED
    return Cause.OUTSIDE if live else Cause.UNKNOWN


def _together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the cause of a change from those of its fields."""
    causes = {verdict.cause for verdict in verdicts}
    outside = bool(causes & {Cause.OUTSIDE, Cause.BOTH})
    unapplied = bool(causes & {Cause.UNAPPLIED, Cause.BOTH})
    return Verdict(_cause(declared=unapplied, live=outside))
