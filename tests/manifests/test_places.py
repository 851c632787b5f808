"""Source places: file, line and column of every value in a YAML document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import build
from reconciler.manifests.yaml.layers import Document, Layers
from reconciler.manifests.yaml.source_map import Source
from reconciler.model.place import Place, place_at

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\x85")
LEAVES = st.text(LETTERS, min_size=1, max_size=8)
DATA = st.dictionaries(
    LEAVES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(LEAVES, inner, min_size=1, max_size=3),
        max_leaves=12,
    ),
    min_size=1,
    max_size=4,
)


def document(text: str, shown: str = "f.yaml") -> Document:
    """Return the first document of a text."""
    source = Source(shown, Path(), Path(), text)
    return Document(source, 0, (), Place(shown), build(source.node(0), shown, []))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], str]]:
    """Return every text in a value with its path."""
    if isinstance(value, str):
        return [(path, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [leaf for key, item in items for leaf in leaves(item, (*path, key))]


@given(DATA, st.booleans(), st.sampled_from([None, "'", '"']))
def test_the_place_of_a_path_is_that_of_its_value(data: dict[str, Any], flow: bool, style: str | None) -> None:
    """For any nested YAML the text at the place of a path is the value's, and at its key's place the key's."""
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, default_style=style, width=10_000)
    layers = Layers((document(text),))
    lines = text.split("\n")
    for path, value in leaves(data):
        for wanted, place in [(value, layers.place(path)), (path[-1], layers.place(path, key=True))]:
            if isinstance(wanted, str):
                rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
                assert scalar_at(rest).startswith(wanted) or scalar_at(rest) == wanted


def scalar_at(text: str) -> str:
    """Return the scalar that a text begins with."""
    text = text.removeprefix("? ")
    if text[0] in "'\"":
        closing = next(n for n in range(1, len(text)) if closes(text, n))
        return str(yaml.safe_load(text[: closing + 1]))
    return text.split("\n")[0]


def closes(text: str, end: int) -> bool:
    """Say whether the quoted text closes at ``end``."""
    inner = text[1:end]
    if text[end] != text[0]:
        return False
    if text[0] == "'":
        return inner.count("'") % 2 == 0 and text[end + 1 : end + 2] != "'"
    return (len(inner) - len(inner.rstrip("\\"))) % 2 == 0


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        ((), False, (1, 1)),
        (("spec",), True, (2, 1)),
        (("spec",), False, (3, 3)),
        (("spec", "b"), False, (4, 6)),
        (("spec", "missing"), False, (3, 3)),
        (("spec", "missing", "deeper"), True, (2, 1)),
        (("spec", "list", 1), False, (7, 5)),
        (("spec", "list", 1), True, (7, 5)),
        (("spec", "list", 9), False, (6, 9)),
        (("spec", "list", "x"), False, (6, 9)),
        (("spec", "b", "x"), False, (4, 6)),
        (("missing",), False, (1, 1)),
        (("merged", "b"), False, (8, 11)),
        (("both", "b"), False, (8, 11)),
        (("both", "c"), False, (9, 17)),
        (("own", "b"), False, (11, 24)),
        (("own", "<<"), False, (11, 6)),
    ],
)
def test_places_of_a_document(path: tuple[Any, ...], key: bool, expected: tuple[int, int]) -> None:
    """Values, keys, list items and merged keys are found; what is missing gives its nearest parent."""
    text = "spec0: x\nspec:\n  a: 1\n  b: |\n    x\n  list: [0,\n    one]\nx: &x {b: 1}\ny: &y {b: 2, c: 3}\n"
    text += "both: {<<: [*x, *y]}\nown: {<<: *x, q: 1, b: 5}\nmerged: {<<: *x}\n"
    assert Layers((document(text),)).place(path, key=key) == Place("f.yaml", *expected)


def layered(*texts: str) -> Layers:
    """Return layers of texts in files named 0, 1, 2 …"""
    return Layers(tuple(document(text, str(number)) for number, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("path", "file"),
    [
        (("a", "x"), "0"),
        (("a", "y"), "2"),
        (("a", "z"), "1"),
        (("a", "nowhere"), "0"),
        (("list", 0), "1"),
        (("list", 1), "1"),
        (("gone", "x"), "1"),
        (("made", "x"), "2"),
        (("made", "y"), "2"),
        (("deep", "b", "c"), "1"),
        (("deep", "b", "d"), "0"),
        ((), "0"),
    ],
)
def test_the_last_layer_that_holds_a_path_wins(path: tuple[Any, ...], file: str) -> None:
    """The last layer that holds a path wins; a value that replaces a map hides the map's keys."""
    layers = layered(
        "{a: {x: 1, y: 1}, list: [1, 2], gone: {x: 1}, made: 1, deep: {b: {d: 1}}}",
        "{a: {z: 1}, list: [3], gone: null, deep: {b: {c: 1}}}",
        "{a: {y: 2}, made: {x: 1}}",
    )
    assert layers.place(path).file == file
    assert layers.holder(path).source.shown == file or not path


def test_recursive_merges_are_followed_once() -> None:
    """A merge key that leads back to its own map is followed once."""
    assert layered("a: &a {<<: *a, b: 1}").place(("a", "c")) == Place("0", 1, 4)


def test_a_document_that_is_no_map_has_only_its_start() -> None:
    """Every path of a document that is no map leads to its start."""
    assert layered("text").place(("a",)) == Place("0")


@given(st.text(st.sampled_from("ab\r\n"), max_size=20), st.integers(0, 20))
def test_offsets_become_lines_and_columns(text: str, offset: int) -> None:
    """The place of an offset counts lines by any line end and columns from 1."""
    lines = text[:offset].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert place_at(text, offset, "f") == Place("f", len(lines), len(lines[-1]) + 1)


def test_problems_of_the_text_are_not_reported_again_for_places() -> None:
    """Looking up a place in a broken file reports no problem again."""
    problems: list[Any] = []
    assert len(list(compose("a: 1\n---\nb: [", "f", problems))) == 1
    assert len(problems) == 1
    assert document("a: 1\n---\nb: [").source.node(0).start_mark.line == 0
