"""Sets of instances: their members, and what is said of mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manifests.set_cases import set_cases

if TYPE_CHECKING:
    from pathlib import Path

    from manifests.set_cases import SetCase


@pytest.mark.parametrize("case", list(set_cases()), ids=lambda case: case.name)
def test_sets_expand_to_exactly_the_expected_members(case: SetCase, tmp_path: Path) -> None:
    """Each set of the table has exactly the members, warnings or errors that it lists."""
    assert case.outcome(tmp_path) == dict(case.expected)
