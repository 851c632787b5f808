"""Digests of a manifest: they show whether it is the applied one, without its content."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from reconciler.secrets.secret import JsonText, Secret, Unresolved

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
        "spec": _open(compared.resource.spec),
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


def _open(value: Any) -> Any:
    """Return a value with the same mark in the place of every secret, resolved or not."""
    if isinstance(value, (Secret, Unresolved, JsonText)):
        return "(sensitive)"
    if isinstance(value, dict):
        return {str(key): _open(item) for key, item in value.items()}
    return [_open(item) for item in value] if isinstance(value, (list, tuple)) else value
