"""Names of the environment variables that an export asks for."""

from __future__ import annotations

import pytest

from reconciler.exporting.outside import Outside
from reconciler.manifests.value_from.env_names import owner_of, reserved
from reconciler.secrets.secret import Secret


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("ftl-rockets", "FTL_ROCKETS_PASSWORD"),
        ("github-enterprise", "_GITHUB_ENTERPRISE_PASSWORD"),
        ("githubbers", "GITHUBBERS_PASSWORD"),
        ("prism-refresh", "_PRISM_REFRESH_PASSWORD"),
        ("ci", "_CI_PASSWORD"),
        ("aws-partners", "_AWS_PARTNERS_PASSWORD"),
        ("vault-corner", "_VAULT_CORNER_PASSWORD"),
        ("7-eleven", "_7_ELEVEN_PASSWORD"),
    ],
)
def test_variable_names_collide_with_no_reserved_name(handle: str, expected: str) -> None:
    """A customer called GitHub does not make a name that GitHub refuses, nor one called Prism a token of ours."""
    outside = Outside()
    assert outside.replaced(Secret("x"), f"Instance/{handle}", ("password",)) == {"valueFrom": {"env": expected}}
    (given,) = outside.names.values()
    assert given == [(("password",), expected)]


def test_every_variable_name_is_allowed_in_manifests() -> None:
    """Whatever customers and inputs are called, the names handed out are free."""
    handles = [pattern.strip("*_").lower().replace("_", "-") for each in reserved().values() for pattern in each]
    for handle in handles:
        outside = Outside()
        for path in (("proxy",), ("token",), ("a", "PROXY"), ("ssl cert",)):
            name = outside.replaced(Secret("x"), f"Instance/{handle}", path)["valueFrom"]["env"]
            assert owner_of(name) is None, name
