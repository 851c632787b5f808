"""The cases of the planner: manifests and a tenant in, an exact plan out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from planning.plan_cases import EXPECTATIONS, plan_cases, play
from support.matrix import due
from support.world import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from planning.plan_cases import Case

CASES = plan_cases()
SCHEMA = json.loads((ROOT / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_is_planned_as_expected(case: Case, tmp_path: Path) -> None:
    """A case plans, says and sends exactly what it expects; applied, it leaves nothing to do and tells no secret."""
    outcome = play(case, tmp_path)
    assert outcome.told == case.expected
    for document in outcome.documents:
        Draft202012Validator(SCHEMA).validate(document)
    text = json.dumps(outcome.documents, ensure_ascii=False)
    assert not [secret for secret in outcome.secrets if secret in text]
    if not {"problems", "refused", "remains"} & set(case.expected):
        assert outcome.documents[1]["changes"] == []


SAVED = [case for case in CASES if not {"problems"} & set(case.expected)]
SAMPLE = [case for number, case in enumerate(SAVED) if number % 8 == 0]


def saved(case: Case, folder: Path) -> None:
    outcome = play(case, folder, saved=True)
    assert outcome.told == case.expected
    if not {"refused", "remains"} & set(case.expected):
        assert outcome.documents[1]["changes"] == []


@pytest.mark.parametrize("case", SAMPLE, ids=[case.name for case in SAMPLE])
def test_a_saved_plan_does_what_was_reviewed(case: Case, tmp_path: Path) -> None:
    """Saved, read and checked, a plan sends exactly the operations that were reviewed, and says the same."""
    saved(case, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("case", due(3, SAVED), ids=lambda case: case.name)
def test_every_saved_plan_does_what_was_reviewed(case: Case, tmp_path: Path) -> None:
    """What holds for the sample holds for every case that can be applied; a long run has a third of them."""
    saved(case, tmp_path)


def test_each_case_has_a_rule_of_its_own() -> None:
    """Each case has a rule that no other case has, and expects something."""
    assert len({case.rule for case in CASES}) == len(CASES)
    assert all(set(case.expected) & set(EXPECTATIONS) for case in CASES)
