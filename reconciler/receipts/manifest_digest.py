"""Digests of a manifest: they show whether it is the applied one, without its content."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from reconciler.secrets.secret import masked

if TYPE_CHECKING:
    from reconciler.planning.plan import Compared

LENGTH = 24


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
