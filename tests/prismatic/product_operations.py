"""Every GraphQL operation that the product can send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import reconciler
from reconciler.model.operation import parse_operations

if TYPE_CHECKING:
    from reconciler.model.operation import Operation


def product_operations() -> list[Operation]:
    """Return the operations in all ``*.graphql`` files of the product; the sandbox has its own."""
    package = Path(reconciler.__file__).parent
    files = [file for file in sorted(package.rglob("*.graphql")) if not file.is_relative_to(package / "sandbox")]
    return [each for file in files for each in parse_operations(file.read_text(encoding="utf-8")).values()]
