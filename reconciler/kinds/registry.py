"""The kinds there are: every folder of this package whose ``kind.py`` has a ``KIND``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import reconciler.kinds
from reconciler.model.kind import Registry

if TYPE_CHECKING:
    from reconciler.model.kind import Kind

SHARED = frozenset({"shared", "variables", "integration"})
"""Folders that several kinds share, and that are no kind."""


@cache
def default_registry() -> Registry:
    """Return the product's kinds, those of a lower level first."""
    folders = (found.name for found in iter_modules(reconciler.kinds.__path__) if found.ispkg)
    modules = (import_module(f"reconciler.kinds.{name}.kind") for name in folders if name not in SHARED)
    kinds: list[Kind] = [module.KIND for module in modules]
    return Registry({kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.level, kind.name))})
