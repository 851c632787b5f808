"""Possible secrets that an export leaves out: customers type them in, and nobody else has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.place import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.export import SecretSort
    from reconciler.model.place import Path

HEAD = "Left out, since they are or may be secrets. They stay as they are in Prismatic:"


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """One place of a live object that no manifest declares since a secret is, or may be, there."""

    address: str
    path: Path
    sort: SecretSort

    @property
    def name(self) -> str:
        """Its name for people: the input, the variable, or the flow of the keys."""
        return str(self.path[self.sort.named_by])


def without(spec: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """Return a spec without the values at the paths, and without maps that become empty."""
    below: dict[Any, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    made = {}
    for key, value in spec.items():
        if () in below.get(key, ()):
            continue
        rest = without(value, below[key]) if key in below else value
        if rest or key not in below:
            made[key] = rest
    return made


def comment_lines(secrets: Mapping[Path, SecretSort]) -> list[str]:
    """Return the comment that lists the omitted values of a manifest, if any."""
    lines = [f"  {dotted(path)}" for path in _gathered(secrets)]
    return [HEAD, *lines] if lines else []


def _gathered(secrets: Mapping[Path, SecretSort]) -> Iterator[Sequence[str | int]]:
    """Yield the paths; the inputs of one connection become one path that ends with their names."""
    names: dict[Path, list[str]] = {}
    order: dict[Path, None] = {}
    for path, sort in secrets.items():
        parent = path[:-1] if sort.together else path
        order[parent] = None
        if parent is not path:
            names.setdefault(parent, []).append(str(path[-1]))
    for path in order:
        yield (*path[:-1], f"{path[-1]}: {', '.join(names[path])}") if path in names else path
