"""Setting one value in a manifest's text changes that value and nothing else."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.exporting.splicing import spliced
from reconciler.exporting.yaml_text import as_nodes, document_text, read_back

BLOCKS = [
    "multi\nline\n",
    "no\nend",
    "\ttab\n",
    "a\n\tb",
    "a  \n b\t\n\n\nc",
    "a\n   ",
    "a\n   \n",
    "a\n\n\n",
    "# a\nb",
    "---\nb",
]
LAID_OUT = [*BLOCKS, "\n", "\na\n", "  a\nb", " \n", "a\r\nb\r\n", "a\u202e\nb", "a\x07\nb\n", "日本 🚀\nb"]
PLAIN = [
    "a",
    "b c",
    "?",
    "d: e",
    "#f",
    "",
    "yes",
    "1",
    "日本",
    "'",
    '"',
    "x, y",
    "{",
    "-",
    "it's",
    "a#b",
    "/a",
    "<<",
    "y",
]
WORDS = st.sampled_from(PLAIN + LAID_OUT)
SCALARS = st.one_of(WORDS, st.booleans(), st.integers(-5, 5), st.sampled_from([0.5, 1e21, None]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
MAPPINGS = st.dictionaries(WORDS, VALUES, min_size=1, max_size=4)
TEXT = """\
# First
spec:
    name: 'Quoted'   # beside
    config:
        # above
        Key: value
        List: # why
          - one
        Shared: &shared {a: 1}
        Again: *shared

lifecycle: {}
"""


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, item in value.items() if isinstance(value, dict) else ():
        found += paths(item, (*path, key))
    return found


@given(data=st.data(), document=MAPPINGS, value=VALUES)
def test_a_spliced_value_reads_back_as_set(data: Any, document: dict[str, Any], value: Any) -> None:
    """Whatever is replaced or added in whatever a manifest holds, it reads back as the same with that one change."""
    text = document_text(document)
    assert text is not None
    path = data.draw(st.sampled_from(paths(document)))
    if data.draw(st.booleans()):
        path = (*path[:-1], "a new key")
    expected = deepcopy(document)
    target: Any = expected
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert read_back(spliced(f"# before\n{text}", 0, path, value)) == [expected]


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("spec", "name"), "Other", "name: 'Quoted'   # beside", "name: Other   # beside"),
        (("spec", "config", "Key"), [1, 2], "Key: value", "Key: [1, 2]"),
        (
            ("spec", "config", "New"), "x\ny\n",
            "Again: *shared\n", "Again: *shared\n        New: |\n          x\n          y\n",
        ),
        (("spec", "config", "Again"), {"b": "c"}, "Again: *shared\n", "Again: {b: c}\n"),
        (("spec", "description"), "", "Again: *shared\n", 'Again: *shared\n    description: ""\n'),
        (("lifecycle", "preventDestroy"), True, "lifecycle: {}", "lifecycle: {preventDestroy: true}"),
        (("spec", "flows", "A"), {"k": "v"}, "Again: *shared\n", "Again: *shared\n    flows: {A: {k: v}}\n"),
    ],
)  # fmt: skip
def test_everything_else_stays(path: tuple[str, ...], value: Any, before: str, after: str) -> None:
    """Comments, quotes, indentation and empty lines stay as they are."""
    assert spliced(TEXT, 0, path, value) == TEXT.replace(before, after)


@pytest.mark.parametrize("path", [("spec", "name"), ("spec", "config", "New"), ("lifecycle", "a")])
def test_spliced_names_are_quoted(path: tuple[str, ...]) -> None:
    """Direction marks and what else could act on who reads a review are written out, in keys as in values."""
    for live in ("pay\u202eyap", "zero\u200bwidth", "\x1b[2J"):
        for at in (path, (*path[:-1], live)):
            text = spliced(TEXT, 0, at, live)
            assert text.replace("\n", "").isprintable()
            found = read_back(text)[0]
            for step in at:
                found = found[step]
            assert found == live


def test_a_comment_inside_a_value_is_not_lost() -> None:
    """A value in which somebody wrote a comment is left as it is."""
    assert spliced(TEXT, 0, ("spec", "config", "List"), ["two"]) == TEXT


def test_a_shared_anchor_is_not_spliced() -> None:
    """A change by way of an alias shows in the other place as well, so that it can be found out and not be written."""
    data = read_back(TEXT)
    data[0]["spec"]["config"]["Again"]["a"] = 2
    text = spliced(TEXT, 0, ("spec", "config", "Again", "a"), 2)
    assert read_back(text)[0]["spec"]["config"]["Shared"] == {"a": 2}


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: *nowhere\n", "a: 1\n---\nb: {\n"])
def test_broken_text_is_not_spliced(text: str) -> None:
    """A text that no manifest may be is never taken for what was to be written."""
    assert read_back(text) == []


@given(document=MAPPINGS)
def test_every_document_reads_back(document: dict[str, Any]) -> None:
    """What is written as YAML is read as just what it was."""
    text = document_text(document)
    assert text is not None
    assert read_back(text) == [document]
    assert as_nodes(document) == document


@given(data=st.data(), document=MAPPINGS, value=VALUES, indent=st.sampled_from([None, 2, "\t"]))
def test_json_stays_json(data: Any, document: dict[str, Any], value: Any, indent: Any) -> None:
    """In a file of JSON, in one line or in many, what is replaced or added is JSON."""
    text = json.dumps(document, indent=indent)
    if read_back(text) != [document]:
        return  # our reader takes no pairs of surrogates for a character
    path = data.draw(st.sampled_from(paths(document)))
    if data.draw(st.booleans()):
        path = (*path[:-1], "a new key")
    expected = deepcopy(document)
    target: Any = expected
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    after = spliced(text, 0, path, value)
    assert read_back(after) == [expected]
    assert json.loads(after) == expected
