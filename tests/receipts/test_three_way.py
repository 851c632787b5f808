"""Causes of drift: the receipt, the live value and the manifest compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from receipts.three_way import KEY, PROJECT, WORD, Keeper, manifests, meddle
from support.matrix import every
from support.world import World

from reconciler.manifests.schema.schemas import load_schema
from reconciler.receipts.compare import Cause
from reconciler.reports.shared.origins import causes_document

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
SECRETS = (WORD, "meddled-word", "other-secret-word", KEY)


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    with World() as world:
        yield Keeper(world)


def source(case: dict[str, Any], key: str, folder: Path) -> Any:
    """Return the manifests of a case; with a project they are in a folder of their own."""
    text = manifests(case[key])
    if not case.get("project"):
        return text
    label = case.get("label") if key == "now" else None
    project = PROJECT.replace("spec: {}", f"spec: {{ownership: {{label: '{label}'}}}}") if label else PROJECT
    (folder / "reconciler.yaml").write_text(project, encoding="utf-8")
    (folder / "all.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", every(2, ([case["case"]] for case in CASES)))
def test_each_difference_is_explained_by_its_cause(name: str, keeper: Keeper, tmp_path: Path) -> None:
    """What is said is what happened: outside, not applied yet, both, or that it cannot be told."""
    case = next(each for each in CASES if each["case"] == name)
    keeper.key = KEY if case.get("key") else ""
    if "unseen" in case:
        assert all(result.ok for result in keeper.apply(source(case, "unseen", tmp_path)))
        keeper.receipt = None
    how = case.get("how", {})
    for fault, which in case.get("faults", ()):
        keeper.world.sandbox.faults.add(fault, **which)
    results = keeper.apply(source(case, "applied", tmp_path), **({**how, "targets": tuple(how.get("targets", ()))}))
    assert all(result.ok for result in results) != ("faults" in case)
    if case.get("old"):
        keeper.make_old()
    if "later" in case:
        kept = keeper.receipt
        keeper.apply(source(case, "later", tmp_path))
        keeper.receipt = kept
    meddle(keeper.world, case.get("outside", {}))
    keeper.word = case.get("word", WORD)
    keeper.key = "another key that is long enough" if case.get("rekey") else keeper.key
    plan, explanation, told = keeper.drift(source(case, "now", tmp_path), **case.get("then", {}))
    names = {each.id: each.name for each in plan.orphans}
    origins = {_named(address, names): origin for address, origin in told.origins.items()}
    remarks = {_named(address, names): list(found) for address, found in told.remarks.items()}
    assert origins == case["origins"]
    for address, expected in case.get("remarks", {}).items():
        for remark in expected:
            assert [found for found in remarks[address] if found.startswith(remark)], remarks
    assert told.notes[0].startswith("Causes by the receipt of the apply 20")
    if "notes" in case:
        assert len(told.notes) == 1 + len(case["notes"])
        assert all(found.startswith(note) for found, note in zip(told.notes[1:], case["notes"], strict=True))
    Draft202012Validator(load_schema("receipt")).validate(json.loads(keeper.text))
    everything = keeper.text + json.dumps(causes_document(explanation)) + repr(told)
    assert [secret for secret in SECRETS if secret in everything] == []


def _named(address: str, names: dict[str, str]) -> str:
    kind, _, rest = address.partition("/")
    return f"{kind}/{names.get(rest, rest)}"


def test_the_cases_cover_every_cause() -> None:
    """There is a case for each cause, and each case has its own name."""
    assert {origin for case in CASES for origin in case["origins"].values()} == {str(cause) for cause in Cause}
    assert len({case["case"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("sensitive", [False, True], ids=["in the open", "secret"])
def test_every_combination_of_three_values_has_its_cause(sensitive: bool, keeper: Keeper) -> None:
    """Whatever was applied, is live and is declared of one field: the word follows from which of them are the same."""
    keeper.key = KEY
    values = ("one", "two", "three")
    ways = [(applied, live, now) for applied in values for live in values for now in values]

    def text(which: int) -> str:
        return "".join(_customer(index, way[which], sensitive=sensitive) for index, way in enumerate(ways))

    secrets = {f"V_{value}": f"a-secret-{value}" for value in values}
    keeper.world.environ |= secrets
    keeper.apply(text(0))
    shown = {value: secrets[f"V_{value}"] if sensitive else value for value in values}
    for index, way in enumerate(ways):
        (row,) = keeper.world.rows("customers", name=f"C{index}")
        (instance,) = keeper.world.rows("instances", customer=row["id"])
        _set(keeper.world, instance["id"], shown[way[1]])
    _, explanation, told = keeper.drift(text(2))
    for index, (applied, live, now) in enumerate(ways):
        outside, unapplied = live != applied, now != applied
        expected = (
            None
            if live == now
            else Cause.BOTH
            if outside and unapplied
            else Cause.OUTSIDE
            if outside
            else Cause.UNAPPLIED
        )
        found = explanation.changes.get(f"Instance/c{index}")
        assert (found.verdict.cause if found else None) == expected, (applied, live, now)
        agreed = (f"Instance/c{index}", ("configVariables", "A String")) in explanation.agreed
        assert agreed == (live == now != applied and not sensitive)
    assert [secret for secret in secrets.values() if secret in keeper.text + repr(told)] == []


def _customer(index: int, value: str, *, sensitive: bool) -> str:
    wanted = f"{{valueFrom: {{env: V_{value}}}}}" if sensitive else value
    head = "---\napiVersion: reconciler/v1\nkind: {}\nmetadata: {{name: c{}}}\nspec: {{{}}}\n"
    customer = head.format("Customer", index, f"name: C{index}")
    spec = (
        f"customer: c{index}, name: I, integration: {{name: Every Data Type}}, configVariables: {{A String: {wanted}}}"
    )
    return customer + head.format("Instance", index, spec)


def _set(world: World, instance: str, value: str) -> None:
    world.sandbox.store.execute(
        "UPDATE config_variables SET value = ? WHERE instance = ? AND requiredConfigVariable IN "
        "(SELECT id FROM required_config_variables WHERE key = 'A String')",
        (value, instance),
    )
