"""Manifests as YAML text that a person would have written: short maps in one line, blocks of text as blocks."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from reconciler.manifests.build import build
from reconciler.manifests.compose import compose
from reconciler.manifests.scalars import BadScalar, plain
from reconciler.manifests.secrets import is_value_from
from reconciler.reports.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.errors import Problem
    from reconciler.kinds.declaring import Remark
    from reconciler.kinds.resource import Path

SHORT = 72
"""Characters of a map or list that stands in one line."""
BESIDE = 60
"""Characters of a remark that stands beside its value; a longer one stands above."""
_PLAIN = re.compile(r"(?! )[^\W_](?:[\w ./@+()?!&=;$%^~<>|*,-]|:(?=[^\s,\[\]{}]))*(?<! )", re.UNICODE)
_BLOCK = re.compile(r"[^\s\x00-\x1f\x7f-\x9f][^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*\n")
_RESOLVER: Any = yaml.resolver.Resolver()
"""That of YAML 1.1, by which other tools may read the manifests."""


def yaml_writer(*, ascii_only: bool = False) -> YAML:
    """Return the YAML reader and writer that keeps comments, order and quotes."""
    writer = YAML(typ="rt")
    writer.brace_single_entry_mapping_in_flow_sequence = True
    writer.preserve_quotes = True
    writer.width = 10**6
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.allow_unicode = not ascii_only
    return writer


def document_text(document: Mapping[str, Any], remarks: Iterable[Remark] = ()) -> str | None:
    """Return one manifest as text, or ``None`` where YAML would not give back what it holds."""
    remarks = list(remarks)
    root = as_nodes(document)
    for path in _ALWAYS_BLOCKS:
        _as_block(root, path)
    for remark in remarks:
        if not remark.left_out:
            _note(root, remark)
    stream = StringIO()
    yaml_writer(ascii_only=could_act(document)).dump(root, stream)
    text = "".join(f"# {safe(line)}\n" for line in _left_out(remarks)) + stream.getvalue()
    return text if read_back(text) == [document] else None


def read_back(text: str) -> list[Any]:
    """Return the documents of a text as manifests are read; none where something is wrong with it."""
    problems: list[Problem] = []
    documents = [build(node, "", problems) for node in compose(text, "", problems)]
    return [] if problems else documents


def as_nodes(value: Any) -> Any:
    """Return plain data with a style at every node."""
    made: Any
    if isinstance(value, dict):
        made = CommentedMap((as_text(key), as_nodes(item)) for key, item in value.items())
    elif isinstance(value, list):
        made = CommentedSeq(map(as_nodes, value))
    else:
        return as_text(value) if isinstance(value, str) else value
    if _in_one_line(value):
        made.fa.set_flow_style()
    return made


def in_flow(value: Any) -> Any:
    """Return plain data with a style at every node that keeps all of it in one line."""
    if isinstance(value, dict):
        made: Any = CommentedMap((in_flow(key), in_flow(item)) for key, item in value.items())
    elif isinstance(value, list):
        made = CommentedSeq(map(in_flow, value))
    else:
        inline = isinstance(value, str) and ("\n" in value or "?" in value)
        return DoubleQuotedScalarString(value) if inline else as_text(value) if isinstance(value, str) else value
    made.fa.set_flow_style()
    return made


def as_text(text: str) -> Any:
    """Return a text in the style that it is read best in, and by every tool as text."""
    if _BLOCK.fullmatch(text) and not any(line.endswith((" ", "\t")) for line in text.split("\n")):
        return LiteralScalarString(text)
    if _PLAIN.fullmatch(text) and text.isprintable() and _is_text(text):
        return text
    quotes_inside = '"' in text and "'" not in text and text.isprintable()
    return SingleQuotedScalarString(text) if quotes_inside else DoubleQuotedScalarString(text)


def _is_text(text: str) -> bool:
    """Say whether an unquoted text is text to readers of YAML 1.1 and of 1.2."""
    try:
        tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
        return tag == "tag:yaml.org,2002:str" and isinstance(plain(text), str)
    except BadScalar:
        return False


def could_act(value: Any) -> bool:
    """Say whether there are characters in it that act on who looks at the file, such as direction marks."""
    if isinstance(value, dict):
        return any(map(could_act, value)) or any(map(could_act, value.values()))
    if isinstance(value, list):
        return any(map(could_act, value))
    return isinstance(value, str) and not value.replace("\n", "").replace("\t", "").isprintable()


def _in_one_line(value: Any) -> bool:
    if is_value_from(value):
        return True
    if isinstance(value, dict) and any("?" in key for key in value):
        return False  # which not every reader of YAML takes there without quotes
    return not value or (_depth(value) <= 2 and _length(value) <= SHORT)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _length(value: Any) -> int:
    """Return about how many characters a value takes in one line; texts of several lines take too many."""
    if isinstance(value, dict):
        return 2 + sum(_length(key) + _length(item) + 4 for key, item in value.items())
    if isinstance(value, list):
        return 2 + sum(_length(item) + 2 for item in value)
    return SHORT + 1 if isinstance(value, str) and "\n" in value else len(str(value))


_ALWAYS_BLOCKS = (("spec",), ("spec", "configVariables"), ("spec", "flowConfigs"))
"""Maps that grow: a line for each entry keeps diffs small."""


def _as_block(root: CommentedMap, path: Path) -> None:
    found = _parent(root, path)
    if found and isinstance(found[0][found[1]], CommentedMap) and found[0][found[1]]:
        found[0][found[1]].fa.set_block_style()


def _note(root: CommentedMap, remark: Remark) -> None:
    """Put a remark beside its value, or above it where it is long."""
    found = _parent(root, ("spec", *remark.path))
    if found is None:
        return
    parent, key, depth = found
    text = safe(remark.text)
    if len(text) <= BESIDE:
        parent.yaml_add_eol_comment(text, key)
    else:
        parent.yaml_set_comment_before_after_key(key, before=text, indent=2 * depth)


def _parent(root: CommentedMap, path: Path) -> tuple[CommentedMap, Any, int] | None:
    """Return the map that holds the value at a path, its key there, and how deep it is; comments need a block."""
    parent: Any = root
    for depth, key in enumerate(path):
        if not isinstance(parent, CommentedMap) or key not in parent or parent.fa.flow_style():
            return None
        if depth == len(path) - 1:
            return parent, key, depth
        parent = parent[key]
    return None


def _left_out(remarks: Iterable[Remark]) -> list[str]:
    return [f"Not exported: {'.'.join(map(str, each.path))} – {each.text}" for each in remarks if each.left_out]
