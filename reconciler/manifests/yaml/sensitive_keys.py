"""Keys of manifests whose values may be secrets: those of every kind, and those of the Project."""

from __future__ import annotations

from functools import cache

from reconciler.kinds.registry import default_registry

ALWAYS = frozenset({"valueFrom", "variables", "values", "defaults"})
"""The keys of every document below which no message quotes a value."""


@cache
def sensitive_keys() -> frozenset[str]:
    """Return the keys of manifests below which no message quotes a value."""
    return ALWAYS.union(*(kind.spec.hidden_keys for kind in default_registry()))
