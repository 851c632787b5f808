"""What the evidence of an instance means, case by case: ``cases/*.yaml``.

A case has the ``spec`` (its ``verify``, ``enabled`` and ``deploy``), the live ``instance``, ``connections`` with their
``kinds``, and ``flows``, and the ``runs``; then the ``reads`` that it takes, each check as ``[verdict, reason,
execution]`` without those that passed without a word, and the flows that would be run (``start``) or not, with the
reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml
from verifying.evidence import live_of, tenant_of

from reconciler.kinds.instance.health import HEALTH
from reconciler.model.capabilities.health import Evidence
from reconciler.model.resource import Resource

if TYPE_CHECKING:
    from reconciler.model.place import Origin

FOLDER = Path(__file__).parent / "cases"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['case']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def judged(case: dict[str, Any]) -> dict[str, Any]:
    """Return what the evidence of a case comes to."""
    spec = {"customer": "c", "name": "I", "integration": {"name": "A"}, **case.get("spec", {})}
    resource = Resource("Instance", "i", spec, cast("Origin", None))  # no check of health asks for a place
    live = live_of(case)
    reads = list(HEALTH.reads(resource, live))
    tenant = tenant_of(case.get("runs", ()), reads, case.get("kinds"))
    checks = HEALTH.checks(resource, live, Evidence(tenant))
    found: dict[str, Any] = {"reads": [each.collection.operation.name for each in reads]} if reads else {}
    told = {each.name: [each.verdict, each.reason, each.execution] for each in checks}
    worded = {name: each for name, each in told.items() if each != ["passed", "", ""]}
    found["checks"] = {name: [part for part in each if part] for name, each in worded.items()}
    for test in HEALTH.tests(resource, live, tenant):
        settled = test.settled_by
        words = f"settled by {settled.id}" if settled else test.hindrance or "start"
        found.setdefault("tests", {})[test.flow] = words
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_the_evidence_means(case: dict[str, Any]) -> None:
    """The evidence of a case gives exactly its reads, checks and runs."""
    assert judged(case) == case["then"]


def test_there_are_many_cases() -> None:
    """The table stays as large as the rules are many."""
    assert len(CASES) >= 60
