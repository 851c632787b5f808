"""The messages that docs/troubleshooting.md and docs/token-permissions.md quote are messages of the product."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from support.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = [ROOT / "docs" / name for name in ("troubleshooting.md", "token-permissions.md")]
PLACEHOLDER = re.compile(r"\{\w*(?:!\w)?(?::[^{}]*)?\}")
ENOUGH = re.compile(r"\b[a-z]{5,}\b|(\b[a-z]{3,}\b.*){3}", re.DOTALL)
"""What a text needs to be taken for a message: fewer words occur in any sentence, and would let a stale quote pass."""
PROSE = re.compile(r"\b[a-z]{2,},? [a-z]{2,}\b")
WORD = re.compile(r"(?<![^\s(])[a-z]{2,}(?![^\s,;:)])")
QUOTED = re.compile(r"'[^']*'|`[^`]*`|\([^()]*\)|https://\S+")
DATA = re.compile(r"…|'[^']*'|\b[A-Z]\w*|\b\d+\b")


@cache
def templates() -> tuple[tuple[str, ...], ...]:
    """Return the fixed parts of every text in the product's source; between two of them is a value.

    The features that operations are for are texts, too.
    """
    found = set()
    for path in sorted((ROOT / "reconciler").rglob("*.py")):
        for node in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            parts = tuple(_fixed_parts(node))
            if ENOUGH.search(" ".join(parts)):
                found.add(parts)
    for path in sorted((ROOT / "reconciler").rglob("*operations.graphql")):
        found |= {(feature,) for feature in re.findall(r"^# Feature: (.+)$", path.read_text("utf-8"), re.MULTILINE)}
    return tuple(sorted(found, key=lambda parts: -len("".join(parts))))


def _texts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the texts below a node, an f-string as a whole; docstrings are printed by nobody."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            yield child
            for value in child.values:
                yield from _texts(value)
        elif isinstance(child, ast.Constant):
            if not isinstance(node, ast.Expr):
                yield child
        else:
            yield from _texts(child)


def _fixed_parts(node: ast.AST) -> Iterator[str]:
    """Yield the fixed parts of a text: an f-string's, or those around the ``{name}`` of one for ``str.format``."""
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(each.value) if isinstance(each, ast.Constant) else "\0" for each in node.values)
        yield from text.split("\0")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from PLACEHOLDER.split(node.value)


@cache
def is_printed(text: str) -> bool:
    """Return whether the product can print a text: all prose in it is fixed text of one message, or of one within."""
    if not WORD.search(QUOTED.sub("''", text)) or len(text.split()) == 1:
        return True
    for parts in templates():
        if not all(part.strip() in text for part in parts):
            continue
        match = re.search("(.*?)".join(re.escape(part) for part in parts), text)
        if match and match.end() > match.start():
            values = [text[: match.start()], *match.groups(), text[match.end() :]]
            if all(len(value) < len(text) and is_printed(value) for value in values):
                return True
    return False


def is_part_of_a_message(text: str) -> bool:
    """Return whether one message of the product has all the fixed text of a quoted piece, in its order."""
    pieces = ".*".join(re.escape(piece.strip()) for piece in DATA.split(text) if PROSE.search(piece))
    return bool(pieces) and any(re.search(pieces, "\0".join(parts), re.DOTALL) for parts in templates())


def messages() -> Iterator[str]:
    """Yield each line that a page quotes as output."""
    for page in PAGES:
        for block in re.findall(r"```text\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            yield from block.splitlines()


def pieces() -> Iterator[str]:
    """Yield each piece of a message that a page quotes within a sentence."""
    for page in PAGES:
        prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for code in re.findall(r"`([^`]+)`", prose):
            if PROSE.search(code) and not code.startswith(("reconciler ", "prism ", "apply ", "plan ")):
                yield " ".join(code.split())


@pytest.mark.parametrize("message", sorted(set(messages())))
def test_a_quoted_message_is_printed(message: str) -> None:
    """Each line of output on these pages is made of the product's texts, word for word."""
    assert is_printed(message)


@pytest.mark.parametrize("piece", sorted(set(pieces())))
def test_a_quoted_piece_is_part_of_a_message(piece: str) -> None:
    """Each piece of a message in a sentence of these pages occurs in one of the product's texts."""
    assert is_part_of_a_message(piece)


@pytest.mark.parametrize(
    "stale",
    [
        "this plan removes 1 of the kind Customer (Customer/old-pilot 'Old Pilot'); --allow-delete Customer allows it",
        "this plan deletes 12 of 40 owned resources, beyond 10 %; --allow-deletes 12 allows it",
        "the environment variable FTL_ACME_PASSWORD is not there; set it, or run with --keep-secrets",
    ],
)
def test_a_stale_quote_is_found(stale: str) -> None:
    """A message in other words than the product's is not taken for one."""
    assert not is_printed(stale)
    assert not is_part_of_a_message("the token may not read this")
