"""YAML with the place of each value.

The product has another reader for manifests. This one is separate on purpose: the sandbox imports nothing of the
product, which its tests check against the sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Where = tuple[str | int, ...]
"""The path to a value: keys and indexes."""


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A place in a file; lines and columns count from 1."""

    path: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its data, the place of each key and item, and the repeated keys."""

    data: Any
    start: Place
    places: dict[Where, Place]
    repeated: tuple[tuple[Place, str], ...]


class UnreadableError(Exception):
    """A file that is no YAML or cannot be read; ``place`` is that of the error."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser if it exists: it is ten times as fast."""


class _Loader(_Parser):  # type: ignore[misc] # either of two classes
    """Reads dates as text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Parser.yaml_implicit_resolvers.items()
}


def documents(path: Path) -> list[Document]:
    """Return the documents of a file, empty ones left out; raise :class:`UnreadableError`."""
    found = []
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        try:
            while loader.check_node():
                found.append(_document(path, loader, loader.get_node()))
        finally:
            loader.dispose()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(Place(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or " ".join(str(error).split())
        place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
        raise UnreadableError(place, f"is not valid YAML: {reason}") from error
    except RecursionError as error:
        raise UnreadableError(Place(path), "is nested too deeply") from error
    return [document for document in found if document.data is not None]


def _document(path: Path, loader: _Loader, node: yaml.Node) -> Document:
    repeated = tuple(_repeated(path, node, frozenset()))
    places = dict(_places(path, node, (), frozenset()))
    return Document(loader.construct_document(node), _place(path, node), places, repeated)


def _place(path: Path, node: yaml.Node) -> Place:
    return Place(path, node.start_mark.line + 1, node.start_mark.column + 1)


def _children(node: yaml.Node | None) -> Iterator[tuple[Any, yaml.Node, yaml.Node]]:
    """Yield the children of a node: key or index, the node of the place, and the value's node."""
    if isinstance(node, yaml.MappingNode):
        # A list as a key is an error, which constructing the data reports.
        yield from ((str(key.value), key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((index, value, value) for index, value in enumerate(node.value))


def _repeated(path: Path, node: yaml.Node, above: frozenset[int]) -> Iterator[tuple[Place, str]]:
    seen = set()
    for key, pointed, value in _children(node):
        if key in seen and key != "<<":
            yield _place(path, pointed), str(key)
        seen.add(key)
        # An anchor may contain itself.
        if id(value) not in above:
            yield from _repeated(path, value, above | {id(value)})


def _places(path: Path, node: yaml.Node, where: Where, above: frozenset[int]) -> Iterator[tuple[Where, Place]]:
    for key, pointed, value in _children(node):
        yield (*where, key), _place(path, pointed)
        if id(value) not in above:
            yield from _places(path, value, (*where, key), above | {id(value)})
