"""The YAML that manifests are written in: version 1.2, its limits and its two parsers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.reading import text_problems
from support.effort import cpu_seconds

from reconciler.manifests.yaml.compose import compose, composer, python_composer
from reconciler.manifests.yaml.construct import build
from reconciler.manifests.yaml.limits import MAX_DEPTH
from reconciler.manifests.yaml.scalars import BadScalar, plain, tagged

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.model.diagnostic import Diagnostic

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
COMPOSERS = [composer(), python_composer()]


def parsed(text: str, using: type[Any] | None = None) -> tuple[list[Any], list[Diagnostic]]:
    """Return the documents of a text, and what is wrong with it."""
    problems: list[Diagnostic] = []
    return [build(node, "f", problems) for node in compose(text, "f", problems, using)], problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("0o17", 15),
        ("0xFf", 255),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-05-01", "2024-05-01"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e3", -1000.0),
        ("1e", "1e"),
        (".", "."),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
        ("0.5", 0.5),
        ("00x", "00x"),
        ("=", "="),
        ("text", "text"),
    ],
)
def test_plain_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    """An unquoted scalar has the value of YAML 1.2's core schema."""
    found = plain(text)
    assert found == value
    assert isinstance(found, (Decimal, float) if isinstance(value, float) else type(value))


@pytest.mark.parametrize("text", ["007", "-01", ".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "9" * 5000])
def test_numbers_that_cannot_be_kept_are_refused(text: str) -> None:
    """A number that would lose something, or that JSON does not have, is refused."""
    with pytest.raises(BadScalar):
        plain(text)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [("str", "12", "12"), ("int", "12", 12), ("float", "12", Decimal(12)), ("bool", "true", True), ("null", "~", None)],
)
def test_core_tags_are_kept(tag: str, text: str, value: Any) -> None:
    """YAML's own scalar tags are applied."""
    found = tagged(tag, text)
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize(("tag", "text"), [("int", "x"), ("int", "1.5"), ("bool", "1"), ("null", "x"), ("float", "x")])
def test_core_tags_that_do_not_fit_are_refused(tag: str, text: str) -> None:
    """A value that does not fit its tag is refused."""
    with pytest.raises(BadScalar):
        tagged(tag, text)


@pytest.mark.parametrize("using", COMPOSERS)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\n", {"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}}),
        ("- &x {b: 1}\n- &y {b: 2, c: 3}\n- <<: [*x, *y]\n", [{"b": 1}, {"b": 2, "c": 3}, {"b": 1, "c": 3}]),
        ("a: {'<<': 1}\n", {"a": {"<<": 1}}),
        ("a: 'yes'\nb: \"12\"\nc: |\n  x\nd: >-\n  x\n  y\n", {"a": "yes", "b": "12", "c": "x\n", "d": "x y"}),
        ("a: !!str 12\nb: !!map {}\nc: !!seq [1]\nd: ! 'x'\n", {"a": "12", "b": {}, "c": [1], "d": "x"}),
        ("? a\n: b\n", {"a": "b"}),
        ("%YAML 1.2\n---\na: 1\n", {"a": 1}),
    ],
)
def test_anchors_merges_and_styles_work_with_either_parser(using: type[Any], text: str, value: Any) -> None:
    """Anchors, merge keys, quoting and block scalars work, with libyaml and without."""
    assert parsed(text, using) == ([value], [])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(LETTERS),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc <:-'\"", max_size=5), inner),
        max_leaves=15,
    )
)
def test_both_parsers_agree(data: Any) -> None:
    """Written YAML is read back unchanged, by libyaml and by the parser in Python."""
    text = yaml.safe_dump(data, allow_unicode=True, default_style='"')
    fast, slow = (parsed(text, using) for using in COMPOSERS)
    assert fast == slow
    assert fast[1] == []


@pytest.mark.parametrize("using", COMPOSERS)
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_quickly(using: type[Any], opening: str) -> None:
    """Nesting without end is refused, however it is written."""
    documents, problems = parsed(opening * 20_000, using)
    assert documents == []
    assert "nested deeper than 100 levels" in problems[0].message


def test_nesting_up_to_the_limit_is_read() -> None:
    """A hundred levels are read."""
    (document,), problems = parsed("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert problems == []
    assert document is not None


def test_the_deepest_manifest_is_checked_without_running_out_of_stack(tmp_path: Path) -> None:
    """A manifest of the greatest depth can be checked and explained."""
    deep = "[" * 90 + "{valueFrom: 1}" + "]" * 90
    text = "apiVersion: reconciler/v1\nkind: Instance\nmetadata: {name: i}\nspec:\n  customer: a\n"
    (first, *_) = text_problems(tmp_path, f"{text}  configVariables: {{k: {deep}}}\n")
    assert first.startswith("<stdin>:")


def test_aliases_that_nest_too_deep_are_refused() -> None:
    """Aliases of aliases cannot nest deeper than what is written out."""
    lines = ["a0: &a0 [1]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300)]
    documents, problems = parsed("\n".join(lines))
    assert documents == [None]
    assert "nest deeper than 100" in problems[0].message


def test_a_long_chain_of_merges_is_read_or_refused() -> None:
    """Merges of merges without end do not run out of stack."""
    lines = ["a0: &a0 {k: 1}"] + [f"a{n}: &a{n} {{<<: *a{n - 1}}}" for n in range(1, 3000)]
    _, problems = parsed("\n".join(lines))
    assert "aliases" in problems[0].message


def test_a_billion_laughs_are_refused_quickly(tmp_path: Path) -> None:
    """An alias bomb ends in an error at once, not in a full memory."""
    lines = ['a0: &a0 ["lol"]'] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    problems: list[str] = []
    assert cpu_seconds(lambda: problems.extend(text_problems(tmp_path, "\n".join(lines)))) < 5
    (problem,) = problems
    assert "aliases of this document" in problem


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is read or refused with a place; nothing else happens."""
    for using in COMPOSERS:
        documents, problems = parsed(text, using)
        assert all(problem.place is not None for problem in problems)
        assert isinstance(documents, list)


@given(st.text("{}[]:,-?&*|>'\"%@`#\n \tab1<", max_size=40))
def test_no_punctuation_breaks_the_parser(text: str) -> None:
    """Texts of YAML's punctuation are read or refused, alike by both parsers where both can read them."""
    fast, slow = (parsed(text, using) for using in COMPOSERS)
    if not fast[1] and not slow[1]:
        assert fast[0] == slow[0]
