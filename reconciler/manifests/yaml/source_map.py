"""One manifest file: its text, and the place of each value in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import is_merge, merged_mappings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path as FilePath

    from reconciler.model.place import Path


Keys = dict[int, dict[str, tuple[yaml.Node, yaml.Node]]]
"""The pairs of each map by their keys, by the ``id`` of the map's node, which is kept alive as long."""


@dataclass(slots=True, eq=False)
class Source:
    """A file that was read: its name in messages, its folder, and the root of its manifest tree.

    Files that it names must lie inside the tree. The nodes with their places are parsed again at the first question
    for a place, and kept from then on: a run without a problem needs none of them.
    """

    shown: str
    folder: FilePath
    root: FilePath
    text: str
    _nodes: list[yaml.Node] | None = field(default=None, repr=False)
    _keys: Keys = field(default_factory=dict, repr=False)
    _answers: dict[str | Callable[[str], bool], bool] = field(default_factory=dict, repr=False)
    """The answers about the text so far, since each document of the file asks the same."""

    def may_say(self, word: str) -> bool:
        """Return whether a value or key of the file may contain the word, also spelled with escapes."""
        if word not in self._answers:
            self._answers[word] = word in self.text or "\\" in self.text
        return self._answers[word]

    def passes(self, check: Callable[[str], bool]) -> bool:
        """Return whether the text passes a check, which runs once for the whole file."""
        if check not in self._answers:
            self._answers[check] = check(self.text)
        return self._answers[check]

    def node(self, document: int) -> yaml.Node:
        """Return the root node of a document, counted from 0."""
        if self._nodes is None:
            self._nodes = list(compose(self.text, self.shown, []))
        return self._nodes[document]

    def find(self, document: int, path: Path) -> Found:
        """Follow ``path`` from a document's root; the keys of a map are indexed once."""
        return find(self.node(document), path, self._keys)


@dataclass(frozen=True, slots=True)
class Found:
    """How far a path leads: ``depth`` parts of it exist, the last of them as ``key`` and ``value``.

    ``closed`` says that it ends at a value that is not a map, so nothing can be below it.
    """

    depth: int
    key: yaml.Node
    value: yaml.Node
    closed: bool


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
