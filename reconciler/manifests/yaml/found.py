"""The YAML node at a path, with its place and its spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from reconciler.manifests.yaml.compose import PLAIN
from reconciler.manifests.yaml.construct import is_merge, merged_mappings, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.place import Path, Place

Keys = dict[int, dict[str, tuple[yaml.Node, yaml.Node]]]
"""The pairs of each map by their keys, by the ``id`` of the map's node, which is kept alive as long."""


@dataclass(frozen=True, slots=True)
class Found:
    """How far a path leads: ``depth`` parts of it exist, the last of them as ``key`` and ``value``.

    ``closed`` says that it ends at a value that is not a map, so nothing can be below it.
    """

    depth: int
    key: yaml.Node
    value: yaml.Node
    closed: bool

    def place(self, file: str, *, key: bool) -> Place:
        """Return the place of the value, or of its key."""
        return place_of(self.key if key else self.value, file)

    def plain(self) -> str | None:
        """Return the text of a scalar without quotes, ``None`` for any other value."""
        is_plain = isinstance(self.value, yaml.ScalarNode) and self.value.tag is PLAIN
        return str(self.value.value) if is_plain else None


def find(root: yaml.Node, path: Path, keys: Keys | None = None) -> Found:
    """Follow ``path`` (keys and indices) from a node as far as it exists; ``keys`` is the index of earlier calls."""
    keys = {} if keys is None else keys
    found = Found(0, root, root, closed=not isinstance(root, yaml.MappingNode))
    for depth, part in enumerate(path, start=1):
        step = _step(found.value, part, keys)
        if step is None:
            break
        found = Found(depth, *step, closed=not isinstance(step[1], yaml.MappingNode))
    return found


def _step(node: yaml.Node, part: str | int, keys: Keys) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode) and isinstance(part, str):
        if id(node) not in keys:
            keys[id(node)] = _by_key(node)
        return keys[id(node)].get(part)
    return None


def _by_key(node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in _pairs(node):
        if isinstance(key, yaml.ScalarNode) and not is_merge(key):
            found.setdefault(key.value, (key, value))
    return found


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Yield a map's own pairs, then those that its merge keys add; earlier ones win."""
    waiting, seen = [node], set()
    while waiting:
        mapping = waiting.pop()
        if id(mapping) in seen:
            continue
        seen.add(id(mapping))
        yield from mapping.value
        merges = [part for key, item in mapping.value if is_merge(key) for part in merged_mappings(item)]
        waiting.extend(reversed(merges))
