"""One value set in the text of a manifest file, every other character staying as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.exporting.yaml_text import as_nodes, dumped, in_flow
from reconciler.manifests.compose import compose
from reconciler.manifests.source import find

_ALIAS = re.compile(r"\s*:\s+\*[^\s,\[\]{}]+")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.resource import Path


def spliced(text: str, document: int, path: Path, value: Any) -> str:
    """Return the text with ``value`` at ``path`` of a document, replaced or added after its last sibling.

    What comes out has to be read back and compared: an alias, for one, makes a change show in two places. The text
    comes back as it is where a comment would be lost.
    """
    root = list(compose(text, "", []))[document]
    found = find(root, path)
    if found.depth == len(path):
        return _replaced(text, found.key, found.value, value)
    for step in reversed(path[found.depth + 1 :]):
        value = {step: value}
    return _added(text, found.value, path[found.depth], value)


def _replaced(text: str, key: yaml.Node, node: yaml.Node, value: Any) -> str:
    end = _end(text, node)
    if key is node:  # an item of a list, or the whole document
        return text[: node.start_mark.index] + _in_one_line(value) + text[end:]
    start = text.index(":", key.end_mark.index) + 1
    alias = _ALIAS.match(text, key.end_mark.index)
    if alias:  # whose node is where its anchor is
        return f"{text[:start]} {_in_one_line(value)}{text[alias.end() :]}"
    if _has_comment(text, node, start, end):
        return text
    in_block = not _inside_flow(text, key)
    fresh = _entry(value, key.start_mark.column) if in_block else f" {_in_one_line(value)}"
    return text[:start] + fresh + text[end:]


def _has_comment(text: str, node: yaml.Node, start: int, end: int) -> bool:
    """Say whether there is a comment of a person's inside of a value, which would be lost with it."""
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
    entry = f"{_in_one_line(str(key))}:"
    if parent.flow_style:
        closing = parent.end_mark.index - 1
        comma = ", " if parent.value else ""
        return f"{text[:closing].rstrip()}{comma}{entry} {_in_one_line(value)}{text[closing:]}"
    end = _end(text, parent)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    column = parent.start_mark.column
    return f"{text[:line_end]}\n{' ' * column}{entry}{_entry(value, column)}{text[line_end:]}"


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
    """Return where the last line of a block's text ends; the text ends within the indentation of what follows."""
    following = text.rstrip(" ")
    lines = following if following.endswith("\n") else text
    keeps_empty_lines = "+" in block.partition("\n")[0].partition("#")[0]
    return len(lines.removesuffix("\n") if keeps_empty_lines else lines.rstrip("\n"))


def _inside_flow(text: str, key: yaml.Node) -> bool:
    """Say whether a key stands within braces: then something else than spaces and a dash is before it in its line."""
    line = text[text.rfind("\n", 0, key.start_mark.index) + 1 : key.start_mark.index]
    return bool(line.strip(" -"))


def _entry(value: Any, column: int) -> str:
    """Return what stands behind a key and its colon, in lines below it where one line is not enough."""
    nodes = as_nodes({"k": value})
    nodes.fa.set_block_style()
    first, *rest = dumped(nodes).removesuffix("\n").split("\n")
    indented = [f"{' ' * column}{line}" if line else "" for line in rest]
    return "\n".join([first.removeprefix("k:"), *indented])


def _in_one_line(value: Any) -> str:
    return dumped(in_flow([value])).strip()[1:-1]
