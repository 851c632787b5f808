"""Every GraphQL operation that the product can send."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import reconciler
from reconciler.model.operation import Operation


def product_operations() -> list[Operation]:
    """Return the operations in all generated modules of the product."""
    package = Path(reconciler.__file__).parent
    files = [file.relative_to(package.parent) for file in sorted(package.rglob("*operations.py"))]
    modules = [import_module(".".join(file.with_suffix("").parts)) for file in files]
    return [each for module in modules for each in vars(module).values() if isinstance(each, Operation)]
