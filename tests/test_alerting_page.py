"""docs/alerting.md: its files and its commands are real."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.serving import run, served
from support.world import ROOT

from reconciler.demo.examples import made_up_secrets

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

PAGE = (ROOT / "docs" / "alerting.md").read_text(encoding="utf-8")
FILES = re.findall(r"`([a-z-]+\.yaml)`:\n\n```yaml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"```console\n\$ reconciler (.*?)\n(.*?)```", PAGE, re.DOTALL)


def test_the_commands_of_the_page_print_what_it_shows(world: World, tmp_path: Path) -> None:
    """Each command of the page, one after the other, prints the lines below it, but for IDs."""
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(COMMANDS) == 5
    with served(world.sandbox) as address:
        environ = {**world.environ, **made_up_secrets(), "PRISMATIC_URL": address}
        for command, expected in COMMANDS:
            ran = run(*command.split(), environ=environ, cwd=tmp_path)
            shown = re.sub(r"(?m)^(\w+/\S+)  \S{30,}$", r"\1  …", ran.out.replace(address, "https://app.prismatic.io"))
            assert (ran.code, shown) == (0, expected), ran.err
