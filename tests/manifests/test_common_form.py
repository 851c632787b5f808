"""The common form of YAML, read line by line, means what libyaml reads in it."""

from __future__ import annotations

import io
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.yaml_texts import found, made, short
from support.effort import cpu_seconds
from support.world import ROOT

from benchmarks.tenant import instance_manifest
from reconciler.manifests.files.load import DocumentLoader
from reconciler.manifests.yaml import common_form
from reconciler.text.exact_numbers import is_number, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Place

SAMPLE, SHARDS, EACH = 6_000, 10, 40_000


@cache
def samples() -> list[str]:
    """Return the texts of the repository that are short enough to be changed many times."""
    return [text for text in found() if len(text) < 3_000]


def exact(value: Any) -> Any:
    """Return data in a form in which an equal value of another type, spelling or order of keys differs."""
    if isinstance(value, dict):
        return [(key, exact(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [None, *map(exact, value)]
    return type(value), written(value) if is_number(value) else value


def loaded(text: str) -> tuple[list[tuple[int, Any, Place, Any]], list[Diagnostic]]:
    """Return the documents of a text as the pipeline gets them, and the problems."""
    loader = DocumentLoader([])
    documents = loader.stream(io.StringIO(text, newline=""), Path())
    return [(each.index, each.prefix, each.start, exact(each.data)) for each in documents], loader.problems


def composed(text: str) -> tuple[list[tuple[int, Any, Place, Any]], list[Diagnostic]]:
    """Return the same, read by libyaml."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(common_form, "documents", lambda _: None)
        return loaded(text)


def compare(texts: Iterable[str]) -> Counter[str]:
    """Read each text in both ways, and return how many were in the common form.

    Where the common form is in doubt the two ways are the same.
    """
    came: Counter[str] = Counter()
    for text in texts:
        if common_form.documents(text) is None:
            came["in doubt"] += 1
            continue
        came["in the common form"] += 1
        assert loaded(text) == composed(text), repr(text)
    return came


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", []),
        ("# only a comment\n", []),
        ("---\n\n---\na: 1\n---\n", [None, {"a": 1}, None]),
        ("# note\n---\na: 1\n---\n# note\nb: 2", [{"a": 1}, {"b": 2}]),
        ("a: b c  # note\n\n'd e': \"f\\n\\u00e9\" # note\n", [{"a": "b c", "d e": "f\né"}]),
        ("a: 'it''s'\nb: http://h:1/x#y\nc: a#b :c\n", [{"a": "it's", "b": "http://h:1/x#y", "c": "a#b :c"}]),
        ("a: yes\nb: true\nc: ~\nd:\ne: 12\n", [{"a": "yes", "b": True, "c": None, "d": None, "e": 12}]),
        ("a: 2024-05-01\nb: 12:30:00\nc: -0.5", [{"a": "2024-05-01", "b": "12:30:00", "c": -0.5}]),
        ("a:\n  b:\n      c: 1\n  d: 2\n", [{"a": {"b": {"c": 1}, "d": 2}}]),
        ("a:\n- b\n- c: 1\n  d: 2\n-   e:\n    - f\ng: 3\n", [{"a": ["b", {"c": 1, "d": 2}, {"e": ["f"]}], "g": 3}]),
        ("a: [b, 'c', {d: 1}]\ne: {f: [], \"g\": {}}\n", [{"a": ["b", "c", {"d": 1}], "e": {"f": [], "g": {}}}]),
        ("a: |\n  b\n\n    c\n\nd: |-\n e\nf: |+\n  g\n\n", [{"a": "b\n\n  c\n", "d": "e", "f": "g\n\n"}]),
        ("a: >\n  b\n  c\nd:\n- >-\n  e\n  f\n", [{"a": "b c\n", "d": ["e f"]}]),
        ("a: 1\r\nb: |\r\n  c\r\n", [{"a": 1, "b": "c\n"}]),
    ],
)
def test_the_common_form_is_read_without_libyaml(text: str, data: list[Any]) -> None:
    """Maps, lists, texts, numbers, brackets, blocks, comments and documents are in the common form."""
    roots = common_form.documents(text)
    assert roots is not None
    assert [root.data for root in roots] == data
    assert loaded(text) == composed(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n", "a: {b: 1, b: 2}\n", "'a': 1\na: 2\n", "a: &x 1\n", "a: *x\n", "a: !!str 1\n", "<<: {a: 1}\n",
        "? a\n: b\n", "1: a\n", "true: a\n", "a: {1: b}\n", "[a]: b\n", "- a\n", "a\n", "a: b\n  c\n", 'a: "b\n  c"\n',
        "a: [\n  b]\n", "a: [b,]\n", "a: {b}\n", "a: {b:1}\n", 'a: {"b":1}\n', "a: [1.10]\n", "a: 007\n", "a: .inf\n",
        "a:\tb\n", "a: \x07\n", "a: \x85\n", "a: b\u2028c\n", "\ufeffa: 1\n", "a: b: c\n", "a: @b\n", "a: - b\n",
        "a:\n    b: 1\n  c: 2\n", "a: 1\n  b: 2\n", " a: 1\n", "a:\n- b\n  c: d\n", "a:\n  - b\n - c\n",
        "%YAML 1.2\n---\n", "a: 1\n...\n", "--- a\n", "--- \na: 1\n", "---\n---\na: 1\n",
        "a: |\n  b", "a: |\n\n  b\n", "a: |2\n  b\n", "a: |\n  b\n c\n",
        "a:\n- b: |\n  c\n", "a: >+\n  b\n  c\n\n", "a: [+5]\n",
        "a: >\n  b\n\n  c\n",
        'a: "\\x41"\n', 'a: "\\ud83d\\ude00"\n', 'a: "b"c\n', "a: " + "[" * 41 + "]" * 41, "a: " + "b" * 2**16 + "\n",
        "".join(f"{' ' * depth}a:\n" for depth in range(50)), "a" * 501 + ": b\n",
    ],
)  # fmt: skip
def test_all_else_is_left_to_libyaml(text: str) -> None:
    """Mistakes, and what only a parser of all of YAML can read, are not in the common form."""
    assert common_form.documents(text) is None


def test_the_examples_are_in_the_common_form() -> None:
    """Every manifest that we show is read without libyaml, and so is one with all types of config variables."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples" / "manifests").rglob("*.yaml"))]
    texts.append(yaml.safe_dump(instance_manifest(1, 1, 1, changed=False), sort_keys=False))
    assert compare(texts) == {"in the common form": len(texts)}


def test_the_yaml_of_this_repository_has_one_meaning() -> None:
    """Both ways read the same in the repository's own YAML, and in the manifests of its tests."""
    came = compare(found())
    assert came["in the common form"] > came["in doubt"]


def test_made_up_texts_have_one_meaning() -> None:
    """Some of the four hundred thousand: generated and changed texts have the same data, types, order and places."""
    came = compare(made(Random(number), samples()) for number in range(SAMPLE))  # noqa: S311 - nothing secret is drawn
    assert came["in the common form"] > SAMPLE // 4
    assert compare(short(3))["in the common form"] > 1_000


@pytest.mark.full
@pytest.mark.parametrize("shard", range(1, SHARDS + 1))
def test_four_hundred_thousand_texts_have_one_meaning(shard: int) -> None:
    """All of them, in ten shards."""
    came = compare(made(Random(shard * EACH + number), samples()) for number in range(EACH))  # noqa: S311 - as above
    sys.stdout.write(f"texts read in two ways: {dict(came)}\n")
    assert came["in the common form"] > EACH // 4


@pytest.mark.full
def test_every_short_text_has_one_meaning() -> None:
    """Every continuation of some beginnings by up to four characters."""
    came = compare(short(4))
    sys.stdout.write(f"short texts read in two ways: {dict(came)}\n")
    assert came["in the common form"] > 30_000


@given(
    st.dictionaries(
        st.text("abc <:-'\"#1", max_size=5), st.text("ab1:#-'\" \n[]{},é~") | st.lists(st.integers() | st.none())
    )
)
def test_written_yaml_has_one_meaning(data: dict[str, Any]) -> None:
    """Data that PyYAML writes, in each style, is read the same in both ways."""
    compare(yaml.safe_dump(data, allow_unicode=True, default_flow_style=style) for style in (True, False, None))


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "b " * 30_000 + "\n",
        "a: " + "b " * 30_000 + "c: d\n",
        "a: '" + "''" * 30_000 + "'\n",
        'a: "' + "\\n" * 30_000 + "\n",
        "a" + " " * 60_000 + ": b\n",
        "a: |\n" + "  \n" * 20_000 + "b\n",
        "a: [" + "b, " * 20_000 + "\n",
        "\n" * 60_000,
        " " * 60_000 + "@\n",
        "a:\n-" + " " * 60_000 + "@\n",
        "a:\n" + " " * 60_000 + "b: c: d\n",
        "a:" + " " * 60_000 + "@b\n",
        "a: |  # no block\n" + (" " * 120 + '"b": [1, 2],\n') * 400,
        "a: 1\n" + "#\n" * 30_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """The pattern of a line takes time in proportion to the text, whatever it holds."""
    assert cpu_seconds(lambda: common_form.documents(text)) < 2
