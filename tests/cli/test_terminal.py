"""What a terminal gets, and what a pipe: colours by the environment, and messages that fit."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, Terminal

from reconciler.cli.process.terminal import coloured, width_of

if TYPE_CHECKING:
    from cli.shell import Shell

ALL = ("-f", "all.yaml")
GREEN = "\x1b[32m"


@pytest.mark.parametrize(
    ("environ", "refused", "on_a_terminal", "in_a_pipe"),
    [
        ({}, False, True, False),
        ({"TERM": "xterm"}, False, True, False),
        ({"TERM": "dumb"}, False, False, False),
        ({"NO_COLOR": "1"}, False, False, False),
        ({"NO_COLOR": ""}, False, True, False),
        ({"FORCE_COLOR": "1"}, False, True, True),
        ({"FORCE_COLOR": "0"}, False, True, False),
        ({"FORCE_COLOR": ""}, False, True, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False, False),
        ({"FORCE_COLOR": "1"}, True, False, False),
        ({}, True, False, False),
    ],
)
def test_colours_are_decided_by_the_option_the_environment_and_the_stream(
    environ: dict[str, str], refused: bool, on_a_terminal: bool, in_a_pipe: bool
) -> None:
    """--no-color wins, then NO_COLOR, then FORCE_COLOR; else a terminal that is not dumb gets colours."""
    assert coloured(Terminal(), environ, refused=refused) is on_a_terminal
    assert coloured(io.StringIO(), environ, refused=refused) is in_a_pipe


def test_forced_colours_reach_a_pipe(shell: Shell) -> None:
    """With FORCE_COLOR the result and what goes to stderr are coloured, though nobody's terminal shows them."""
    shell.write("all.yaml", CUSTOMER)
    assert "\x1b" not in shell.tenant("plan", *ALL).out
    shell.monkeypatch.setenv("FORCE_COLOR", "1")
    assert f"  {GREEN}+\x1b[0m Customer/ftl" in shell.tenant("plan", *ALL).out
    ran = shell.tenant("apply", *ALL, "--auto-approve")
    assert f"  {GREEN}✓\x1b[0m Customer/ftl applied" in ran.err
    assert f"{GREEN}Done: 1 applied." in ran.out
    assert "\x1b" not in shell.tenant("plan", *ALL, "--no-color").out


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_messages_fit_the_terminal_and_are_whole_in_a_pipe(
    shell: Shell, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors and warnings on stderr are broken at words on a terminal, with an indent, and in a pipe not at all."""
    shell.write("all.yaml", CUSTOMER + "---\nkind: Usr\n" + "---\n" + CUSTOMER.replace("name: FTL", "nam: FTL"))
    commands = [("validate", *ALL), ("plan", "--explain", "Customer/ftl", "--out", "plan.json", *ALL), ("pln",)]
    piped = [shell.run(*command).err for command in commands]
    monkeypatch.setenv("COLUMNS", str(columns))
    for command, whole in zip(commands, piped, strict=True):
        seen = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", seen)
            assert shell.run(*command).code == 1
        lines = seen.text().splitlines()
        assert lines
        assert all(len(line) <= columns or " " not in line.strip() for line in lines)
        assert seen.text().split() == whole.split()


@pytest.mark.parametrize(
    ("stated", "columns"), [("60", 60), ("200", 200), ("0", 80), ("1", 80), ("wide", 80), ("", 80)]
)
def test_the_width_is_that_of_the_terminal(stated: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS counts first; a width that no terminal has is not believed; what is no terminal has none."""
    monkeypatch.setenv("COLUMNS", stated)
    assert width_of(Terminal()) == columns
    assert width_of(io.StringIO()) is None
    assert width_of(None) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_the_width_is_asked_of_the_stream_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stdout goes to a pipe, messages still fit the terminal of stderr."""
    import fcntl
    import pty
    import struct
    import termios

    monkeypatch.delenv("COLUMNS", raising=False)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 66, 0, 0))
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        assert width_of(stream) == 66
    os.close(ours)
