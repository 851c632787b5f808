"""``reconciler schema --online``: its files, its notes and its errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell

ONLINE = ("schema", "--out", "schemas", "--online")


def definitions(shell: Shell, name: str = "manifest") -> dict[str, object]:
    found: dict[str, object] = json.loads(
        (shell.folder / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    )
    return found


def test_the_files_are_listed_and_know_the_tenant(shell: Shell, manifests: Path) -> None:
    """All schemas are written under their usual names; those for editors know the tenant and the handles."""
    ran = shell.run(*ONLINE, "-f", "all.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        str(path.relative_to(shell.folder)) for path in sorted((shell.folder / "schemas").iterdir())
    ]
    text = json.dumps(definitions(shell))
    assert '"enum": ["ftl"]' in text
    assert "Acme Inventory" in text
    assert '"Batch Size"' in json.dumps(definitions(shell, "overlay"))


def test_a_folder_without_manifests_knows_the_tenant_alone(shell: Shell) -> None:
    """Before there is anything in the repository the schemas can be written."""
    assert shell.run(*ONLINE).code == 0
    assert "Acme Inventory" in json.dumps(definitions(shell))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("schema", "--online"), "--online writes files for editors; say where with --out DIR"),
        (("schema", "--out", "x", "-f", "all.yaml"), "--file says which tenant; add --online"),
        (("schema", "-e", "staging"), "--environment says which tenant; add --online"),
        (("schema", "--profile", "me"), "--profile says which tenant; add --online"),
        ((*ONLINE, "-e", "staging"), "there is no reconciler.yaml here"),
    ],
)
def test_a_wrong_command_line_is_reported(arguments: tuple[str, ...], message: str, shell: Shell) -> None:
    """What does not go together, or is not there, is one clear line and exit code 1."""
    ran = shell.run(*arguments)
    assert ran.code == 1
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_broken_manifests_are_reported_at_their_lines(shell: Shell) -> None:
    """Manifests that cannot be read are told as every command tells them, and nothing is written."""
    shell.write("all.yaml", "kind: Customer\n")
    ran = shell.run(*ONLINE, "-f", "all.yaml")
    assert ran.code == 1
    assert "all.yaml:1:1: " in ran.err
    assert not (shell.folder / "schemas").exists()


def test_a_wrong_token_is_reported(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without access to the tenant there is one line, and nothing is written."""
    monkeypatch.setenv("PRISM_ACCESS_TOKEN", "wrong")
    ran = shell.run(*ONLINE)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert not (shell.folder / "schemas").exists()


def test_ambiguous_integrations_are_reported_on_stderr(shell: Shell) -> None:
    """Notes stand on stderr, each name in them written out where it could act, and the files are written."""
    rows = shell.world.sandbox.store.where("integrations", draft=0)
    for row in rows:
        shell.world.sandbox.store.update("integrations", row["id"], name="Same\x1b[31m")
    ran = shell.run(*ONLINE)
    assert ran.code == 0
    assert "integrations are named" in ran.err
    assert "\x1b" not in ran.err
    assert (shell.folder / "schemas" / "manifest.schema.json").is_file()


def test_an_unwritable_folder_is_reported(shell: Shell) -> None:
    """``--out`` that is in the way is one line."""
    shell.write("schemas/manifest.schema.json/x", "")
    ran = shell.run(*ONLINE)
    assert ran.code == 1
    assert "cannot be written" in ran.err
