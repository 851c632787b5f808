"""Checks across manifests: references between them, their cycles, and the checks of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifests.example_kinds import widgets
from manifests.reading import read_text, text_problems

from reconciler.manifests.checks.consistency import _circle

if TYPE_CHECKING:
    from pathlib import Path


def manifests(**parts: str) -> str:
    """Return widgets by their handles, each with its parts."""
    return "---\n".join(
        f"apiVersion: reconciler/v1\nkind: Widget\nmetadata: {{name: {name}}}\nspec:\n  parts: [{listed}]\n"
        for name, listed in parts.items()
    )


def test_a_custom_kind_is_read(tmp_path: Path) -> None:
    """A kind with its own schema is read, checked and ordered like any other."""
    resources = read_text(tmp_path, manifests(b="a", a=""), kinds=widgets()).resources
    assert [each.address for each in resources] == ["Widget/a", "Widget/b"]
    assert text_problems(tmp_path, manifests(a="").replace("parts:", "size: x\n  parts:"), kinds=widgets()) == [
        "<stdin>:5:9: 'size' must be a whole number, not the text \"x\""
    ]


def test_a_problem_of_a_kind_is_reported_at_its_place(tmp_path: Path) -> None:
    """A problem that a kind finds is reported at the kind's place, the key or the value."""
    text = manifests(a="").replace("parts:", "size: 13\n  parts:")
    assert text_problems(tmp_path, text, kinds=widgets()) == [
        "<stdin>:5:3: thirteen brings bad luck; take another size"
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"a": "a"}, ["<stdin>:5:11: references go round in a circle: Widget/a → Widget/a; take one of them out"]),
        (
            {"b": "a", "a": "b"},
            ["<stdin>:11:11: references go round in a circle: Widget/a → Widget/b → Widget/a; take one of them out"],
        ),
        (
            {"c": "x, b", "x": "", "b": "a", "a": "x, c"},
            [
                (
                    "<stdin>:23:14: references go round in a circle:"
                    " Widget/a → Widget/c → Widget/b → Widget/a; take one of them out"
                )
            ],
        ),
        (
            {"a": "b", "b": "a", "c": "d", "d": "c", "e": "a, c"},
            [
                "<stdin>:5:11: references go round in a circle: Widget/a → Widget/b → Widget/a; take one of them out",
                "<stdin>:17:11: references go round in a circle: Widget/c → Widget/d → Widget/c; take one of them out",
            ],
        ),
        ({"a": "b, c", "b": "d", "c": "d", "d": ""}, []),
    ],
)
def test_cycles_of_references_are_reported_once(tmp_path: Path, parts: dict[str, str], expected: list[str]) -> None:
    """Every circle of references is reported once, with its members in order; a diamond is not a circle."""
    assert text_problems(tmp_path, manifests(**parts), kinds=widgets()) == expected


@given(st.dictionaries(st.sampled_from("abcd"), st.sets(st.sampled_from("abcd")), max_size=4))
def test_a_cycle_is_closed(graph: dict[str, set[str]]) -> None:
    """Each member of a reported circle refers to the next; without circles the resources have an order."""
    circle = _circle(graph)
    for name, following in zip(circle, circle[1:] + circle[:1], strict=True):
        assert following in graph[name]
    if not circle:
        assert not any(name in named for name, named in graph.items())


def test_a_long_chain_of_references_is_no_problem(tmp_path: Path) -> None:
    """Thousands of references in a row do not run out of stack."""
    parts = {f"w{number}": f"w{number + 1}" for number in range(3000)} | {"w3000": ""}
    assert text_problems(tmp_path, manifests(**parts), kinds=widgets()) == []
    assert "circle" in text_problems(tmp_path, manifests(**{**parts, "w3000": "w0"}), kinds=widgets())[0]
