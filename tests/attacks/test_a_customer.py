"""Whoever chooses names in the tenant acts nowhere: not in a terminal, not in a job's log, not in what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.shell import PROJECT, Shell
from markdown_it import MarkdownIt
from support.hostile import SENDABLE, acting
from support.serving import served
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A, description: Declared}\n"
NAMES = {key: name for key, name in SENDABLE.items() if name.strip() and "\ud800" not in name}
"""What the API can hold as a name: neither blanks alone nor half a pair."""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A project and a tenant in which customers, an instance and a description are called what they want."""
    with World() as world, served(world.sandbox) as url:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PRISMATIC_URL", url)
        monkeypatch.setenv("PRISM_ACCESS_TOKEN", world.sandbox.settings.token)
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "RECONCILER_FINGERPRINT_KEY"):
            monkeypatch.delenv(name, raising=False)
        made = Shell(tmp_path, world, monkeypatch, capsys)
        made.write("reconciler.yaml", PROJECT)
        made.write("a.yaml", CUSTOMER)
        for number, (key, name) in enumerate(NAMES.items()):
            world.seed.customer(f"{number} {name}", description=name, labels=["gitops:acme"], externalId=f"{key}")
        world.seed.customer("A", description=" ".join(NAMES.values())[:5000])
        yield made


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_names_from_the_tenant_are_escaped_in_every_output(shell: Shell, command: str) -> None:
    """Orphans, warnings and differences show hundreds of hostile names, and none does what it wants."""
    arguments = ("--auto-approve",) if command == "apply" else ()
    ran = shell.tenant(command, *arguments, "--report", "text=out.txt", "--report", "markdown=out.md")
    assert ran.code == {"plan": 0, "drift": 2, "apply": 0}[command], ran.err
    assert "Declared" in ran.out + ran.err

    for text in (ran.out, ran.err, (shell.folder / "out.txt").read_text(encoding="utf-8")):
        assert acting(text) == []
    rendered = MarkdownIt("gfm-like", {"html": True}).render((shell.folder / "out.md").read_text(encoding="utf-8"))
    assert not any(tag in rendered for tag in ("<script", "<img", "<h1", "<style", 'href="https://evil'))


def test_an_export_of_hostile_names_holds_them_as_data(shell: Shell) -> None:
    """Files and folders get harmless names, what is said of them acts nowhere, and the plan of them is empty."""
    ran = shell.tenant("export", "--out", "exported")
    assert acting(ran.out + ran.err) == []
    written = [path.relative_to(shell.folder) for path in (shell.folder / "exported").rglob("*")]
    assert written, ran.err
    assert all(str(path).isascii() and ".." not in path.parts for path in written)
    (shell.folder / "a.yaml").unlink()
    planned = shell.tenant("plan", "-f", "exported")
    assert acting(planned.out + planned.err) == []
    assert "to delete" not in planned.out
