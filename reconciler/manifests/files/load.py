"""Files → documents: the manifests as written, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.manifests.files.finder import STDIN, read_stream, read_text
from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import Expansion, build, place_of
from reconciler.manifests.yaml.layers import Document
from reconciler.manifests.yaml.source_map import Source
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath
    from typing import TextIO

    from reconciler.manifests.files.finder import File
    from reconciler.model.place import Path

LIST_KIND = "List"


@dataclass(slots=True)
class DocumentLoader:
    """Reads files into documents; ``complete`` is false when some could not be read."""

    problems: list[Diagnostic]
    sources: list[str] = field(default_factory=list)
    complete: bool = True
    expansion: Expansion = field(default_factory=Expansion)

    def file(self, file: File) -> list[Document]:
        """Return the documents of a file."""
        self.sources.append(file.shown)
        text = read_text(file, self.problems)
        return self._documents(text, file.shown, file.path.parent, file.root)

    def only(self, file: File, what: str) -> Document | None:
        """Return the one document of a file; report a file that holds none or several, which ``what`` is not."""
        before = len(self.problems)
        documents = self.file(file)
        if len(documents) == 1:
            return documents[0]
        if len(self.problems) == before:
            message = f"{what} is one YAML document, and this file holds {len(documents) or 'none'}"
            self.problems.append(Diagnostic(message, documents[1].start if documents else Place(file.shown)))
        return None

    def stream(self, stream: TextIO, root: FilePath) -> list[Document]:
        """Return the documents of standard input, whose manifest tree is ``root``."""
        self.sources.append(STDIN)
        return self._documents(read_stream(stream, self.problems), STDIN, root, root)

    def _documents(self, text: str | None, shown: str, folder: FilePath, root: FilePath) -> list[Document]:
        if text is None:
            self.complete = False
            return []
        source = Source(shown, folder, root, text)
        before = len(self.problems)
        nodes = compose(text, shown, self.problems)
        documents = [document for index, node in enumerate(nodes) for document in self._of_node(source, index, node)]
        self.complete = self.complete and len(self.problems) == before
        return documents

    def _of_node(self, source: Source, index: int, node: yaml.Node) -> Iterator[Document]:
        before = len(self.problems)
        data = build(node, source.shown, self.problems, self.expansion)
        if data is None and (len(self.problems) > before or not _explicit(node)):
            return
        if isinstance(data, dict) and data.get("kind") == LIST_KIND:
            yield from self._items(source, index, node, data.get("items"))
            return
        yield Document(source, index, (), place_of(node, source.shown), data)

    def _items(self, source: Source, index: int, node: yaml.Node, items: Any) -> Iterator[Document]:
        """Yield the items of a ``kind: List``, as kubectl and kustomize write it."""
        listed = Document(source, index, (), place_of(node, source.shown), None).find(("items",)).value
        if not isinstance(items, list):
            self.problems.append(
                Diagnostic("'items' of a List must be a list of manifests", place_of(listed, source.shown))
            )
            return
        for number, item in enumerate(items):
            prefix: Path = ("items", number)
            yield Document(source, index, prefix, place_of(listed.value[number], source.shown), item)


def _explicit(node: yaml.Node) -> bool:
    """Return whether a document has any content: an empty one is skipped, an explicit ``null`` is not."""
    return not (isinstance(node, yaml.ScalarNode) and node.value == "")
