"""The product's kinds: every folder beside this file that has a ``kind.py`` with a ``KIND``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.model.kind import Registry

if TYPE_CHECKING:
    from reconciler.model.kind import Kind


@cache
def default_registry() -> Registry:
    """Return the product's kinds, those of a lower level first."""
    names = (file.parent.name for file in Path(__file__).parent.glob("*/kind.py"))
    kinds: list[Kind] = [import_module(f"{__package__}.{name}.kind").KIND for name in names]
    return Registry({kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.level, kind.name))})
