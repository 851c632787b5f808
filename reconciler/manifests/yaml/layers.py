"""The places of a resource's values: in its manifest, or in an overlay merged over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.manifests.yaml.found import Found
    from reconciler.manifests.yaml.source_map import Source
    from reconciler.model.place import Path, Place


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One manifest as it was read: ``prefix`` leads to it within a YAML document (``kind: List``)."""

    source: Source
    index: int
    prefix: Path
    start: Place
    data: Any

    def find(self, path: Path) -> Found:
        """Return how far ``path`` leads in this document; the depth counts from the manifest's root."""
        whole = self.source.find(self.index, (*self.prefix, *path))
        return type(whole)(whole.depth - len(self.prefix), whole.key, whole.value, whole.closed)

    def place(self, path: Path) -> Place:
        """Return the place of the value at ``path``, or of its nearest existing parent."""
        return self.find(path).place(self.source.shown, key=False)


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The manifest and the overlays merged over it, in that order: an :class:`~reconciler.model.resource.Origin`."""

    documents: tuple[Document, ...]

    @property
    def start(self) -> Place:
        return self.documents[0].start

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the value at ``path``, in the last layer that holds it.

        A path that does not exist gives the place of its nearest existing parent.
        """
        if not path:
            return self.start
        document, found = self._find(path)
        if found.depth == 0:
            return document.start
        return found.place(document.source.shown, key=key)

    def spelling(self, path: Path) -> str | None:
        """Return how the value at ``path`` is written, where it is a scalar without quotes."""
        _, found = self._find(path)
        return found.plain() if found.depth == len(path) else None

    def may_say(self, word: str) -> bool:
        """Return whether the word may occur anywhere in the layers' files."""
        return any(document.source.may_say(word) for document in self.documents)

    def passes(self, check: Callable[[str], bool]) -> bool:
        """Return whether the text of one of the layers' files passes a check."""
        return any(document.source.passes(check) for document in self.documents)

    def holder(self, path: Path) -> Document:
        """Return the layer that holds the value at ``path``, or its nearest existing parent."""
        return self.documents[0] if len(self.documents) == 1 else self._find(path)[0]

    def _find(self, path: Path) -> tuple[Document, Found]:
        """Go from the last layer to the first; a layer that holds something else than a map hides those below."""
        last = self.documents[-1]
        best = last, last.find(path)
        for document in reversed(self.documents[:-1]):
            _, reached = best
            if reached.depth == len(path) or (reached.depth and reached.closed):
                break
            found = document.find(path)
            if found.depth > reached.depth or (found.depth == reached.depth and not found.closed):
                best = document, found
        return best
