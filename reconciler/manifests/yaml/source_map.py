"""One manifest file: its text, and where in it a value stands."""

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
"""By the identity of a map's node, which is kept as long: its pairs by their keys."""


@dataclass(slots=True, eq=False)
class Source:
    """A file that was read: as it is named in messages, its folder, and the root of its manifest tree.

    Files named in it must lie inside the tree. The nodes with their places are made again from the text
    when somebody asks for the first place, and kept then: a run without a problem never needs them.
    """

    shown: str
    folder: FilePath
    root: FilePath
    text: str
    _nodes: list[yaml.Node] | None = field(default=None, repr=False)
    _keys: Keys = field(default_factory=dict, repr=False)
    _answers: dict[str | Callable[[str], bool], bool] = field(default_factory=dict, repr=False)
    """What was found out about the text: once for the file, and asked for by each of its documents."""

    def may_say(self, word: str) -> bool:
        """Say whether a value or key of the file may have the word in it: as it is, or spelt with escapes."""
        if word not in self._answers:
            self._answers[word] = word in self.text or "\\" in self.text
        return self._answers[word]

    def passes(self, check: Callable[[str], bool]) -> bool:
        """Say whether the text passes a check, which is made once for the whole file."""
        if check not in self._answers:
            self._answers[check] = check(self.text)
        return self._answers[check]

    def node(self, document: int) -> yaml.Node:
        """Return the root node of a document, counted from 0."""
        if self._nodes is None:
            self._nodes = list(compose(self.text, self.shown, []))
        return self._nodes[document]

    def find(self, document: int, path: Path) -> Found:
        """Follow ``path`` from a document's root; a map's keys are looked through once, however many are asked for."""
        return find(self.node(document), path, self._keys)


@dataclass(frozen=True, slots=True)
class Found:
    """How far a path leads: ``depth`` parts of it exist, the last of them as ``key`` and ``value``.

    ``closed`` says that it ends at something that is not a map, so that nothing can stand below it.
    """

    depth: int
    key: yaml.Node
    value: yaml.Node
    closed: bool


def find(root: yaml.Node, path: Path, keys: Keys | None = None) -> Found:
    """Follow ``path`` (keys and indices) from a node, as far as it exists; ``keys`` are those looked through before."""
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
    """Yield a map's own pairs, then those that its merge keys bring in, in the order in which they win."""
    waiting, seen = [node], set()
    while waiting:
        mapping = waiting.pop()
        if id(mapping) in seen:
            continue
        seen.add(id(mapping))
        yield from mapping.value
        merges = [part for key, item in mapping.value if is_merge(key) for part in merged_mappings(item)]
        waiting.extend(reversed(merges))
