"""The official CLI on a sandbox: queries of one's own, errors, and signing in."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
from official_cli.prism import Prism
from support.certificates import certificates
from support.serving import served

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.sandbox.app import Sandbox

pytestmark = pytest.mark.full


def test_it_asks_what_one_writes(prism: Prism) -> None:
    """``graphql:query`` takes a query, its variables or a file, and prints data, a table or an error."""
    for name in ("FTL", "Other"):
        prism.sandbox.seed.customer(name)
    query = "query ($n: Int) { customers(isSystem: false, first: $n) { totalCount nodes { name } } }"
    answer = json.loads(prism.done("graphql:query", query, "-v", '{"n": 1}'))
    assert answer == {"customers": {"totalCount": 2, "nodes": [{"name": "FTL"}]}}
    (prism.folder / "query.graphql").write_text(query, encoding="utf-8")
    table = ("-d", "customers.nodes", "--columns", "name", "--output", "table")
    printed = prism.done("graphql:query", "-f", "query.graphql", *table)
    assert [line.strip() for line in printed.splitlines()[2:]] == ["FTL", "Other"]
    blank = 'mutation { createCustomer(input: {name: ""}) { errors { field messages } } }'
    assert prism.refused("graphql:query", blank).endswith("name: This field cannot be blank.")
    assert "Cannot query field 'nope'" in prism.refused("graphql:query", "{ nope }")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("throttle:times=always", "Too Many Requests"),
        ("error:status=503,times=always", "Failed to parse response: Service Unavailable"),
        ("garbage:times=always", "Failed to parse response"),
        ("truncate:times=always", "Failed to parse response"),
        ("drop:times=always", "Network request to"),
        ("unauthorized:times=always", "Not authenticated."),
    ],
)
def test_it_tells_what_is_wrong(prism: Prism, fault: str, said: str) -> None:
    """What a sandbox does on purpose is what the CLI knows how to tell, and each ends it with an error."""
    prism.sandbox.faults.add(fault)
    assert said in prism.refused("customers:list")


def test_a_refresh_token_is_enough(sandbox: Sandbox, tmp_path: Path) -> None:
    """Over HTTPS the CLI gets its access token by itself, and another one when that is about to expire."""
    made = certificates(tmp_path)
    with served(sandbox, made.server) as url:
        given = {"PRISMATIC_URL": url, "PRISM_REFRESH_TOKEN": "sandbox-refresh"}
        prism = Prism(sandbox, tmp_path, {**given, "NODE_EXTRA_CA_CERTS": str(made.authority)})
        sandbox.tokens.expire()
        assert "Name: Sandbox Admin" in prism.done("me")
        token = prism.done("me:token")
        assert token.count(".") == 2
        assert "Name: Sandbox Admin" in prism.done("me", PRISM_ACCESS_TOKEN=token, PRISM_REFRESH_TOKEN="")
        assert "Name: Sandbox Admin" in prism.done("me", PRISM_ACCESS_TOKEN=token)
        tenant = sandbox.store.value("SELECT tenantId FROM organization")
        assert "Name: Sandbox Admin" in prism.done("me", PRISMATIC_TENANT_ID=tenant)
        assert prism.refused("me", PRISMATIC_TENANT_ID="another").startswith("Error: Access denied for tenant ID")
        assert "Not authenticated." in prism.refused("me", PRISM_REFRESH_TOKEN="wrong")


def test_a_profile_is_enough(sandbox: Sandbox, tmp_path: Path) -> None:
    """A profile whose access token has expired is refreshed, and kept with its new token."""
    made = certificates(tmp_path)
    with served(sandbox, made.server) as url:
        profiles = tmp_path / "config.yml"
        expired = "e30.eyJleHAiOiAxfQ."
        profiles.write_text(
            "version: 1\ndefaultProfile: sandbox\nprofiles:\n  sandbox:\n"
            f"    accessToken: {expired}\n    expiresIn: 1\n    refreshToken: sandbox-refresh\n"
            f"    scope: openid\n    tokenType: Bearer\n    prismaticUrl: {url}\n",
            encoding="utf-8",
        )
        environ = {"PRISM_CONFIG_FILE": str(profiles), "NODE_EXTRA_CA_CERTS": str(made.authority)}
        assert "Profile: sandbox" in Prism(sandbox, tmp_path, environ).done("me")
        assert expired not in profiles.read_text(encoding="utf-8")


def test_one_signs_in_through_a_browser(sandbox: Sandbox, tmp_path: Path) -> None:
    """``login`` names a page that sends back at once, and keeps a profile for later commands; a token is revoked."""
    made = certificates(tmp_path)
    with served(sandbox, made.server) as url:
        given = {"PRISMATIC_URL": url, "PRISM_CONFIG_FILE": str(tmp_path / "config.yml")}
        prism = Prism(sandbox, tmp_path, {**given, "NODE_EXTRA_CA_CERTS": str(made.authority)})
        with prism.start("login", "--url") as login:
            assert login.stdout is not None
            trust = ssl.create_default_context(cafile=made.authority)
            sent = httpx.get(login.stdout.readline().strip(), verify=trust, trust_env=False)
            assert httpx.get(sent.headers["location"], trust_env=False).status_code == 301
            assert login.wait(timeout=120) == 0
        assert "Profile: default" in prism.done("me")
        assert "only" in prism.done("login:switch")
        assert "have been revoked" in prism.done("me:token:revoke", "--no-confirm")
        assert sandbox.tokens.refresh("sandbox-refresh") is None
