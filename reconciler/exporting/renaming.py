"""Renamed variables in manifests: the new name is put in the place of the old one, and nothing else changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.exporting.folder import Folder
from reconciler.manifests.sets.origin import MemberLayer
from reconciler.manifests.yaml.layers import Layers
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path as File

    from reconciler.locking.lock import Move
    from reconciler.manifests.yaml.layers import Document
    from reconciler.model.place import Path, Place
    from reconciler.model.resource import Resource
    from reconciler.reports.shared.style import Style

UNWRITABLE = (
    "it cannot be renamed without losing a comment or changing something else (an alias, a placeholder, or the new "
    "name is there already)"
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """One place in a file where a variable has its old name; ``reason``: why it keeps that."""

    place: Place
    before: str
    after: str
    reason: str = ""


@dataclass(slots=True)
class Renamer:
    """Renames keys in the files of manifests; members of a set share the lines of its template."""

    folder: Folder
    done: list[Renaming] = field(default_factory=list)
    _seen: set[tuple[File, int, Path]] = field(default_factory=set)

    @classmethod
    def at(cls, root: File) -> Renamer:
        return cls(Folder(root))

    def run(self, moves: Iterable[Move], resources: Iterable[Resource]) -> list[Renaming]:
        """Rename what newer versions call otherwise, in every layer of the manifests that they affect; write the files.

        What a version removed, retyped or added is not touched: that takes a person.
        """
        by_address = {resource.address: resource for resource in resources}
        for move in moves:
            for affected in move.affected if move.changes else ():
                resource = by_address[affected.address]
                for path, name in move.changes.renames(resource.spec) if move.changes else ():
                    for document in _holders(resource, ("spec", *path)):
                        self._rename(document, ("spec", *path), name)
        self.folder.write()
        return self.done

    def _rename(self, document: Document, path: Path, name: str) -> None:
        file = document.source.folder / document.source.shown.rpartition("/")[2]
        whole = (*document.prefix, *_written(document, path))
        if (file, document.index, whole) in self._seen:
            return
        self._seen.add((file, document.index, whole))
        place = document.find(path).place(document.source.shown, key=True)
        renamed = self.folder.rename(file, document.index, whole, name)
        self.done.append(Renaming(place, str(path[-1]), name, "" if renamed else UNWRITABLE))


def _holders(resource: Resource, path: Path) -> Iterator[Document]:
    """Yield each layer of a manifest that has a key."""
    for document in resource.origin.documents if isinstance(resource.origin, Layers) else ():
        if document.find(path).depth == len(path):
            yield document


def _written(document: Document, path: Path) -> Path:
    """Return the path within the document of its file."""
    return (*document.inner, *path[1:]) if isinstance(document, MemberLayer) else path


def renamed_text(renamings: Sequence[Renaming], style: Style) -> str:
    """Return a line for each place; what kept its old name says why."""
    lines = []
    for each in renamings:
        where, names = safe(str(each.place)), f"{safe(repr(each.before))} → {safe(repr(each.after))}"
        sign = style.bad("✗") if each.reason else style.good("✓")
        lines.append(f"  {sign} {where}: {names}{f': {each.reason}' if each.reason else ''}\n")
    return "".join(lines)


def renamed_document(renamings: Sequence[Renaming]) -> list[dict[str, Any]]:
    return [
        {"place": str(each.place), "before": each.before, "after": each.after, "done": not each.reason}
        for each in renamings
    ]
