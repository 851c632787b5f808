"""Choosing between the readings of what nobody documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.sandbox.data.variants import VariantError, Variants


def test_every_variant_has_a_choice_and_a_default_among_it() -> None:
    """Each is one of at least two values, and the first of them is the default."""
    for name, values in Variants.choices().items():
        assert len(values) >= 2
        assert getattr(Variants(), name) == values[0]


def test_variants_are_set_by_name() -> None:
    """``NAME=VALUE`` sets one; hyphens do for underscores; the rest keep their defaults; the last word counts."""
    parsed = Variants.parse(["connection-inputs = replace", "numbers=float", "numbers=sent"])
    assert parsed == Variants(connection_inputs="replace")
    assert Variants.parse([]) == Variants()


def test_every_variant_is_documented() -> None:
    """The table in docs/sandbox.md has each variant with all its values, in order, and what it decides."""
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    table = text.split("| variant |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    assert {name: tuple(re.findall(r"`([^`]+)`", values)) for name, values, _ in rows} == Variants.choices()
    assert {name: meaning for name, _, meaning in rows} == Variants.meanings()


def test_what_the_product_does_about_every_variant_is_documented() -> None:
    """The table in docs/api-assumptions.md names each variant once, beside what the product does."""
    text = (Path(__file__).parents[2] / "docs" / "api-assumptions.md").read_text(encoding="utf-8")
    table = text.split("| Unknown |")[1]
    cells = [
        line.split(" | ")[1] for line in table.splitlines() if line.startswith("| ") and not line.startswith("| ---")
    ]
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(Variants.choices())


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("numbers", "A variant is NAME=VALUE, not 'numbers'."),
        ("colour=red", "There is no variant 'colour'. Known: connection_inputs, "),
        ("numbers=roman", "Variant numbers is one of sent, float, not 'roman'."),
    ],
)
def test_a_wrong_variant_says_what_is_known(setting: str, message: str) -> None:
    """A name or value that does not exist is one clear line."""
    with pytest.raises(VariantError) as caught:
        Variants.parse([setting])
    assert str(caught.value).startswith(message)
