"""The names of environment variables that an export hands out."""

from __future__ import annotations

import pytest

from reconciler.exporting.outside import Outside
from reconciler.kinds.secret import Secret


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("ftl-rockets", "FTL_ROCKETS_PASSWORD"),
        ("github-enterprise", "_GITHUB_ENTERPRISE_PASSWORD"),
        ("githubbers", "GITHUBBERS_PASSWORD"),
        ("prism-refresh", "_PRISM_REFRESH_PASSWORD"),
        ("ci", "_CI_PASSWORD"),
        ("7-eleven", "_7_ELEVEN_PASSWORD"),
    ],
)
def test_no_name_means_something_to_a_forge_or_to_us(handle: str, expected: str) -> None:
    """A customer called GitHub does not make a name that GitHub refuses, nor one called Prism a token of ours."""
    outside = Outside()
    assert outside.replaced(Secret("x"), f"Instance/{handle}", ("password",)) == {"valueFrom": {"env": expected}}
    (given,) = outside.names.values()
    assert given == [(("password",), expected)]
