"""A server that sends the run's tokens back as data: in names, IDs and other data that is shown unchanged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, PROJECT, Shell
from prismatic.fake_tenant import RENEWABLE, TOKEN, FakeTenant, with_api
from support.serving import served
from support.world import World

from reconciler.prismatic.connection import identify
from reconciler.prismatic.redaction.own_tokens import HIDDEN, OwnTokens
from reconciler.secrets.known import KnownSecrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ODD = 'a"token\\of/7Gk2pQ'


def decoded(body: bytes, *tokens: str, known: KnownSecrets | None = None) -> Any:
    own = OwnTokens(known or KnownSecrets())
    own.add(tokens)
    return json.loads(own.removed_from(body))


BODIES: dict[str, Callable[[Any], bytes]] = {
    "as it is": lambda data: json.dumps(data, ensure_ascii=False).encode(),
    "in ASCII": lambda data: json.dumps(data).encode(),
    "each character escaped": lambda data: (
        json.dumps(data).encode().replace(b"-", b"\\u002d").replace(b"/", b"\\u002F")
    ),
    "slashes escaped": lambda data: json.dumps(data).encode().replace(b"/", b"\\/"),
    "UTF-16": lambda data: json.dumps(data).encode("utf-16"),
    "UTF-32": lambda data: json.dumps(data).encode("utf-32-be"),
    "with a byte order mark": lambda data: json.dumps(data).encode("utf-8-sig"),
}


@pytest.mark.parametrize("write", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("token", [TOKEN, ODD], ids=["usual", "odd"])
def test_a_token_is_removed_from_data_in_every_spelling(token: str, write: Callable[[Any], bytes]) -> None:
    """Tokens are removed from names, IDs, items of lists, keys, and longer texts."""
    data = {"id": token, "rows": [f"ü {token} {token}!", {f"key {token}": 1, "name": "Acme"}], token: None, "n": 7}
    assert decoded(write(data), token) == {
        "id": HIDDEN,
        "rows": [f"ü {HIDDEN} {HIDDEN}!", {f"key {HIDDEN}": 1, "name": "Acme"}],
        HIDDEN: None,
        "n": 7,
    }


def test_a_body_that_is_only_a_token_is_hidden() -> None:
    """A token is removed from JSON that is a single string."""
    assert decoded(json.dumps(TOKEN).encode(), TOKEN) == HIDDEN


def test_a_token_inside_another_one_leaves_no_piece() -> None:
    """The longer token is removed first."""
    assert decoded(json.dumps([f"{TOKEN}-more"]).encode(), TOKEN, f"{TOKEN}-more") == [HIDDEN]


def test_a_short_token_is_not_removed() -> None:
    """``sandbox``, the token of sandboxes, stays in names."""
    assert decoded(b'["a sandbox"]', "sandbox") == ["a sandbox"]


@pytest.mark.parametrize("field", ["value", "meta", "testHeaders"])
def test_a_customers_value_with_a_token_becomes_a_secret(field: str) -> None:
    """A connection to Prismatic may hold the run's token: values that are compared and sent back stay unchanged."""
    known = KnownSecrets()
    data = {"inputs": {"nodes": [{"name": "auth", field: f"Bearer {TOKEN}"}]}}
    assert decoded(json.dumps(data).encode(), TOKEN, known=known) == data
    assert known.hides(f"Bearer {TOKEN}")


def test_deep_data_needs_no_recursion() -> None:
    """Tokens are removed from data of any depth."""
    body = b"[" * 500 + json.dumps(TOKEN).encode() + b"]" * 500
    assert TOKEN not in json.dumps(decoded(body, TOKEN))


def test_an_answer_holds_neither_the_first_token_nor_a_renewed_one() -> None:
    """The API's answers hold no token, before and after a renewal."""
    first = FakeTenant(organization={"id": f"org {TOKEN}", "name": TOKEN})
    found = with_api(first, identify)
    assert TOKEN not in repr(found)
    assert found.organization == HIDDEN
    renewed = "canary-access-token-renewed-1"
    later = FakeTenant(organization={"id": "org", "name": f"{renewed} canary-refresh-token canary-access-token-old"})
    assert with_api(later, identify, endpoint=RENEWABLE).organization == f"{HIDDEN} {HIDDEN} {HIDDEN}"


@pytest.mark.parametrize("command", ["plan", "drift", "export", "forget"])
def test_no_command_output_contains_a_token(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No token is shown in the names of the organization, an orphan and the user, in reports, files and streams."""
    settings = {"organization": f"Org {TOKEN}", "user_name": f"User {TOKEN}", "token": TOKEN}
    with World(**settings) as world, served(world.sandbox) as url:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("PRISMATIC_URL", url)
        monkeypatch.setenv("PRISM_ACCESS_TOKEN", TOKEN)
        shell = Shell(tmp_path, world, monkeypatch, capsys)
        shell.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {manifests: [all.yaml]}"))
        shell.write("all.yaml", CUSTOMER)
        world.seed.customer(f"Stray {TOKEN}", labels=["gitops:acme"], description=TOKEN)
        world.seed.customer("FTL Rockets", description=f"Live {TOKEN}", labels=["gitops:acme"])
        reports = [part for form in ("json", "markdown", "html") for part in ("--report", f"{form}=out.{form}")]
        more = {"export": ["--out", "out"], "forget": ["Customer/ftl", "--dry-run", *reports]}.get(command, reports)
        ran = shell.run(command, *more)
    assert ran.code in {0, 2}, ran.err
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    said = ran.out + ran.err + "".join(f"{path} {path.read_text(encoding='utf-8')}" for path in files)
    assert TOKEN not in said
    assert HIDDEN in said
