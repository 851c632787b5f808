"""Files → documents: the manifests as written, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import STDIN, read_stream, read_text
from reconciler.manifests.yaml import common_form
from reconciler.manifests.yaml.layers import Document
from reconciler.manifests.yaml.limits import Expansion
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
        documents = [each for document in self._written(source) for each in self._unlisted(document)]
        self.complete = self.complete and len(self.problems) == before
        return documents

    def _written(self, source: Source) -> Iterator[Document]:
        """Yield the YAML documents of a file, without empty ones; ``kind: List`` is one document."""
        roots = common_form.documents(source.text)
        if roots is None:
            yield from self._composed(source)
            return
        for index, root in enumerate(roots):
            if root.data is not None:
                yield Document(source, index, (), Place(source.shown, root.line, 1), root.data)

    def _composed(self, source: Source) -> Iterator[Document]:
        """Yield the YAML documents of a file in any form, and report its mistakes."""
        from reconciler.manifests.yaml.compose import compose
        from reconciler.manifests.yaml.construct import build, place_of

        for index, node in enumerate(compose(source.text, source.shown, self.problems)):
            before = len(self.problems)
            data = build(node, source.shown, self.problems, self.expansion)
            # An empty document is skipped, an explicit null is not.
            if data is not None or (len(self.problems) == before and node.value != ""):
                yield Document(source, index, (), place_of(node, source.shown), data)

    def _unlisted(self, document: Document) -> Iterator[Document]:
        """Yield the document, or the items of a ``kind: List``, as kubectl and kustomize write it."""
        if not isinstance(document.data, dict) or document.data.get("kind") != LIST_KIND:
            yield document
            return
        source, items = document.source, document.data.get("items")
        if not isinstance(items, list):
            self.problems.append(
                Diagnostic("'items' of a List must be a list of manifests", document.place(("items",)))
            )
            return
        for number, item in enumerate(items):
            prefix: Path = ("items", number)
            yield Document(source, document.index, prefix, document.place(prefix), item)
