"""Completion in shells: the scripts, and what they ask ``reconciler``."""

from __future__ import annotations

import os
import subprocess
import sys
from shutil import which
from typing import TYPE_CHECKING

import pytest

from reconciler import __version__

if TYPE_CHECKING:
    from cli.shell import Shell

BASH = which("bash")


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_reconciler(shell: Shell, name: str) -> None:
    """Each script is for the program's name, and asks it in the way of its shell."""
    ran = shell.run("completion", name)
    assert ran.code == 0
    assert f"_RECONCILER_COMPLETE={name}_complete" in ran.out
    assert not ran.err


@pytest.mark.skipif(BASH is None, reason="no bash on this machine")
def test_bash_completes_commands_and_options(shell: Shell) -> None:
    """With the script loaded, bash offers the commands and options that begin like the word."""
    assert BASH
    script = shell.write("completion.bash", shell.run("completion", "bash").out)
    shell.write("bin/reconciler", f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n').chmod(0o755)
    environ = {**os.environ, "PATH": f"{shell.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for words, expected in (
        (["reconciler", "pl"], ["plan"]),
        (["reconciler", "plan", "--det"], ["--detailed-exitcode"]),
    ):
        line = f'source "{script}"; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; '
        call = f'{line}_reconciler_completion reconciler; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = subprocess.run([BASH, "-c", call], env=environ, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.split() == expected


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_an_option_too(shell: Shell, option: str) -> None:
    """``--version`` prints what ``version`` prints: the version, and nothing else."""
    assert shell.run(option).out == shell.run("version").out == f"{__version__}\n"
