"""Values set in the text of a manifest file, every other character staying as it is.

The text is in parts, one for each document, so that an edit parses only its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import yaml

from reconciler.exporting.yaml_text import as_nodes, dumped, in_flow, legible, read_back
from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.found import find

_BEGINNING = re.compile(r"^(?=---(?:\s|$))", re.MULTILINE)
_ALIAS = re.compile(r"\s*:\s+\*[^\s,\[\]{}]+")
_EXPLICIT = re.compile(r"\?[ \t]+$")
_COMMA = re.compile(r"[ \t]*,")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.yaml.found import Found
    from reconciler.model.place import Path


@dataclass(slots=True)
class Parts:
    """The parts of a text; ``places`` holds the part of each document and its position there."""

    texts: list[str]
    places: list[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a text in parts; as one part if the first lines of its documents do not separate them."""
        texts = _BEGINNING.split(text)
        documents = [read_back(each) for each in texts]
        if [each for part in documents for each in part] != read_back(text):
            texts, documents = [text], [read_back(text)]
        places = [(part, index) for part, found in enumerate(documents) for index in range(len(found))]
        return cls(texts, places)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def set(self, document: int, path: Path, value: Any) -> bool:
        """Set a value in a document; return whether that worked without changing anything else."""
        part, index = self.places[document]
        before = self.texts[part]
        expected = read_back(before)
        _set(expected[index], path, value)
        after = spliced(before, index, path, value)
        if read_back(after) != expected:
            return False
        self.texts[part] = after
        return True

    def rename(self, document: int, path: Path, name: str) -> bool:
        """Give the key at a path another name; return whether that worked without changing anything else."""
        part, index = self.places[document]
        before = self.texts[part]
        expected = read_back(before)
        holder = expected[index]
        for step in path[:-1]:
            holder = holder[step]
        if name in holder or path[-1] not in holder:
            return False
        holder[name] = holder.pop(path[-1])
        root = list(compose(before, "", []))[index]
        key = find(root, path).key
        start, end = key.start_mark.index, key.end_mark.index
        after = f"{before[:start]}{_in_style_of(key, name)}{before[end:]}"
        if read_back(after) != expected:
            return False
        self.texts[part] = after
        return True

    def drop(self, document: int, lines: str) -> bool:
        """Remove a comment from the part of a document; return whether it had it."""
        part, _ = self.places[document]
        before = self.texts[part]
        after = before.replace(lines, "", 1)
        if after == before or read_back(after) != read_back(before):
            return False
        self.texts[part] = after
        return True


def _set(data: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    data[path[-1]] = value


def spliced(text: str, document: int, path: Path, value: Any) -> str:
    """Return the text with ``value`` at ``path`` of a document, replaced or added after its last sibling.

    The caller must parse the result and compare: an alias, for example, makes a change appear in two places. If a
    comment would be lost, the text comes back unchanged.
    """
    root = list(compose(text, "", []))[document]
    found = find(root, path)
    if found.depth == len(path) and path:
        parent = find(root, path[:-1]).value
        if isinstance(parent, yaml.MappingNode) and not any(key is found.key for key, _ in parent.value):
            return _added(text, parent, path[-1], value)  # it comes from a merge key, over which its own goes
        return _replaced(text, found, value, in_flow=_inside_flow(root, path))
    for step in reversed(path[found.depth + 1 :]):
        value = {step: value}
    return _added(text, found.value, path[found.depth], value)


def _replaced(text: str, found: Found, value: Any, *, in_flow: bool) -> str:
    key, node = found.key, found.value
    end = _end(text, node)
    if key is node:  # an item of a list, or the whole document
        return text[: node.start_mark.index] + _in_one_line(value) + text[end:]
    start = text.index(":", key.end_mark.index) + 1
    alias = _ALIAS.match(text, key.end_mark.index)
    if alias:  # its node is at the anchor
        return f"{text[:start]} {_in_one_line(value)}{text[alias.end() :]}"
    if _has_comment(text, node, start, end):
        return text
    if in_flow:
        return f"{text[:start]} {_in_style_of(key, value)}{text[end:]}"
    return text[:start] + _entry(value, key.start_mark.column) + text[end:]


def _has_comment(text: str, node: yaml.Node, start: int, end: int) -> bool:
    """Return whether a value contains a comment, which would be lost with it."""
    between = start
    for scalar in _scalars(node):
        if "#" in text[between : scalar.start_mark.index]:
            return True
        between = max(between, scalar.end_mark.index)
    return "#" in text[between:end]


def _scalars(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for child in node.value:
        for part in child if isinstance(child, tuple) else (child,):
            yield from _scalars(part)


def _added(text: str, parent: yaml.Node, key: Any, value: Any) -> str:
    if not isinstance(parent, yaml.MappingNode):
        return text
    if parent.flow_style:
        return _added_in_flow(text, parent, key, value)
    entry = f"{_in_one_line(str(key))}:"
    end = _end(text, parent)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    column = _column(text, parent)
    return f"{text[:line_end]}\n{' ' * column}{entry}{_entry(value, column)}{text[line_end:]}"


def _column(text: str, parent: yaml.MappingNode) -> int:
    """Return the column of a block's keys; where the block begins may be an anchor's place."""
    first: int = parent.value[0][0].start_mark.index
    before = text[text.rfind("\n", 0, first) + 1 : first]
    return len(_EXPLICIT.sub("", before))


def _added_in_flow(text: str, parent: yaml.MappingNode, key: str, value: Any) -> str:
    """Add a pair within braces: in a line of its own where the last pair has one, else beside it."""
    closing = parent.end_mark.index - 1
    if not parent.value:
        return f"{text[:closing].rstrip()}{_in_one_line(str(key))}: {_in_one_line(value)}{text[closing:]}"
    last, item = parent.value[-1]
    entry = f"{_in_style_of(last, str(key))}: {_in_style_of(last, value)}"
    alias = _ALIAS.match(text, last.end_mark.index)
    end = alias.end() if alias else _end(text, item)
    comma = _COMMA.match(text, end)
    after = comma.end() if comma else end
    line_end = text.find("\n", after, closing)
    indent = text[text.rfind("\n", 0, last.start_mark.index) + 1 : last.start_mark.index]
    if line_end < 0 or indent.strip() or (parent.start_mark.index > last.start_mark.index - len(indent)):
        return f"{text[:end]}, {entry}{text[end:]}"
    trailing = "," if comma else ""
    return f"{text[:end]},{text[after:line_end]}\n{indent}{entry}{trailing}{text[line_end:]}"


def _end(text: str, node: yaml.Node) -> int:
    """Return where a node's own text ends; a block's mark is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode):
        end: int = node.end_mark.index
        return _end_of_block(text[:end], text[node.start_mark.index : end]) if node.style in {"|", ">"} else end
    if isinstance(node, yaml.CollectionNode) and node.flow_style:
        return int(node.end_mark.index)
    if not isinstance(node, yaml.MappingNode):
        return _end(text, node.value[-1])
    key, last = node.value[-1]
    alias = _ALIAS.match(text, key.end_mark.index)
    return alias.end() if alias else _end(text, last)


def _end_of_block(text: str, block: str) -> int:
    """Return the end of the last line of a block's text; its text ends within the indentation of the next line."""
    following = text.rstrip(" ")
    lines = following if following.endswith("\n") else text
    keeps_empty_lines = "+" in block.partition("\n")[0].partition("#")[0]
    return len(lines.removesuffix("\n") if keeps_empty_lines else lines.rstrip("\n"))


def _inside_flow(root: yaml.Node, path: Path) -> bool:
    """Return whether the value at a path is within braces or brackets."""
    above = (find(root, path[:depth]).value for depth in range(len(path)))
    return any(isinstance(node, yaml.CollectionNode) and bool(node.flow_style) for node in above)


def _entry(value: Any, column: int) -> str:
    """Return the text after a key and its colon, on lines below if one line is not enough."""
    nodes = as_nodes({"k": value})
    nodes.fa.set_block_style()
    first, *rest = dumped(nodes).removesuffix("\n").split("\n")
    indented = [f"{' ' * column}{line}" if line else "" for line in rest]
    return "\n".join([first.removeprefix("k:"), *indented])


def _in_one_line(value: Any) -> str:
    return dumped(in_flow([value])).strip()[1:-1]


def _in_style_of(key: yaml.Node, value: Any) -> str:
    """Return a value in one line; as JSON beside a key in JSON style, so that a JSON file stays JSON."""
    if not isinstance(key, yaml.ScalarNode) or key.style != '"':
        return _in_one_line(value)
    return legible(json.dumps(value, ensure_ascii=False))
