"""One manifest file: its text, and the place of each value in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as FilePath

    import yaml

    from reconciler.manifests.yaml.found import Found, Keys
    from reconciler.model.place import Path


@dataclass(slots=True, eq=False)
class Source:
    """A file that was read: its name in messages, its folder, and the root of its manifest tree.

    Files that it names must lie inside the tree. The nodes with their places are parsed again at the first question
    for a place, and kept from then on. A run without a problem needs none of them, nor the library that parses them.
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
            from reconciler.manifests.yaml.compose import compose

            self._nodes = list(compose(self.text, self.shown, []))
        return self._nodes[document]

    def find(self, document: int, path: Path) -> Found:
        """Follow ``path`` from a document's root; the keys of a map are indexed once."""
        from reconciler.manifests.yaml.found import find

        return find(self.node(document), path, self._keys)
