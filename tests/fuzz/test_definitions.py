"""Mutated integration definitions, through ``plan --against``, end in our own errors."""

from __future__ import annotations

import sys
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml
from fuzz.mutation import CANARY, mangled, mutated
from fuzz.running import check_said, in_time
from support import seed
from support.hostile import acting
from support.world import INTEGRATIONS, World

from reconciler.errors import ReconcilerError
from reconciler.manifests.files.load import DocumentLoader
from reconciler.reports.registry import FORMATS, render
from reconciler.reports.shared.impact import verdict_sentences
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.workflow.forecasting import forecast, validate_with_definitions
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLE, WHOLE = 60, 1_500
CUSTOMER = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL}
"""
INSTANCE = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: a{number}}}
spec:
  customer: ftl
  name: Instance {number}
  integration: {{name: {name}}}
  configVariables: {variables}
"""
VARIABLES = {
    "Acme Inventory": "{Warehouse Region: west, Low Stock Alerts: {inputs: {webhookUrl: {valueFrom: {env: CANARY}}}}}",
    "CRM Contacts": "{CRM Connection: {inputs: {clientId: {valueFrom: {env: CANARY}}}}}",
    "Every Data Type": "{A Number: 5, A String: {valueFrom: {env: CANARY}}}",
}
MANIFESTS = CUSTOMER + "".join(
    INSTANCE.format(number=number, name=name, variables=variables)
    for number, (name, variables) in enumerate(VARIABLES.items())
)
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(INTEGRATIONS.glob("*.yaml"))]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as made:
        made.environ["CANARY"] = CANARY
        yield made


def parsed(text: str, folder: Path) -> object:
    """Return a definition's data, read as the product reads it: the examples are not what every reader takes."""
    from reconciler.manifests.files.finder import File

    path = folder / "parsed.yml"
    path.write_text(text, encoding="utf-8")
    (document,) = DocumentLoader([]).file(File(path, "parsed.yml", folder))
    return document.data


def made(random: Random, folder: Path) -> str:
    """Return a definition that is right but for a few places: of its data, or of its text."""
    text = random.choice(TEXTS)
    if random.random() < 0.8:
        text = yaml.safe_dump(mutated(parsed(text, folder), random), allow_unicode=random.random() < 0.5)
    return mangled(text, random) if random.random() < 0.3 else text


def foretold(world: World, folder: Path, text: str) -> str:
    """Ask what a definition would do; look at every report of it, and return what came of it."""
    (folder / "next.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    options = world.options(MANIFESTS, against=("next.yml",), cwd=folder)
    with in_time():
        try:
            manifests, definitions = validate_with_definitions(options)
            with connect(options, manifests) as session:
                plan, found = forecast(session, definitions)
        except ReconcilerError as error:
            check_said(error)
            return "invalid"
    failure = Failure(found.problems) if found.problems else None
    notes = [line for verdict in found.verdicts for line in verdict_sentences(verdict)]
    outcome = Outcome("plan", plan, failure=failure, verdicts=found.verdicts, notes=notes)
    for form in FORMATS:
        shown = render(outcome, form)
        assert CANARY not in shown
        assert form != "text" or acting(shown) == []
    return "wrong" if failure else "right"


def fuzz(world: World, folder: Path, count: int, start: int) -> Counter[str]:
    came: Counter[str] = Counter()
    for number in range(start, start + count):
        text = made(Random(number), folder)  # noqa: S311 - nothing secret is drawn
        try:
            came[foretold(world, folder, text)] += 1
        except BaseException:
            sys.stdout.write(f"--- seed {number}\n{text}\n---\n")
            raise
    return came


def test_mutated_definitions_end_in_our_errors(world: World, tmp_path: Path) -> None:
    """Each is foretold or refused with our own errors, in time and without a secret in any report."""
    came = fuzz(world, tmp_path, SAMPLE, 0)
    assert set(came) == {"invalid", "wrong", "right"}


@pytest.mark.full
def test_many_mutated_definitions_end_in_our_errors(world: World, tmp_path: Path) -> None:
    """The same for as many as there is time for."""
    came = fuzz(world, tmp_path, WHOLE, seed.seed())
    sys.stdout.write(f"definitions fuzzed: {sum(came.values())}: {dict(came)}\n")
