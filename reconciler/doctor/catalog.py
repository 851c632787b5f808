"""Every operation that the product can send, and the feature that needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import reconciler.kinds
from reconciler.doctor import operations as own_operations
from reconciler.doctor.probed import alert_operations, connection_operations, run_operations
from reconciler.doctor.probed import operations as probed_operations
from reconciler.model.operation import Operation
from reconciler.prismatic.fetch import activity_operations, identity_operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation, and the feature that a user loses without it."""

    operation: Operation
    feature: str


@cache
def catalog() -> tuple[Entry, ...]:
    """Return every operation that the product can send, queries first."""
    entries = [Entry(each, each.feature) for module in _modules() for each in _operations(module)]
    return tuple(sorted(entries, key=lambda entry: entry.operation.mutation))


def _modules() -> Iterator[ModuleType]:
    yield identity_operations
    yield own_operations
    yield activity_operations
    for found in walk_packages(reconciler.kinds.__path__, f"{reconciler.kinds.__name__}."):
        if found.name.endswith("operations"):
            yield import_module(found.name)
    yield from (probed_operations, alert_operations, connection_operations, run_operations)


def _operations(module: ModuleType) -> Iterator[Operation]:
    return (value for value in vars(module).values() if isinstance(value, Operation))
