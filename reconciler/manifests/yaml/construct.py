"""YAML nodes → plain data: every odd thing reported at its place, the rest of the document still read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from reconciler.manifests.yaml.compose import COLLECTION, MAX_DEPTH, PLAIN, STR
from reconciler.manifests.yaml.scalars import BadScalar, plain, tagged
from reconciler.manifests.yaml.sensitive_keys import SENSITIVE
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_QUOTE = 60
MAX_EXPANSION = 100_000
"""How many values the aliases of one document may stand for."""
MAX_EXPANSION_IN_ALL = 1_000_000
"""How many values the aliases of all documents may stand for: each is looked at several times later."""
MOST_CHARACTERS = 10 * 1024 * 1024
"""Of text that is not written out, as many as a file may have: for the aliases of a run, and for its variables.

Each is held several times later, as in digests.
"""
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})


class _TooLarge(Exception):
    """A document whose aliases stand for too much."""


class _Built(NamedTuple):
    """What was made of a collection; there is one for each, so it is of the cheapest sort."""

    value: Any
    size: int
    height: int
    characters: int


@dataclass(slots=True)
class Expansion:
    """What the aliases of the documents read so far stand for; shared by the documents of a run."""

    so_far: int = 0
    """Values."""
    characters: int = 0


def build(node: yaml.Node, file: str, problems: list[Diagnostic], expansion: Expansion | None = None) -> Any:
    """Return the data of a document, its problems reported; ``None`` when it cannot be held at all."""
    expansion = expansion or Expansion()
    # No text has more characters than what it was written with: aliases stand for the rest.
    written = node.end_mark.index - node.start_mark.index
    builder = _Builder(file, problems, expansion, written + MOST_CHARACTERS - expansion.characters)
    try:
        value = builder.value(node, 0)
    except _TooLarge as error:
        problems.append(Diagnostic(str(error), place_of(node, file)))
        return None
    finally:
        expansion.characters += min(max(0, builder.characters - written), MOST_CHARACTERS - expansion.characters)
    _report(builder.bad, node, file, problems)
    return value


def _report(bad: Sequence[tuple[yaml.ScalarNode, str]], root: yaml.Node, file: str, problems: list[Diagnostic]) -> None:
    """Report scalars that cannot be taken as they stand, quoted unless a secret may stand there."""
    if not bad:
        return
    shown = set(_shown_scalars(root, set()))
    for node, message in bad:
        quote = f"{node.value[:LONGEST_QUOTE]}: " if id(node) in shown else ""
        problems.append(Diagnostic(f"{quote}{message}", place_of(node, file)))


def _shown_scalars(node: yaml.Node, seen: set[int]) -> Iterator[int]:
    """Yield, by their identity, the scalars that stand nowhere below a key of what may be a secret."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield id(node)
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            yield from _shown_scalars(key, seen)
            if key.value not in SENSITIVE:
                yield from _shown_scalars(item, seen)
    else:
        for item in node.value:
            yield from _shown_scalars(item, seen)


def place_of(node: yaml.Node, file: str) -> Place:
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


def is_merge(key: yaml.Node) -> bool:
    """Say whether a key is YAML's merge key ``<<``."""
    return key.tag is PLAIN and key.value == "<<"


def merged_mappings(value: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Yield the mappings that the value of a merge key names, the first winning."""
    nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
    yield from (node for node in nodes if isinstance(node, yaml.MappingNode))


@dataclass(slots=True)
class _Builder:
    file: str
    problems: list[Diagnostic]
    expansion: Expansion
    allowed: int
    """Characters that the document may come to."""
    built: dict[int, _Built | None] = field(default_factory=dict)
    bad: list[tuple[yaml.ScalarNode, str]] = field(default_factory=list)
    """Scalars that cannot be taken as they stand, and why."""
    size: int = 0
    characters: int = 0
    expanded: int = 0
    height: int = 0

    def complain(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Diagnostic(message, place_of(node, self.file)))

    def value(self, node: yaml.Node, depth: int) -> Any:
        """Return a node's value; ``size`` and ``height`` grow by what it holds."""
        self.size += 1
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if id(node) not in self.built:
            return self.collection(node, depth)
        known = self.built[id(node)]
        if known is not None:
            return self.again(known, depth)
        self.complain(node, "this anchor holds an alias to itself; write out what is meant")
        return None

    def again(self, known: _Built, depth: int) -> Any:
        """Return what was built before, where an alias stands for it."""
        self.size += known.size
        self.expanded += known.size
        self.expansion.so_far += known.size
        if self.expansion.so_far > MAX_EXPANSION_IN_ALL:
            raise _TooLarge(
                f"the aliases of this document and those before it expand to more than {MAX_EXPANSION_IN_ALL:,} values;"
                " use fewer of them"
            )
        if self.expanded > MAX_EXPANSION:
            raise _TooLarge(
                f"the aliases of this document expand to more than {MAX_EXPANSION:,} values; use fewer of them"
            )
        self.spell(known.characters)
        self.height = max(self.height, known.height)
        if depth + known.height > MAX_DEPTH:
            raise _TooLarge(f"aliases nest deeper than {MAX_DEPTH} levels; manifests need only a few")
        return known.value

    def spell(self, characters: int) -> None:
        """Count characters of the document's texts and keys, as often as an alias stands for them."""
        self.characters += characters
        if self.characters > self.allowed:
            raise _TooLarge(
                f"the aliases of this document and those before it expand to more than {MOST_CHARACTERS:,} characters"
                " of text; use fewer of them, or shorter texts"
            )

    def collection(self, node: yaml.Node, depth: int) -> Any:
        self.built[id(node)] = None
        size, characters, height, self.height = self.size, self.characters, self.height, 0
        if node.tag is not COLLECTION and node.tag not in {_CORE + "map", _CORE + "seq"}:
            self.unknown_tag(node)
        made: Any = (
            self.mapping(node, depth + 1)
            if isinstance(node, yaml.MappingNode)
            else [self.value(item, depth + 1) for item in node.value]
        )
        self.built[id(node)] = _Built(made, self.size - size + 1, self.height + 1, self.characters - characters)
        self.height = max(height, self.height + 1)
        return made

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        first: dict[str, yaml.Node] = {}
        inherited: dict[str, Any] = {}
        for key, item in node.value:
            merge = is_merge(key)
            value = self.merged(item, depth) if merge else self.value(item, depth)
            name = "<<" if merge else self.key(key)
            if name is None:
                continue
            if name in first:
                place = place_of(first[name], self.file)
                self.complain(key, f"the key {name!r} is given twice, first at {place}; keep one of them")
                continue
            first[name] = key
            if merge:
                inherited = value
            else:
                made[name] = value
        return {**inherited, **made} if inherited else made

    def merged(self, node: yaml.Node, depth: int) -> dict[str, Any]:
        """Return the keys that a merge key brings in."""
        parts = [self.value(part, depth) for part in merged_mappings(node)]
        expected = len(node.value) if isinstance(node, yaml.SequenceNode) else 1
        if len(parts) != expected:
            self.complain(node, "the merge key << takes a map or a list of maps; put '<<' in quotes if it is a name")
        found: dict[str, Any] = {}
        for part in reversed(parts):
            found.update(part or {})
        return found

    def key(self, node: yaml.Node) -> str | None:
        """Return a key, which must be text."""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, "a key must be text, not a list or a map")
            return None
        before = len(self.problems) + len(self.bad)
        value = self.scalar(node)
        if isinstance(value, str):
            return value
        if len(self.problems) + len(self.bad) == before:
            shown = "true or false" if isinstance(value, bool) else "null" if value is None else "a number"
            self.complain(node, f'a key must be text, and without quotes this is {shown}; write "{node.value}"')
        return None

    def scalar(self, node: yaml.ScalarNode) -> Any:
        self.spell(len(node.value))
        if node.tag is STR:
            return node.value
        tag = node.tag.removeprefix(_CORE)
        try:
            if node.tag is PLAIN:
                return plain(node.value)
            if tag in _SCALAR_TAGS:
                return tagged(tag, node.value)
        except BadScalar as error:
            self.bad.append((node, str(error)))
            return None
        return self.unknown_tag(node)

    def unknown_tag(self, node: yaml.Node) -> None:
        tag = node.tag
        shown = f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag
        self.complain(
            node,
            f"the tag {shown[:60]} is not supported: manifests are plain data; text that begins with ! needs quotes",
        )
