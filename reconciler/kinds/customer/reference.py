"""How a user or an instance names its customer: by a manifest's handle, or one that is in no manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.spec import NAME
from reconciler.model.resource import Reference

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

PATH = ("customer",)


def references(spec: Mapping[str, Any]) -> list[Reference]:
    """Return the reference to a customer of the manifests, if it is one."""
    named = spec.get("customer")
    return [Reference(PATH, NAME, named)] if isinstance(named, str) else []


def reference_key(named: Any) -> Hashable:
    """Return the key of a spec's ``customer``, which is part of the identity of its children."""
    return tuple(sorted(named.items())) if isinstance(named, dict) else named


def reference_shard_key(spec: Mapping[str, Any]) -> Hashable:
    """Return what identifies a customer that is in no manifest, as its own manifest would; one key without any."""
    named = spec.get("customer")
    return next(iter(named.items())) if isinstance(named, dict) else ("customer", named)


def reference_name(spec: Mapping[str, Any]) -> str:
    """Return what to call a customer that is in no manifest."""
    named = spec.get("customer")
    return str(next(iter(named.values()))) if isinstance(named, dict) else str(named or "")
