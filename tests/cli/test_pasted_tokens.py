"""A token pasted into the wrong setting is in no message and in no report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from reconciler.cli.main import main
from reconciler.reports.registry import FORMATS
from reconciler.secrets.pasted_tokens import NOT_SHOWN, address, may_be_token, quoted, without_tokens

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = {
    "JSON web token": (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.SflKxwRJSMeKKF2QT4fwpMeJf36P"
    ),
    "opaque": "v1.MhQ7Gk2pQ9xZr4TnB8wLc3VyD5sKfA6jE0uHi",
    "hex": "5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b",
    "prefixed": "ghp_7Gk2pQ9xZr4TnB8wLc3VyD5sKfA6jE0uHi12",
    "short": "k7Gk2pQ9xZr4TnB8wL",
}
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: p}
spec: {manifests: [all.yaml], environments: {staging: {organization: Acme}}}
"""
CUSTOMER = "{apiVersion: reconciler/v1, kind: Customer, metadata: {name: acme}, spec: {name: Acme}}"
PROFILES = "{version: 1, defaultProfile: one, profiles: {one: {accessToken: the-profile-token}}}"
STAGING = {"RECONCILER_ENVIRONMENT": "staging"}
SIGNED_IN = {**STAGING, "PRISM_ACCESS_TOKEN": "another-access-token"}

PLACES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "the whole address": ({**SIGNED_IN, "PRISMATIC_URL": "TOKEN"}, ()),
    "the host": ({**SIGNED_IN, "PRISMATIC_URL": "https://TOKEN"}, ()),
    "the host, with a port": ({**SIGNED_IN, "PRISMATIC_URL": "https://TOKEN:443/api"}, ()),
    "the user": ({**SIGNED_IN, "PRISMATIC_URL": "https://TOKEN@app.prismatic.io"}, ()),
    "the password": ({**SIGNED_IN, "PRISMATIC_URL": "https://x:TOKEN@app.prismatic.io"}, ()),
    "the path": ({**SIGNED_IN, "PRISMATIC_URL": "https://app.prismatic.io/TOKEN"}, ()),
    "the query": ({**SIGNED_IN, "PRISMATIC_URL": "https://app.prismatic.io/?token=TOKEN"}, ()),
    "the fragment": ({**SIGNED_IN, "PRISMATIC_URL": "https://app.prismatic.io/#TOKEN"}, ()),
    "the scheme": ({**SIGNED_IN, "PRISMATIC_URL": "TOKEN://app.prismatic.io"}, ()),
    "plain http": ({**SIGNED_IN, "PRISMATIC_URL": "http://TOKEN.example"}, ()),
    "the same token": ({**STAGING, "PRISMATIC_URL": "https://TOKEN.prismatic.io", "PRISM_ACCESS_TOKEN": "TOKEN"}, ()),
    "the environment's variable": ({"RECONCILER_ENVIRONMENT": "TOKEN"}, ()),
    "the environment": ({}, ("-e", "TOKEN")),
    "the profile": (STAGING, ("--profile", "TOKEN")),
    "the profile's variable": ({**STAGING, "PRISM_PROFILE": "TOKEN"}, ()),
    "the profiles' file": ({**STAGING, "PRISM_CONFIG_FILE": "TOKEN"}, ()),
    "the allowed hosts": ({**SIGNED_IN, "RECONCILER_ALLOWED_HOSTS": "a.example,TOKEN_"}, ()),
    "the tenant": ({**SIGNED_IN, "PRISMATIC_TENANT_ID": "TOKEN", "HTTPS_PROXY": "http://127.0.0.1:9"}, ()),
    "the proxy": ({**SIGNED_IN, "HTTPS_PROXY": "TOKEN"}, ()),
    "the proxy's password": ({**SIGNED_IN, "HTTPS_PROXY": "http://x:TOKEN@127.0.0.1:9"}, ()),
    "the certificates": ({**SIGNED_IN, "SSL_CERT_FILE": "TOKEN"}, ()),
    "the fingerprints' key": ({**SIGNED_IN, "RECONCILER_FINGERPRINT_KEY": "TOKEN", "HTTPS_PROXY": "x"}, ()),
    "a number": (SIGNED_IN, ("--rate", "TOKEN")),
    "a format": (SIGNED_IN, ("--format", "TOKEN")),
    "a report": (SIGNED_IN, ("--report", "TOKEN")),
    "an argument": (SIGNED_IN, ("TOKEN",)),
    "an option": (SIGNED_IN, ("--TOKEN",)),
    "a shard": (SIGNED_IN, ("--shard", "TOKEN")),
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize(("variables", "arguments"), PLACES.values(), ids=PLACES)
def test_a_token_in_the_wrong_place_is_not_shown(
    variables: dict[str, str],
    arguments: tuple[str, ...],
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A plan with a token where something else belongs fails, in words in which no part of the token is."""
    for name in ("PRISMATIC_URL", "PRISM_ACCESS_TOKEN", "RECONCILER_ENVIRONMENT", "PRISM_PROFILE", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9", **variables}.items():
        monkeypatch.setenv(name, value.replace("TOKEN", token))
    (tmp_path / ".config" / "prism").mkdir(parents=True)
    (tmp_path / ".config" / "prism" / "config.yml").write_text(PROFILES, encoding="utf-8")
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(CUSTOMER, encoding="utf-8")
    reports = [part for form in FORMATS for part in ("--report", f"{form}=out.{form}")]
    monkeypatch.chdir(tmp_path)
    asked = [each.replace("TOKEN", token) for each in arguments]
    monkeypatch.setattr(sys, "argv", ["reconciler", "plan", "-v", "--timeout", "1", *reports, *asked])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = "".join(capsys.readouterr())
    assert "error: " in said or "problem" in said
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("out.*"))
    assert pieces_in(said + written, token) == []


def pieces_in(text: str, token: str) -> list[str]:
    """Return the pieces of eight characters of a token that a text holds, in any case."""
    text, token = text.lower(), token.lower()
    return [piece for start in range(len(token) - 7) if (piece := token[start : start + 8]) in text]


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_token_as_a_command_is_not_shown(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token in the place of the command is not shown either."""
    monkeypatch.setattr(sys, "argv", ["reconciler", token])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert pieces_in("".join(capsys.readouterr()), token) == []


@pytest.mark.parametrize("name", ["production", "eu-west-1", "staging_2", "prodEU", "Prod2", "QA", "my.env", "Acme EU"])
def test_a_plain_name_is_shown(name: str) -> None:
    """Text of words and numbers is shown in a message, so that a typing mistake can be found."""
    assert quoted(name) == repr(name)


@pytest.mark.parametrize(
    "host",
    [
        "app.prismatic.io", "localhost", "127.0.0.1", "prismatic-gateway", "stack.xn--bcher-kva.example", "10.1.2.3",
        "k8s-default-prismati-abcdef0123-1234567890abcdef.elb.us-east-1.amazonaws.com", "stack7.internal", "[::1]",
    ],
)  # fmt: skip
def test_a_host_is_not_taken_for_a_token(host: str) -> None:
    """Names of servers, by people and by clouds, are not taken for tokens."""
    assert not may_be_token(host)


@pytest.mark.parametrize("text", ["app.prismatic.io", "htps://app.prismatic.io", "https://app.prismatic.io/api/"])
def test_a_mistyped_address_is_shown(text: str) -> None:
    """An address that is made of words is quoted in the message about it."""
    assert address(text) == repr(text)


@pytest.mark.parametrize(
    "text",
    [
        "no object has the ID SW5zdGFuY2U6YWVkZDVkNGItNDcwYS00YWU3LWI4ZDctZTU1YTUzYmFiY2Ew",
        "Customer/370c9f0b-2205-4a1d-9a0c-a5473dfbbc94 is in no manifest",
        "/home/User1/Production-Instance-2024-Backup.yaml: does not exist",
        "Instance/inventory.ftl-rockets-and-more-of-them-2024: unknown",
    ],
)
def test_text_that_is_no_token_stays_in_a_message(text: str) -> None:
    """IDs, paths and addresses of resources are shown in messages about a command line."""
    assert without_tokens(text) == text
    assert NOT_SHOWN not in text
