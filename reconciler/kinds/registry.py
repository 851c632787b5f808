"""The kinds there are: every module of this package that has a ``KIND``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import reconciler.kinds
from reconciler.kinds.kind import Kind, Registry


@cache
def default_registry() -> Registry:
    """Return the product's kinds, those of a lower level first."""
    modules = (import_module(f"reconciler.kinds.{found.name}") for found in iter_modules(reconciler.kinds.__path__))
    kinds = [kind for module in modules if isinstance(kind := getattr(module, "KIND", None), Kind)]
    return Registry({kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.level, kind.name))})
