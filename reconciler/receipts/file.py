"""The receipt's file, ``schemas/receipt.schema.json``: versioned JSON that only its owner can read.

A write replaces the whole file or nothing, so that a killed run leaves the former receipt.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.errors import UsageError
from reconciler.receipts.receipt import Notified, Receipt, Remembered, ResourceRecord, Scope
from reconciler.text.escape import json_text
from reconciler.writing.outputs import output_of_receipt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path as FilePath

FORMAT_VERSION = "1.1"
LARGEST_FILE = 256 * 1024 * 1024
WHAT = {"url": "stack", "organization_id": "organization", "project": "project", "environment": "environment"}


def load_receipt(path: FilePath, scope: Scope | None) -> Receipt | None:
    """Return the receipt of a file, or ``None`` for a missing or empty file.

    Raises ``UsageError`` for a file that is no receipt, has a newer major version, or belongs to another ``scope``: it
    would explain one tenant by another. Without a scope any receipt is accepted.
    """
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"--receipt {path}: cannot be read: it is not a file")
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"--receipt {path}: too large to be a receipt")
        text = path.read_text(encoding="utf-8-sig")
        if not text.strip():
            return None
        document = json.loads(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"--receipt {path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(
            f"--receipt {path}: this is not a receipt; expected the JSON that 'reconciler apply --receipt' writes"
        ) from None
    receipt = _receipt(document, path)
    for key, what in WHAT.items() if scope else ():
        theirs, ours = getattr(receipt.scope, key), getattr(scope, key)
        if theirs != ours:
            raise UsageError(
                f"--receipt {path}: it is of another {what}: {theirs!r}, and this is {ours!r}; use one file for each"
            )
    return receipt


def save_receipt(receipt: Receipt, path: FilePath) -> None:
    """Replace the file; raises ``UsageError`` when that is not possible, and the old one is still there then."""
    output_of_receipt(path).write(json_text(receipt_document(receipt)))


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt in its documented format."""
    scope, notified = receipt.scope, receipt.notified
    return {
        "formatVersion": FORMAT_VERSION,
        "reconcilerVersion": __version__,
        "tenant": {"url": scope.url, "organizationId": scope.organization_id, "organization": scope.organization},
        "project": scope.project,
        "environment": scope.environment,
        "appliedAt": receipt.applied_at,
        "revision": receipt.revision,
        "keyCheck": receipt.key_check,
        "resources": [_entry_document(address, entry) for address, entry in receipt.entries.items()],
        "told": {"at": notified.at, "digest": notified.digest, "differences": notified.differences}
        if notified
        else None,
    }


def _entry_document(address: str, entry: ResourceRecord) -> dict[str, Any]:
    return {
        "address": address,
        "state": entry.state,
        "id": entry.id,
        "appliedAt": entry.applied_at,
        "revision": entry.revision,
        "complete": entry.complete,
        "identity": entry.identity,
        "manifest": entry.manifest,
        **({"unknown": list(entry.unknown)} if entry.unknown else {}),
        "fields": [
            {
                "path": list(path),
                "declared": known.declared,
                # Nearly always equal; written once, it halves the file.
                **({} if known.live == known.declared and not known.sensitive else {"live": known.live}),
                **({"sensitive": True} if known.sensitive else {}),
                **({"shown": True} if known.shown else {}),
            }
            for path, known in entry.fields.items()
        ],
        **({"onceSecret": sorted(map(list, entry.once_secret), key=str)} if entry.once_secret else {}),
    }


def _receipt(document: Any, path: FilePath) -> Receipt:
    version = document.get("formatVersion") if isinstance(document, dict) else None
    if not isinstance(version, str):
        raise UsageError(f"--receipt {path}: this is not a receipt; it has no formatVersion")
    if version.split(".")[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        raise UsageError(
            f"--receipt {path}: its format is {version}, this version of reconciler knows {FORMAT_VERSION}; use a "
            "newer reconciler, or another file"
        )
    try:
        return _read(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"--receipt {path}: this is not a whole receipt ({error}); it was changed by hand?") from None


def _read(document: Mapping[str, Any]) -> Receipt:
    tenant, notified = document["tenant"], document.get("told")
    scope = Scope(
        tenant["url"], tenant["organizationId"], tenant["organization"], document["project"], document["environment"]
    )
    return Receipt(
        scope,
        _text_or_none(document["appliedAt"]),
        _text_or_none(document["revision"]),
        _text_or_none(document["keyCheck"]),
        {_text(each["address"]): _entry(each) for each in document["resources"]},
        Notified(_text(notified["at"]), _text(notified["digest"]), notified["differences"]) if notified else None,
    )


def _entry(each: Mapping[str, Any]) -> ResourceRecord:
    fields = {tuple(map(_step, known["path"])): _remembered(known) for known in each["fields"]}
    identifier, revision = _text_or_none(each["id"]), _text_or_none(each["revision"])
    return ResourceRecord(
        each["state"],
        identifier,
        _text(each["appliedAt"]),
        revision,
        each["complete"],
        fields,
        tuple(map(_text, each.get("unknown", ()))),
        _text_or_none(each.get("identity")),
        _text_or_none(each.get("manifest")),
        frozenset(tuple(map(_step, path)) for path in each.get("onceSecret", ())),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where there must be text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _step(value: Any) -> str | int:
    return value if isinstance(value, int) else _text(value)


def _remembered(known: Mapping[str, Any]) -> Remembered:
    sensitive = bool(known.get("sensitive"))
    live = known.get("live", None if sensitive else known["declared"])
    return Remembered(known["declared"], live, sensitive, bool(known.get("shown")))
