"""Keys of manifests whose values may be secrets: those of every kind, and those of the Project."""

from __future__ import annotations

from functools import cache

from reconciler.kinds.registry import default_registry


@cache
def sensitive_keys() -> frozenset[str]:
    """Return the keys below which no value is quoted."""
    return frozenset({"valueFrom", "variables"}).union(*(kind.spec.hidden_keys for kind in default_registry()))
