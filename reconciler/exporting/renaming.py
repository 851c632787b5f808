"""Renamed variables in manifests: the new name is put in the place of the old one, and nothing else changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.exporting.folder import Folder, file_of
from reconciler.manifests.sets.origin import MemberLayer
from reconciler.manifests.yaml.layers import Layers
from reconciler.reports.shared.repeated import alike, first_of
from reconciler.text.escape import safe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def rename_variables(root: File, moves: Iterable[Move], resources: Iterable[Resource]) -> list[Renaming]:
    """Rename what newer versions call otherwise, in every layer of the manifests that they affect; write the files.

    What a version removed, retyped or added is not touched: that takes a person. Members of a set share the lines of
    its template, so each place is renamed once.
    """
    by_address = {resource.address: resource for resource in resources}
    places: dict[File, dict[tuple[int, Path], tuple[str, Place]]] = {}
    for resource, path, name in _renames(moves, by_address):
        for document in _holders(resource, path):
            place = document.find(path).place(document.source.shown, key=True)
            written = (*document.prefix, *_written(document, path))
            places.setdefault(file_of(document), {})[document.index, written] = (name, place)
    folder, done = Folder(root, option="--fix"), list[Renaming]()
    for file, found in places.items():
        renamed = folder.rename(file, [(index, path, name) for (index, path), (name, _) in found.items()])
        for ((_, path), (name, place)), right in zip(found.items(), renamed, strict=True):
            done.append(Renaming(place, str(path[-1]), name, "" if right else UNWRITABLE))
    folder.write()
    return done


def _renames(moves: Iterable[Move], resources: Mapping[str, Resource]) -> Iterator[tuple[Resource, Path, str]]:
    """Yield each manifest that calls a variable by its old name, with the path of that and the new name."""
    for move in moves:
        if move.changes:
            for affected in move.affected:
                resource = resources[affected.address]
                yield from ((resource, ("spec", *path), name) for path, name in move.changes.renames(resource.spec))


def _holders(resource: Resource, path: Path) -> Iterator[Document]:
    """Yield each layer of a manifest that has a key."""
    for document in resource.origin.documents if isinstance(resource.origin, Layers) else ():
        if document.find(path).depth == len(path):
            yield document


def _written(document: Document, path: Path) -> Path:
    """Return the path within the document of its file."""
    return (*document.inner, *path[1:]) if isinstance(document, MemberLayer) else path


def renamed_text(renamings: Sequence[Renaming], style: Style, *, verbose: bool = False) -> str:
    """Return a line for each place, and one for many that were renamed alike; what kept its old name says why.

    ``verbose``: a line for each. What a person has to rename has one in any case.
    """
    done = [each for each in renamings if not each.reason]
    together = [] if verbose else alike(done, lambda each: (each.before, each.after))
    repeated = {id(each) for group in together for each in group}
    lines = [_line(each, safe(str(each.place)), style) for each in renamings if id(each) not in repeated]
    for group in together:
        lines += [
            _line(group[0], counted(len(group), "place"), style),
            f"      {first_of(str(each.place) for each in group)}\n",
        ]
    return "".join(lines)


def _line(renaming: Renaming, where: str, style: Style) -> str:
    sign = style.bad("✗") if renaming.reason else style.good("✓")
    names = f"{safe(repr(renaming.before))} → {safe(repr(renaming.after))}"
    return f"  {sign} {where}: {names}{f': {renaming.reason}' if renaming.reason else ''}\n"


def renamed_document(renamings: Sequence[Renaming]) -> list[dict[str, Any]]:
    return [
        {"place": str(each.place), "before": each.before, "after": each.after, "done": not each.reason}
        for each in renamings
    ]
