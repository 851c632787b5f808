"""The same plan in several renderings: the same order, the same numbers for secrets."""

from __future__ import annotations

import json
import re
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from reports.plans import change, field, plan

from reconciler.planning.masking import Mask
from reconciler.planning.plan_file import plan_document
from reconciler.reports.shared.json_documents import drift_document
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import drift_text, plan_text
from reconciler.secrets.secret import JsonText, Secret, Unresolved
from reconciler.text.escape import json_text

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

DOCUMENTS = [
    "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: b}\nspec: {name: B}\n",
    "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A}\n",
    (
        "apiVersion: reconciler/v1\nkind: User\nmetadata: {name: z}\n"
        "spec: {customer: a, email: z@a.example, role: Admin}\n"
    ),
    (
        "apiVersion: reconciler/v1\nkind: Instance\nmetadata: {name: y}\n"
        "spec: {customer: b, name: Y, integration: {name: Acme Inventory}}\n"
    ),
]


@pytest.mark.parametrize("order", list(permutations(range(len(DOCUMENTS)))), ids=str)
def test_a_plans_order_does_not_depend_on_the_files(world: World, order: tuple[int, ...], tmp_path: Path) -> None:
    """However the manifests are spread over files and ordered in them, the plan has the same order."""
    for number, index in enumerate(order):
        path = tmp_path / f"{number // 2}.yaml"
        before = path.read_text(encoding="utf-8") + "---\n" if path.exists() else ""
        path.write_text(before + DOCUMENTS[index], encoding="utf-8")
    assert world.plan(tmp_path).addresses == ["Customer/a", "Customer/b", "Instance/y", "User/z"]


def secrets() -> Any:
    one, two, three = Secret("one"), Secret("two"), Secret("three")
    return plan(
        change(fields=[field("configVariables/A", one, two, sensitive=True)]),
        change("two", fields=[field("configVariables/B", None, one, sensitive=True)]),
        change("three", "create", fields=[field("flowConfigs/C/apiKeys", None, [three, two], sensitive=True)]),
        change("four", fields=[field("configVariables/D", {"x": two}, {"x": three}, sensitive=True)]),
    )


NUMBERED = r"\(sensitive #(\d+)\)"
NUMBERS = ["1", "2", "1", "3", "2", "2", "3"]


def test_secrets_have_the_same_numbers_in_every_rendering() -> None:
    """A secret's number is the same in the text, in the JSON and in the drift, and so is its place."""
    found = secrets()
    texts = [plan_text(found, Style(), verbose=verbose) for verbose in (False, True)]
    for text in (*texts, json_text(plan_document(found)), json_text(drift_document(found))):
        assert re.findall(NUMBERED, text) == NUMBERS
    # What is missing has no fields in a drift.
    assert re.findall(NUMBERED, drift_text(Outcome("drift"), found, Style())) == [*NUMBERS[:3], *NUMBERS[5:]]


def test_the_order_of_rendering_does_not_matter() -> None:
    """A rendering does not change what another numbers or says."""
    found = secrets()
    before = json_text(plan_document(found))
    plan_text(found, Style())
    assert json_text(plan_document(found)) == before


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        (Secret("x"), "(sensitive #1)"),
        ([Secret("x"), Secret("y"), Secret("x")], ["(sensitive #1)", "(sensitive #2)", "(sensitive #1)"]),
        ({"a": (Secret("x"), 5), "b": None}, {"a": ["(sensitive #1)", 5], "b": None}),
        (Unresolved(), "(sensitive)"),
        (JsonText({"a": Secret("x")}), "(sensitive)"),
        ("plain", "plain"),
    ],
    ids=str,
)
def test_hiding_leaves_plain_data(value: Any, hidden: Any) -> None:
    """Whatever a value holds, what is shown of it is plain data without a secret."""
    assert Mask().hide(value) == hidden
    json.dumps(hidden)


def test_json_keeps_letters_as_they_are() -> None:
    """Names come out as people write them, not spelt in numbers."""
    assert "Grüße 東京" in json_text({"name": "Grüße 東京"})
