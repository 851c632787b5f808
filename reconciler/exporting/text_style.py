"""The YAML style of a text: plain, quoted or a block, chosen for readability."""

from __future__ import annotations

import re
from typing import Any

import yaml
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from reconciler.manifests.yaml.scalars import BadScalar, plain
from reconciler.text.escape import visible

_PLAIN = re.compile(
    r"[\w/($<](?:[\w ./@+()?!&=;$%^~<>|*,-]|:(?=[^\s,\[\]{}])|(?<=[^\s])#|(?<=\w)'(?=\w))*(?<! )", re.UNICODE
)
_LAID_OUT = frozenset("\n\t")
"""Line ends and tabs, which are layout and need no escape."""
_YES_AND_NO = frozenset("yYnN")
"""Booleans in YAML 1.1, although its best known parser reads them as text."""
_RESOLVER: Any = yaml.resolver.Resolver()
"""The resolver of YAML 1.1, by which other tools may read the manifests."""


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
