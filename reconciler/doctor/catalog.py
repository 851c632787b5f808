"""Every operation that the product can send, and the feature that needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import reconciler.kinds
from reconciler.model.operation import Operation
from reconciler.prismatic.fetch import identity_operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from reconciler.model.kind import Kind

_VERBS: Mapping[str, str] = {"create": "creating", "update": "changing", "delete": "deleting", "mayAdd": "creating"}
_NAME = re.compile(r"(create|update|delete|mayAdd)[A-Z]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation, and the feature that a user loses without it."""

    operation: Operation
    feature: str


@cache
def catalog() -> tuple[Entry, ...]:
    """Return every operation that the product can send, queries first."""
    entries = [
        Entry(operation, _feature(operation, module)) for module in _modules() for operation in _operations(module)
    ]
    return tuple(sorted(entries, key=lambda entry: entry.operation.mutation))


def _modules() -> Iterator[ModuleType]:
    yield identity_operations
    for found in walk_packages(reconciler.kinds.__path__, f"{reconciler.kinds.__name__}."):
        if found.name.endswith("operations"):
            yield import_module(found.name)


def _operations(module: ModuleType) -> Iterator[Operation]:
    return (value for value in vars(module).values() if isinstance(value, Operation))


def _feature(operation: Operation, module: ModuleType) -> str:
    """Return the feature: the comment above the operation, else what its name says of its kind."""
    name = operation.name
    written = re.search(rf"^# Feature: (.+)\n(?:query|mutation) {name}\b", operation.document.text, re.MULTILINE)
    if written:
        return written[1]
    found = _NAME.match(name)
    if found is None:
        raise KeyError(f"no feature needs the operation {name}; write '# Feature: …' above it")
    kind = _kind_of(module)
    return f"{_VERBS[found[1]]} {'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


def _kind_of(module: ModuleType) -> str:
    """Return the name of the kind in whose folder the module is."""
    package = module.__name__.rpartition(".")[0]
    own: Kind = import_module(f"{package}.kind").KIND
    return own.name
