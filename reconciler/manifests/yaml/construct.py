"""YAML nodes → plain data. Every problem is reported at its place, and the rest of the document is still read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from reconciler.manifests.yaml.compose import COLLECTION, PLAIN, STR
from reconciler.manifests.yaml.limits import LONGEST_QUOTE, MAX_DEPTH, MOST_CHARACTERS, Expansion
from reconciler.manifests.yaml.scalars import BadScalar, plain, tagged
from reconciler.manifests.yaml.sensitive_keys import sensitive_keys
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_EXPANSION = 100_000
"""The number of values that the aliases of one document may expand to."""
MAX_EXPANSION_IN_ALL = 1_000_000
"""The number of values that the aliases of all documents may expand to; each is read several times later."""
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})


class _TooLarge(Exception):
    """A document whose aliases expand to too much."""


class _Built(NamedTuple):
    """The value of a collection and its size; a named tuple, since every collection has one."""

    value: Any
    size: int
    height: int
    characters: int


def build(node: yaml.Node, file: str, problems: list[Diagnostic], expansion: Expansion | None = None) -> Any:
    """Return the data of a document, and add its problems to the list; ``None`` for a document that is too large."""
    expansion = expansion or Expansion()
    # Without aliases the data has no more characters than the document itself.
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
    """Report invalid scalars; those that may be a secret are not quoted."""
    if not bad:
        return
    shown = set(_shown_scalars(root, set()))
    for node, message in bad:
        quote = f"{node.value[:LONGEST_QUOTE]}: " if id(node) in shown else ""
        problems.append(Diagnostic(f"{quote}{message}", place_of(node, file)))


def _shown_scalars(node: yaml.Node, seen: set[int]) -> Iterator[int]:
    """Yield the ``id`` of each scalar that is not below a sensitive key."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield id(node)
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            yield from _shown_scalars(key, seen)
            if key.value not in sensitive_keys():
                yield from _shown_scalars(item, seen)
    else:
        for item in node.value:
            yield from _shown_scalars(item, seen)


def place_of(node: yaml.Node, file: str) -> Place:
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


def is_merge(key: yaml.Node) -> bool:
    """Return whether a key is YAML's merge key ``<<``."""
    return key.tag is PLAIN and key.value == "<<"


def merged_mappings(value: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Yield the mappings that a merge key names; earlier ones win."""
    nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
    yield from (node for node in nodes if isinstance(node, yaml.MappingNode))


@dataclass(slots=True)
class _Builder:
    file: str
    problems: list[Diagnostic]
    expansion: Expansion
    allowed: int
    """The characters that the document may expand to."""
    built: dict[int, _Built | None] = field(default_factory=dict)
    bad: list[tuple[yaml.ScalarNode, str]] = field(default_factory=list)
    """Invalid scalars, each with the reason."""
    size: int = 0
    characters: int = 0
    expanded: int = 0
    height: int = 0

    def report(self, node: yaml.Node, message: str) -> None:
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
        self.report(node, "this anchor holds an alias to itself; write out what is meant")
        return None

    def again(self, known: _Built, depth: int) -> Any:
        """Return a collection that was built before, for an alias to it."""
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
        """Count characters of texts and keys, once more for each alias to them."""
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
                self.report(key, f"the key {name!r} is given twice, first at {place}; keep one of them")
                continue
            first[name] = key
            if merge:
                inherited = value
            else:
                made[name] = value
        return {**inherited, **made} if inherited else made

    def merged(self, node: yaml.Node, depth: int) -> dict[str, Any]:
        """Return the keys that a merge key adds."""
        parts = [self.value(part, depth) for part in merged_mappings(node)]
        expected = len(node.value) if isinstance(node, yaml.SequenceNode) else 1
        if len(parts) != expected:
            self.report(node, "the merge key << takes a map or a list of maps; put '<<' in quotes if it is a name")
        found: dict[str, Any] = {}
        for part in reversed(parts):
            found.update(part or {})
        return found

    def key(self, node: yaml.Node) -> str | None:
        """Return a key, which must be text."""
        if not isinstance(node, yaml.ScalarNode):
            self.report(node, "a key must be text, not a list or a map")
            return None
        before = len(self.problems) + len(self.bad)
        value = self.scalar(node)
        if isinstance(value, str):
            return value
        if len(self.problems) + len(self.bad) == before:
            shown = "true or false" if isinstance(value, bool) else "null" if value is None else "a number"
            self.report(node, f'a key must be text, and without quotes this is {shown}; write "{node.value}"')
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
        self.report(
            node,
            f"the tag {shown[:60]} is not supported: manifests are plain data; text that begins with ! needs quotes",
        )
