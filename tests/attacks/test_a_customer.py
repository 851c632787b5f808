"""An attacker who chooses names in the tenant: they are escaped on terminals, in logs and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.shell import PROJECT, signed_in
from markdown_it import MarkdownIt
from support.hostile import SENDABLE, acting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.shell import Shell

CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A, description: Declared}\n"
NAMES = {key: name for key, name in SENDABLE.items() if name.strip() and "\ud800" not in name}
"""What the API can hold as a name: neither blanks alone nor half a pair."""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A project and a tenant in which customers, an instance and a description are called what they want."""
    with signed_in(tmp_path, monkeypatch, capsys) as made:
        made.write("reconciler.yaml", PROJECT)
        made.write("a.yaml", CUSTOMER)
        for number, (key, name) in enumerate(NAMES.items()):
            made.world.seed.customer(f"{number} {name}", description=name, labels=["gitops:acme"], externalId=f"{key}")
        made.world.seed.customer("A", description=" ".join(NAMES.values())[:5000])
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
