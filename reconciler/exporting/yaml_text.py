"""Manifests as YAML text that a person would have written: short maps in one line, blocks of text as blocks."""

from __future__ import annotations

import re
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from reconciler.manifests.value_from.resolve import is_value_from
from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import build
from reconciler.manifests.yaml.scalars import BadScalar, plain
from reconciler.model.place import dotted
from reconciler.text.escape import safe, visible
from reconciler.text.exact_numbers import Exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.capabilities.export import Remark
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Path

SHORT = 72
"""The most characters of a map or list on one line."""
BESIDE = 60
"""The most characters of a remark beside its value; a longer one goes above."""


_PLAIN = re.compile(
    r"[\w/($<](?:[\w ./@+()?!&=;$%^~<>|*,-]|:(?=[^\s,\[\]{}])|(?<=[^\s])#|(?<=\w)'(?=\w))*(?<! )", re.UNICODE
)
_LAID_OUT = frozenset("\n\t")
"""Line ends and tabs, which are layout and need no escape."""
_YES_AND_NO = frozenset("yYnN")
"""Booleans in YAML 1.1, although its best known parser reads them as text."""
_RESOLVER: Any = yaml.resolver.Resolver()
"""The resolver of YAML 1.1, by which other tools may read the manifests."""


class _Representer(RoundTripRepresenter):
    """Spells what ruamel leaves to the reader: ``null`` is written, and every tool takes ``1.0e+21`` for a number."""

    def represent_none(self, data: Any) -> Any:
        del data
        return self.represent_scalar("tag:yaml.org,2002:null", "null")

    def represent_float(self, data: Any) -> Any:
        text = repr(data)
        spelt = text if "." in text else text.replace("e", ".0e")
        return self.represent_scalar("tag:yaml.org,2002:float", spelt)

    def represent_exact(self, data: Exact) -> Any:
        """Write a number with all its digits, in a form that every tool takes for a number."""
        digits, exponent, power = str(Decimal(data)).partition("E")
        spelt = f"{digits}{'' if '.' in digits else '.0'}{'e' if exponent else ''}{power}"
        return self.represent_scalar("tag:yaml.org,2002:float", spelt)


_Representer.add_representer(type(None), _Representer.represent_none)
_Representer.add_representer(float, _Representer.represent_float)
_Representer.add_representer(Exact, _Representer.represent_exact)


def dumped(nodes: Any) -> str:
    """Return nodes with a style each as YAML, in which no character acts on who looks at it."""
    stream = StringIO()
    _writer().dump(nodes, stream)
    # Behind a block that keeps the empty lines at its end, ruamel marks the document's end, which nothing needs.
    return legible(stream.getvalue().removesuffix("...\n"))


def _writer() -> YAML:
    """Return the writer of YAML that keeps comments, order and quotes."""
    writer = YAML(typ="rt")
    writer.Representer = _Representer
    writer.brace_single_entry_mapping_in_flow_sequence = True
    writer.preserve_quotes = True
    writer.width = 10**6
    writer.indent(mapping=2, sequence=4, offset=2)
    return writer


def document_text(
    document: Mapping[str, Any], remarks: Iterable[Remark] = (), above: Iterable[str] = (), blocks: Iterable[Path] = ()
) -> str | None:
    """Return one manifest as text, or ``None`` if parsing the text would not return its values.

    ``above`` are the lines of a comment before it. ``blocks`` are maps that grow, a line for each entry.
    """
    remarks = list(remarks)
    root = as_nodes(document)
    for path in (("spec",), *blocks):
        _as_block(root, path)
    for remark in remarks:
        if not remark.left_out:
            _note(root, remark)
    text = comment([*above, *_left_out(remarks)]) + dumped(root)
    return text if read_back(text) == [document] else None


def comment(lines: Iterable[str]) -> str:
    """Return lines as a comment, in which no character acts on who looks at it."""
    return "".join(f"# {safe(line)}\n" for line in lines)


def read_back(text: str) -> list[Any]:
    """Return the documents of a text as manifests are read; none where something is wrong with it."""
    problems: list[Diagnostic] = []
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
    """Return plain data with flow style at every node, so that all of it stays on one line."""
    if isinstance(value, dict):
        made: Any = CommentedMap((in_flow(key), in_flow(item)) for key, item in value.items())
    elif isinstance(value, list):
        made = CommentedSeq(map(in_flow, value))
    else:
        inline = isinstance(value, str) and ("\n" in value or "?" in value)
        return DoubleQuotedScalarString(value) if inline else as_text(value) if isinstance(value, str) else value
    made.fa.set_flow_style()
    return made


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
    return [f"Not exported: {dotted(each.path)} – {each.text}" for each in remarks if each.left_out]


def as_text(text: str) -> Any:
    """Return a text in the style that it is read best in, and by every tool as text."""
    if _is_block(text):
        return LiteralScalarString(text)
    if _PLAIN.fullmatch(text) and _is_legible(text) and _is_text(text):
        return text
    quotes_inside = '"' in text and "'" not in text and text.isprintable()
    return SingleQuotedScalarString(text) if quotes_inside else DoubleQuotedScalarString(text)


def legible(yaml_text: str) -> str:
    """Return YAML with control characters and invisible characters escaped.

    They occur only within double quotes, since ``as_text`` puts them there.
    """
    return yaml_text if _is_legible(yaml_text) else "".join(map(_escaped, yaml_text))


def _is_block(text: str) -> bool:
    """Return whether a text is written as a block; one that begins with white space would need an indicator."""
    return "\n" in text and not text[0].isspace() and _is_legible(text)


def _is_text(text: str) -> bool:
    """Return whether parsers of YAML 1.1 and of 1.2 read the unquoted text as text."""
    if text in _YES_AND_NO:
        return False
    try:
        tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
        return tag == "tag:yaml.org,2002:str" and isinstance(plain(text), str)
    except BadScalar:
        return False


def _is_legible(text: str) -> bool:
    if text.isascii():
        return text.replace("\n", "").replace("\t", "").isprintable()
    return all(visible(each) or each in _LAID_OUT for each in text)


def _escaped(character: str) -> str:
    if visible(character) or character in _LAID_OUT:
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
