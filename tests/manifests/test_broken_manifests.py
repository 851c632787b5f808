"""Broken manifests: every message, its place, and that all of them come at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manifests.broken_cases import broken_cases

from reconciler.errors import ManifestErrors
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from manifests.broken_cases import Case

CASES = broken_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_broken_manifests_are_reported_at_their_places(case: Case, tmp_path: Path) -> None:
    """Broken manifests give exactly the expected messages, each at its place, and all of them at once."""
    with pytest.raises(ManifestErrors) as caught:
        read_manifests(case.options(tmp_path), default_registry())
    assert tuple(map(str, caught.value.problems)) == case.errors


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_no_message_quotes_a_secret(case: Case, tmp_path: Path) -> None:
    """No message quotes a value that may be a secret."""
    with pytest.raises(ManifestErrors) as caught:
        read_manifests(case.options(tmp_path), default_registry())
    assert "hunter2" not in str(caught.value)
    assert "4711" not in str(caught.value)


def test_each_case_has_its_own_name() -> None:
    """Each broken manifest has a name of its own, which a failure shows."""
    assert len({case.name for case in CASES}) == len(CASES)
