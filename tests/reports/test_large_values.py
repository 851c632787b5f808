"""Large values are shown in linear time, and omissions are reported."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports.plans import field
from support.effort import cpu_seconds

from reconciler.planning.masking import Mask
from reconciler.reports.shared.alignment import SHORT, differences
from reconciler.reports.shared.fields import MOST, MOST_COMPARED, Leaf, block_lines, leaves

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 10_000
SECONDS = 2.0
"""Of the processor, for ten thousand lines or items on each side; by their square it takes several times as long."""
LINES = st.lists(st.sampled_from("abcdef"), max_size=SHORT)


def alternating(name: str, many: int) -> list[str]:
    return [item for number in range(many // 2) for item in (f"same {number}", f"{name}{number}")]


SIDES: dict[str, Callable[[int], tuple[list[str], list[str]]]] = {
    "every second one differs": lambda many: (alternating("A", many), alternating("B", many)),
    "the other way round": lambda many: (alternating("A", many), alternating("A", many)[::-1]),
    "one item again and again": lambda many: (["x"] * many, ["x", "y"] * (many // 2)),
    "a few items": lambda many: ([str(n * n % 7) for n in range(many)], [str(n * n % 11) for n in range(many)]),
    "nothing in common": lambda many: ([f"a{n}" for n in range(many)], [f"b{n}" for n in range(many)]),
    "one in the middle": lambda many: (alternating("A", many), [*alternating("A", many // 2), "new"]),
}


@pytest.mark.parametrize("name", SIDES)
def test_long_texts_are_compared_quickly(name: str) -> None:
    """Whatever differs in ten thousand lines, it is found in a moment."""
    one, other = SIDES[name](MANY)
    leaf = Leaf(("x",), "\n".join(one), "\n".join(other))
    shown: list[tuple[str, str]] = []
    assert cpu_seconds(lambda: shown.extend(block_lines(leaf))) < SECONDS
    assert shown[0][0] == "@"
    assert {sign for sign, _ in shown} & {"+", "-"}


@pytest.mark.parametrize(
    "wrapped", [lambda items: items, lambda items: {"text": "\n".join(items)}], ids=["list", "text"]
)
@pytest.mark.parametrize("name", SIDES)
def test_long_lists_are_compared_quickly(name: str, wrapped: Callable[[list[str]], Any]) -> None:
    """The same holds for a list, and for a text within a map."""
    one, other = map(wrapped, SIDES[name](MANY))
    shown: list[Leaf] = []
    assert cpu_seconds(lambda: shown.extend(leaves(field("configVariables/x", one, other), Mask()))) < SECONDS
    assert shown


def test_values_beyond_the_limit_are_not_compared_and_reported_so() -> None:
    """Of a text of very many lines the first are compared; how many are left is said."""
    one = [f"line {number}" for number in range(MOST_COMPARED + 5)]
    other = [f"{line}!" if number % 10 == 0 else line for number, line in enumerate(one)]
    shown = list(block_lines(Leaf(("x",), "\n".join(one), "\n".join(other))))
    assert len(shown) == 41
    assert shown[:3] == [("@", "@ -1,3 +1,3 @@"), ("-", "line 0"), ("+", "line 0!")]
    assert shown[-1] == ("…", " 13958 more lines and 5 lines further on that were not compared")


@given(LINES, LINES)
def test_a_short_text_is_shown_as_a_unified_difference(one: list[str], other: list[str]) -> None:
    """Of short texts the lines are those that everybody's tools show; a new text and a removed one have no header."""
    expected = [(line[0], line[1:]) for line in unified_diff(one, other, lineterm="", n=2)][2:]
    if not ("\n".join(one) and "\n".join(other)):
        expected = [each for each in expected if each[0] != "@"]
    shown = list(block_lines(Leaf(("x",), "\n".join(one), "\n".join(other))))
    more = [("…", f" {len(expected) - 40} more lines")] if len(expected) > 40 else []
    assert shown == expected[:40] + more


@given(st.lists(st.integers(0, 300).map(str), min_size=SHORT + 1, max_size=600), st.data())
def test_the_summary_of_a_long_difference_is_true(one: list[str], data: st.DataObject) -> None:
    """What stands between the differences is the same on both sides, and nothing is left out."""
    other = list(one)
    for _ in range(data.draw(st.integers(0, 30))):
        place = data.draw(st.integers(0, len(other)))
        other[place : place + data.draw(st.integers(0, 20))] = data.draw(st.lists(st.sampled_from("xyz1"), max_size=5))
    first = begin = 0
    for each in differences(one, other):
        assert one[first : each.first] == other[begin : each.begin]
        assert one[each.first : each.last] != other[each.begin : each.end]
        first, begin = each.last, each.end
    assert one[first:] == other[begin:]


def test_a_change_in_a_large_value_is_shown_at_its_place() -> None:
    """Within a large map and list the same is shown as within a small one: what is changed, added and gone."""
    small = {"a": {"k": 1, "gone": 2}, "l": [{"n": 1}, "x"], "t": None, "n": 1, "b": True}
    changed = {"a": {"k": 2, "new": 3}, "l": [{"n": 2}, "x", "y"], "t": "1", "n": 1.0, "b": 1}
    many = {f"same {number}": number for number in range(MOST)}
    found = list(leaves(field("configVariables/x", small, changed), Mask()))
    assert list(leaves(field("configVariables/x", {**small, **many}, {**changed, **many}), Mask())) == found
    assert len(found) == 7
