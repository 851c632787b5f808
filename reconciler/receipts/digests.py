"""Digests: they show whether a secret or a manifest changed, and a receipt holds neither.

Those of secrets are keyed. Without ``RECONCILER_FINGERPRINT_KEY`` a receipt has none of them: trying candidates would
reveal the secret of an unkeyed one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.secrets.secret import Unresolved, masked, reveal

if TYPE_CHECKING:
    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.place import Path
    from reconciler.planning.plan import Compared

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
