"""Valid manifests that deserve a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manifests.broken_cases import warned_cases

from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from manifests.broken_cases import Case

CASES = warned_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_valid_manifests_give_exactly_the_expected_warnings(case: Case, tmp_path: Path) -> None:
    """Manifests that are valid and probably not meant so give the expected warnings, each at its place."""
    found = read_manifests(case.options(tmp_path), default_registry()).warnings
    assert tuple(f"{each.place}: {each.message}" if each.place else each.message for each in found) == case.warnings
    assert not [each for each in found if "hunter2" in each.message]
