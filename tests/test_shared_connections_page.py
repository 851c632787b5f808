"""docs/connections.md: the tasks with shared connections do what the page shows."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from support.serving import run_here, served
from support.world import ROOT, World

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    (ROOT / "docs" / "connections.md").read_text(encoding="utf-8").partition("## Connections that instances share")[2]
)
FILES = re.findall(r"`([a-z]+\.yaml)`:\n\n```yaml\n(.*?)```", PAGE, re.DOTALL)
DEFINITION = re.findall(r"```yaml\n(definitionVersion.*?)```", PAGE, re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Return each command of the section, with the lines that it must print in this order."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for part in re.split(r"^\$ reconciler ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip().split("\n")
            found.append((command, [line for line in lines if line != "…"]))
    return found


def test_the_commands_of_the_tasks_print_what_the_page_shows(tmp_path: Path) -> None:
    """Each command of the section, in its order, exits as it should and prints the lines of the page."""
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [name for name, _ in FILES] == ["connections.yaml", "orders.yaml"]
    ran = 0
    with World() as world, served(world.sandbox) as url:
        world.seed.integration(*DEFINITION)
        environ = {
            "PRISMATIC_URL": url,
            "PRISM_ACCESS_TOKEN": world.sandbox.settings.token,
            "ACME_KEY_FTL": "first-key",
        }
        for command, lines in commands():
            if "--resend-secrets" in command:
                environ["ACME_KEY_FTL"] = "second-key"
            refused = "--target" in command
            if refused:
                path = tmp_path / "connections.yaml"
                text = path.read_text(encoding="utf-8") + "lifecycle: {state: absent}\n"
                path.write_text(text, encoding="utf-8")
            found = run_here(*shlex.split(command), environ=environ, cwd=tmp_path)
            assert found.code == (1 if refused else 0), found.err
            printed = iter([*found.out.splitlines(), *found.err.splitlines()])
            assert all(any(line.strip() == each.strip() for each in printed) for line in lines), (command, found)
            ran += 1
    assert ran == 5
