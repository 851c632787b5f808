"""Recording an apply in a receipt: fields that are as declared move forward, all others keep their record.

Digests show whether a secret or a manifest changed, and a receipt holds neither. Those of secrets are keyed. Without
``RECONCILER_FINGERPRINT_KEY`` a receipt has none of them: trying candidates would reveal the secret of an unkeyed one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from reconciler.applying.payload import MAYBE
from reconciler.model.place import dotted
from reconciler.receipts.receipt import Remembered, ResourceRecord
from reconciler.secrets.secret import Secret, Unresolved, contains, masked, reveal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.place import Path
    from reconciler.planning.plan import Compared, Plan
    from reconciler.receipts.receipt import Receipt

LENGTH = 24


@dataclass(frozen=True, slots=True)
class Digester:
    """Makes digests within one organization; ``maker`` is ``None`` without a key."""

    maker: Fingerprinter | None
    organization_id: str

    @property
    def check(self) -> str | None:
        """Return a check value that distinguishes keys and reveals none."""
        return self.maker.tag("receipts", "check") if self.maker else None

    def digest(self, address: str, path: Path, value: Any) -> str | None:
        """Return the digest of one field's value; ``None`` for no value, an unresolved one, and without a key.

        The same value has different digests in different fields. The order of a list of secrets does not count.
        """
        if value is None or isinstance(value, Unresolved) or self.maker is None:
            return None
        opened = reveal(value)
        if isinstance(opened, list):
            opened = sorted(opened, key=str)
        text = json.dumps(opened, ensure_ascii=False, sort_keys=True, default=str)
        return self.maker.within("receipts", self.organization_id, address).tag(json.dumps(list(path)), text)


def identity_digest(compared: Compared) -> str:
    """Return a digest that stays equal as long as the manifest means the same object."""
    return _digest(compared.identity)


def manifest_digest(compared: Compared) -> str:
    """Return a digest that stays equal as long as the manifest and the object's owner do; it leaves secrets out."""
    lifecycle = compared.resource.lifecycle
    said = {
        "spec": masked(compared.resource.spec, "(sensitive)"),
        "lifecycle": [
            lifecycle.prevent_destroy,
            sorted(lifecycle.ignore_changes),
            lifecycle.absent,
            lifecycle.unmanaged,
        ],
        "label": compared.label,
    }
    return _digest(json.dumps(said, sort_keys=True, ensure_ascii=True, default=str))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was applied, and from which commit."""

    at: str
    revision: str | None


def record(before: Receipt, applied: Applied, digester: Digester, moment: Moment) -> Receipt:
    """Return the receipt after an apply: the former one, updated with everything that is as declared now.

    Failed, skipped and untargeted resources keep their record, field by field.
    """
    kept = before.entries if before.key_check == digester.check else without_digests(before.entries)
    entries = {address: entry for address, entry in kept.items() if applied.keeps(address, entry)}
    for address, compared in applied.compared.items():
        lifecycle = compared.resource.lifecycle
        if lifecycle.unmanaged:
            if compared.settled:
                entries.pop(address, None)
            continue
        entry = (
            applied.absent(compared, moment)
            if lifecycle.absent
            else _unsure(compared, kept.get(address))
            if address in applied.unsure
            else _present(compared, kept.get(address), digester, moment)
        )
        if entry:
            entries[address] = entry
        elif address in applied.unsure and not lifecycle.absent:
            entries.pop(address, None)
    return replace(
        before,
        applied_at=moment.at,
        revision=moment.revision,
        key_check=digester.check,
        entries=dict(sorted(entries.items())),
    )


@dataclass(frozen=True, slots=True)
class Applied:
    """The knowledge after an apply.

    ``compared`` are the latest comparisons, ``deleted`` the addresses of deleted objects, ``left`` the IDs of orphans,
    ``unsure`` the addresses that were written, or may have been, and not read back. ``partial``: the run did not cover
    all resources.
    """

    compared: Mapping[str, Compared]
    deleted: frozenset[str]
    left: frozenset[str]
    unsure: frozenset[str]
    partial: bool

    @classmethod
    def of(cls, plan: Plan, results: Sequence[Result], declared: Iterable[str], *, whole: bool) -> Self:
        """Return the knowledge from a plan and its results, which must include unchanged fields.

        ``declared`` are the addresses of all manifests read; ``whole``: these are all manifests, and all were targeted.
        """
        found = dict(plan.compared)
        found.update({result.change.address: result.compared for result in results if result.compared})
        deleted = frozenset(result.change.address for result in results if result.change.deletes and result.ok)
        spared = (change.live.id for change in plan if change.live and change.address not in deleted)
        left = frozenset([*(each.id for each in plan.orphans), *spared])
        unsure = frozenset(result.change.address for result in results if _is_unsure(result))
        return cls(found, deleted, left, unsure, partial=not whole or not found.keys() >= set(declared))

    def keeps(self, address: str, entry: ResourceRecord) -> bool:
        """Return whether an entry stays: it goes with its manifest, unless its object still exists and is owned."""
        return self.partial or address in self.compared or entry.id in self.left

    def absent(self, compared: Compared, moment: Moment) -> ResourceRecord | None:
        gone = compared.live is None or compared.resource.address in self.deleted
        if not gone:
            return None
        identity, manifest = identity_digest(compared), manifest_digest(compared)
        return ResourceRecord("absent", None, moment.at, moment.revision, identity=identity, manifest=manifest)


def _is_unsure(result: Result) -> bool:
    """Return whether a change was carried out, or may have been, with an unknown result."""
    return result.compared is None and (bool(result.done) or any(MAYBE in message for message in result.messages))


def without_forgotten(receipt: Receipt, results: Iterable[Result]) -> Receipt:
    """Return the receipt without released objects, which no longer concern this project."""
    gone = [result.change for result in results if "forget" in result.change.actions and result.ok]
    addresses = {change.address for change in gone}
    ids = {change.live.id for change in gone if change.live}
    kept = {
        address: entry for address, entry in receipt.entries.items() if address not in addresses and entry.id not in ids
    }
    return replace(receipt, entries=kept)


def _present(
    compared: Compared, before: ResourceRecord | None, digester: Digester, moment: Moment
) -> ResourceRecord | None:
    """Return a resource's entry: fresh values for fields that are as declared, the former record for the others."""
    identity, manifest = identity_digest(compared), manifest_digest(compared)
    if compared.live is None:
        # A missing object keeps its record: it is gone, no matter who deleted it.
        remembered_live = before is not None and before.state == "present"
        missing = ResourceRecord("missing", None, moment.at, None, complete=False, identity=identity, manifest=manifest)
        return None if remembered_live else missing
    address = compared.resource.address
    earlier = before if before and before.id == compared.live.id else None
    known = earlier.fields if earlier else {}
    # An unresolved secret was not touched, so its record stays.
    kept = [*compared.differing, *(each for each in compared.same if isinstance(each.after, Unresolved))]
    fields = dict(remembered(address, compared.same, digester))
    fields.update({each.path: known[each.path] for each in kept if each.path in known})
    if earlier and not compared.settled:
        moment = Moment(earlier.applied_at, earlier.revision)
    return ResourceRecord(
        "present",
        compared.live.id,
        moment.at,
        moment.revision,
        compared.settled,
        dict(sorted(fields.items(), key=lambda item: [(isinstance(step, str), step) for step in item[0]])),
        tuple(sorted(compared.resource.lifecycle.ignore_changes)),
        identity,
        manifest,
        _once_secret(earlier, fields),
    )


def _unsure(compared: Compared, before: ResourceRecord | None) -> ResourceRecord | None:
    """Return the entry of a resource whose fields were perhaps written: without these fields."""
    if before is None or compared.live is None or before.id != compared.live.id:
        return None
    written = {each.path for each in compared.differing}
    fields = {path: known for path, known in before.fields.items() if path not in written}
    unknown = {*before.unknown, *(dotted(path) for path in written)}
    return replace(
        before,
        complete=False,
        fields=fields,
        unknown=tuple(sorted(unknown)),
        once_secret=_once_secret(before, fields),
    )


def _once_secret(earlier: ResourceRecord | None, fields: Mapping[Path, Remembered]) -> frozenset[Path]:
    """Return the fields that were secret before, and of which nothing else is remembered now."""
    if earlier is None:
        return frozenset()
    secret = {path for path, known in earlier.fields.items() if known.hides_live}
    return frozenset((earlier.once_secret | secret) - fields.keys())


def remembered(address: str, fields: Iterable[FieldChange], digester: Digester) -> Iterator[tuple[Path, Remembered]]:
    """Yield the fields as they are kept, with no secret in them."""
    for each in fields:
        if is_sensitive(each):
            declared = digester.digest(address, each.path, each.after)
            live = digester.digest(address, each.path, each.before)
            yield each.path, Remembered(declared, live, sensitive=True, shown=_is_shown(each.after))
        else:
            yield each.path, Remembered(plain(each.after), plain(each.before))


def _is_shown(declared: Any) -> bool:
    """Return whether a declared value is shown; of a field that is as declared, the live one is the same text."""
    return isinstance(declared, Secret) and declared.shown


def is_sensitive(change: FieldChange) -> bool:
    """Return whether a field is secret on either side."""
    return change.sensitive or contains((change.before, change.after), Secret)


def plain(value: Any) -> Any:
    """Return a value as JSON returns it, so that it is comparable with one read from a file."""
    return json.loads(json.dumps(value, ensure_ascii=False, default=str))


def without_digests(entries: Mapping[str, ResourceRecord]) -> dict[str, ResourceRecord]:
    """Return the entries without digests of another key, which are not comparable."""
    return {
        address: replace(
            entry,
            fields={
                path: replace(known, declared=None, live=None) if known.sensitive else known
                for path, known in entry.fields.items()
            },
        )
        for address, entry in entries.items()
    }
