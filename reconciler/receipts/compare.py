"""Three-way drift: the declared and the live value, each against those that a receipt recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.model.place import dotted
from reconciler.receipts.record import identity_digest, is_sensitive, manifest_digest, plain
from reconciler.secrets.secret import Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.place import Path
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Change, Compared, Plan
    from reconciler.receipts.receipt import Receipt, Remembered, ResourceRecord
    from reconciler.receipts.record import Digester

NO_KEY = "no secrets were recorded, since RECONCILER_FINGERPRINT_KEY was not set"
OTHER_KEY = "RECONCILER_FINGERPRINT_KEY is not the one that the secrets were recorded with"
UNSEEN = "no apply that kept this receipt wrote it or found it as declared"
UNRECORDED = "this receipt did not record its declaration"
DROPPED = "applied once and declared no more"
UNREADABLE = "whether it was changed elsewhere too is unknown, since it is write-only"


class Cause(StrEnum):
    """Why something is not as declared: in the words that are shown."""

    OUTSIDE = "changed outside"
    UNAPPLIED = "not applied yet"
    BOTH = "changed outside, and not applied yet"
    UNKNOWN = "cannot tell"
    UNSEEN = "unknown to this receipt"


@dataclass(frozen=True, slots=True)
class Attribution:
    """The cause of one difference; ``because`` adds details, ``applied`` is the recorded field."""

    cause: Cause
    because: str = ""
    applied: Remembered | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The cause of one change and of each of its fields; ``entry`` is the record of the resource."""

    verdict: Attribution
    fields: Mapping[Path, Attribution] = field(default_factory=dict)
    entry: ResourceRecord | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A drift explained by a receipt.

    ``changes`` by address and ``orphans`` by ID. ``agreed`` are fields that became as declared without an apply that
    kept the receipt. ``dropped`` are recorded fields that are no longer declared, so that nothing compares them.
    ``unsent`` are secrets declared anew since then that the API does not return for comparison.
    """

    receipt: Receipt
    changes: Mapping[str, Explained]
    orphans: Mapping[str, Attribution]
    agreed: Sequence[tuple[str, Path]] = ()
    dropped: Sequence[tuple[str, Path]] = ()
    unsent: Sequence[tuple[str, Path]] = ()

    @property
    def changed_outside(self) -> frozenset[str]:
        """The addresses of the resources that somebody changed outside, whatever else was not applied yet."""
        outside = {Cause.OUTSIDE, Cause.BOTH}
        return frozenset(address for address, each in self.changes.items() if each.verdict.cause in outside)


def explain(plan: Plan, receipt: Receipt, digester: Digester) -> Explanation:
    """Return the causes of a plan's differences by a receipt, also of those that wait in a rollout.

    The plan must include unchanged fields.
    """
    judge = _judge_of(plan, receipt, digester)
    return Explanation(
        receipt,
        {change.address: judge.change(change) for change in (*plan, *plan.later)},
        {each.id: judge.orphan(each.id) for each in plan.orphans},
        agreed=judge.all(judge.agreed),
        dropped=judge.all(judge.dropped),
        unsent=judge.all(judge.unsent),
    )


def dropped(plan: Plan, receipt: Receipt, digester: Digester) -> Sequence[tuple[str, Path]]:
    """Return the address and the path of each recorded field that is declared no more, so that nothing compares it.

    The plan must include unchanged fields.
    """
    judge = _judge_of(plan, receipt, digester)
    return judge.all(judge.dropped)


def _judge_of(plan: Plan, receipt: Receipt, digester: Digester) -> _Judge:
    by_id = {entry.id: address for address, entry in receipt.entries.items() if entry.id}
    # Resources that are still declared are looked up by their own address.
    by_identity = {
        (address.partition("/")[0], entry.identity): address
        for address, entry in receipt.entries.items()
        if entry.identity and address not in plan.compared
    }
    resends = bool(plan.inputs.get("resendSecrets"))
    return _Judge(receipt, digester, plan.compared, by_id, by_identity, resends)


@dataclass(frozen=True, slots=True)
class _Judge:
    receipt: Receipt
    digester: Digester
    compared: Mapping[str, Compared]
    by_id: Mapping[str, str]
    """By the ID of a live object: the address that it was applied as."""
    by_identity: Mapping[tuple[str, str], str]
    """The address of each recorded, no longer declared resource, by kind and identity digest."""
    resends: bool

    def change(self, change: Change) -> Explained:
        if change.source is None:
            return Explained(self.orphan(change.live.id if change.live else ""))
        address, entry = self._entry(change.address, change.live)
        if entry is None:
            return Explained(Attribution(Cause.UNSEEN, UNSEEN))
        if change.live is None or change.actions in {("forget",), ("delete",)} or entry.id != change.live.id:
            return Explained(self._whole(entry, change), entry=entry)
        fields = {each.path: self._field(address, each, entry) for each in change.fields}
        verdict = _together(fields.values()) if fields else self._left_over(entry, change)
        if address != change.address:
            verdict = replace(verdict, because="; ".join(filter(None, (f"applied as {address}", verdict.because))))
        return Explained(verdict, fields, entry)

    def _whole(self, entry: ResourceRecord, change: Change) -> Attribution:
        """Return the cause of a change that its fields do not explain: another object, or a deletion."""
        same = self._means_the_same(entry, change)
        if "forget" in change.actions:
            return Attribution(Cause.UNAPPLIED, "it was declared unmanaged since")
        if change.deletes:
            return self._present(entry, same=same)
        return self._missing(entry, same=same) if change.live is None else self._another(entry, same=same)

    def _entry(self, address: str, live: Live | None) -> tuple[str, ResourceRecord | None]:
        """Return the record of a resource, with its address at that time.

        The object counts, not its address: another manifest may have declared it. A missing object is found by the
        identity that the manifest declares.
        """
        own, compared = self.receipt.entries.get(address), self.compared.get(address)
        former: str | None = None
        if live and (own is None or own.id != live.id):
            former = self.by_id.get(live.id)
        elif live is None and own is None and compared:
            former = self.by_identity.get((address.partition("/")[0], identity_digest(compared)))
        return (former, self.receipt.entries[former]) if former else (address, own)

    def _means_the_same(self, entry: ResourceRecord, change: Change) -> bool | None:
        """Return whether the manifest means the same object as then; ``None`` if unknown."""
        compared = self.compared.get(change.address)
        if entry.identity is None or compared is None:
            # A receipt of format 1.0: an unchanged declaration means the same object.
            recorded = [each for each in change.fields if each.path in entry.fields and not is_sensitive(each)]
            same = all(plain(each.after) == entry.fields[each.path].declared for each in recorded)
            return True if recorded and same else None
        return entry.identity == identity_digest(compared)

    def orphan(self, identifier: str) -> Attribution:
        if identifier in self.by_id:
            return Attribution(Cause.UNAPPLIED, "its manifest is gone since it was applied")
        return Attribution(Cause.UNSEEN, UNSEEN)

    @staticmethod
    def _present(entry: ResourceRecord, *, same: bool | None) -> Attribution:
        if entry.state == "absent" and same is not False:
            return Attribution(Cause.OUTSIDE, "it was missing, and somebody created it again")
        if entry.state == "missing":
            return Attribution(Cause.BOTH, "it did not exist, somebody created it, and it was declared absent since")
        return Attribution(Cause.UNAPPLIED, "it was declared absent since")

    @staticmethod
    def _missing(entry: ResourceRecord, *, same: bool | None) -> Attribution:
        if entry.state == "absent":
            return Attribution(Cause.UNAPPLIED, "it was declared absent when it was last applied")
        if entry.state == "missing":
            return Attribution(Cause.UNAPPLIED, "the last apply did not create it")
        if same is None:
            return Attribution(
                Cause.UNSEEN, "it was deleted, or its manifest means another object since; " + UNRECORDED
            )
        if same:
            return Attribution(Cause.OUTSIDE, "it was deleted")
        return Attribution(Cause.UNAPPLIED, "its manifest means another object since it was applied")

    @staticmethod
    def _another(entry: ResourceRecord, *, same: bool | None) -> Attribution:
        if same is False:
            return Attribution(Cause.UNSEEN, "its manifest means another object since, and " + UNSEEN)
        if entry.state == "absent":
            return Attribution(Cause.BOTH, "it was declared absent when it was last applied, and somebody created it")
        if entry.state == "missing":
            return Attribution(Cause.BOTH, "the last apply did not create it, and somebody did")
        this = f"this is another object than the one that was applied ({entry.id})"
        return Attribution(Cause.OUTSIDE, this) if same else Attribution(Cause.UNSEEN, f"{this}; {UNRECORDED}")

    def _left_over(self, entry: ResourceRecord, change: Change) -> Attribution:
        """Return the cause of a change without different fields, such as a due deploy."""
        compared = self.compared.get(change.address)
        if not entry.complete:
            return Attribution(Cause.UNAPPLIED, "the last apply did not get so far")
        if entry.manifest is None or compared is None:
            return Attribution(Cause.UNSEEN, UNRECORDED)
        if self.receipt.key_check != self.digester.check:
            return Attribution(Cause.UNKNOWN, OTHER_KEY if self.receipt.key_check else NO_KEY)
        nothing = "nothing was left to be done when it was last applied"
        if entry.manifest != manifest_digest(compared):
            return Attribution(Cause.UNKNOWN, f"{nothing}, and its manifest changed since")
        return Attribution(Cause.OUTSIDE, nothing)

    def _field(self, address: str, change: FieldChange, entry: ResourceRecord) -> Attribution:
        known = entry.fields.get(change.path)
        if known is None:
            return self._unrecorded(change.path, entry)
        if known.sensitive != is_sensitive(change):
            return Attribution(Cause.UNKNOWN, "only on one of the two occasions it was a secret")
        if known.sensitive:
            return self._secret(address, change, known)
        declared = plain(change.after) != known.declared
        live = plain(change.before) != known.live
        return Attribution(_cause(declared=declared, live=live), applied=known)

    @staticmethod
    def _unrecorded(path: Path, entry: ResourceRecord) -> Attribution:
        """Return the cause of a difference in a field without a record."""
        names = {dotted(path[:length]) for length in range(1, len(path) + 1)}
        if names.intersection(entry.unknown):
            return Attribution(Cause.UNSEEN, "it was ignored, or not read back, when it was last applied")
        if entry.complete and not entry.fields:
            return Attribution(Cause.UNSEEN, "nothing of its fields was recorded")
        if entry.complete and entry.manifest is None:
            return Attribution(Cause.UNSEEN, UNRECORDED)
        return Attribution(Cause.UNAPPLIED, "it was not declared, or not applied, before")

    def _secret(self, address: str, change: FieldChange, known: Remembered) -> Attribution:
        if self.receipt.key_check is None or known.declared is None:
            return Attribution(Cause.UNKNOWN, NO_KEY)
        if self.receipt.key_check != self.digester.check:
            return Attribution(Cause.UNKNOWN, OTHER_KEY)
        if isinstance(change.after, Unresolved):
            return Attribution(Cause.UNKNOWN, "secrets are not resolved (--without-secrets)")
        after = self.digester.digest(address, change.path, change.after)
        before = self.digester.digest(address, change.path, change.before)
        if before is None and known.live is None:
            if after != known.declared:
                return Attribution(Cause.UNAPPLIED, UNREADABLE)
            if self.resends:
                return Attribution(Cause.UNKNOWN, "it is written again for --resend-secrets")
        return Attribution(_cause(declared=after != known.declared, live=before != known.live or before is None))

    def all(self, found: Callable[[str, Compared], Iterable[Path]]) -> list[tuple[str, Path]]:
        """Return the addresses and paths of the fields that one of the following functions finds in each resource."""
        return [(address, path) for address, each in self.compared.items() for path in found(address, each)]

    def agreed(self, address: str, compared: Compared) -> Iterable[Path]:
        """Yield the fields that are as declared now, but differ from the recorded declared and live values."""
        _, entry = self._entry(address, compared.live)
        if entry is None or compared.live is None or entry.id != compared.live.id:
            return
        for each in compared.same:
            known = entry.fields.get(each.path)
            if known is None or known.sensitive or is_sensitive(each):
                continue
            if plain(each.after) != known.declared and plain(each.before) != known.live:
                yield each.path

    def unsent(self, address: str, compared: Compared) -> Iterable[Path]:
        """Yield the secrets that no plan can compare, and that are declared with another value than was applied."""
        former, entry = self._entry(address, compared.live)
        keyed = self.receipt.key_check is not None and self.receipt.key_check == self.digester.check
        for each in compared.same if entry and keyed else ():
            known = entry.fields.get(each.path) if entry else None
            if known is None or known.declared is None or each.before is not None or not is_sensitive(each):
                continue
            now = self.digester.digest(former, each.path, each.after)
            if now is not None and now != known.declared:
                yield each.path

    def dropped(self, address: str, compared: Compared) -> Iterable[Path]:
        """Yield the recorded fields that are no longer compared."""
        _, entry = self._entry(address, compared.live)
        if entry is None or compared.live is None or not compared.resource.lifecycle.managed:
            return
        looked_at = {each.path for each in (*compared.same, *compared.differing)}
        yield from (path for path in entry.fields if path not in looked_at)


def _cause(*, declared: bool, live: bool) -> Cause:
    """Return the cause of a difference by the sides that differ from the record."""
    if declared and live:
        return Cause.BOTH
    if declared:
        return Cause.UNAPPLIED
    return Cause.OUTSIDE if live else Cause.UNKNOWN


def _together(verdicts: Collection[Attribution]) -> Attribution:
    """Return the cause of a change from the causes of its fields."""
    causes = {verdict.cause for verdict in verdicts}
    outside = bool(causes & {Cause.OUTSIDE, Cause.BOTH})
    unapplied = bool(causes & {Cause.UNAPPLIED, Cause.BOTH})
    if not outside and not unapplied and Cause.UNSEEN in causes:
        return Attribution(Cause.UNSEEN)
    return Attribution(_cause(declared=unapplied, live=outside))
