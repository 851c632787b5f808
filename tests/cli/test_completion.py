"""Completion in shells: the scripts, and what they ask ``reconciler``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from shutil import which
from typing import TYPE_CHECKING

import pytest
from support.manifests import customer, instance

from reconciler import __version__
from reconciler.kinds.registry import default_registry

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
    """With the script loaded, bash offers the commands and options that begin like the word.

    A name from a manifest becomes one word of the line, in which bash carries nothing out.
    """
    assert BASH
    evil = customer(f"name: {json.dumps(EVIL)}").replace("name: ftl", "name: evil")
    shell.write("reconciler.yaml", PROJECT)
    shell.write("manifests/all.yaml", f"{MANIFESTS}\n---\n{evil}")
    shell.write("star 1.txt", "")
    script = shell.write("completion.bash", shell.run("completion", "bash").out)
    shell.write("bin/reconciler", f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n').chmod(0o755)
    environ = {**os.environ, "PATH": f"{shell.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for words, expected in (
        (["reconciler", "pl"], ["plan"]),
        (["reconciler", "plan", "--det"], ["--detailed-exitcode"]),
        (["reconciler", "plan", "--customer", r"'FTL\ R'"], [r"FTL\ Rockets"]),
        (["reconciler", "plan", "--customer", """'"FTL R'"""], ["FTL Rockets"]),
        (["reconciler", "plan", "--customer", "star"], [r"star\*\ \$\(touch\ gone\)\;\ \`id\`\,\ it\'s"]),
        (["reconciler", "plan", "--customer", """'"star'"""], []),
        (["reconciler", "plan", "--customer", r"\'star"], []),
    ):
        line = f'source "{script}"; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; '
        call = f'{line}_reconciler_completion reconciler; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = subprocess.run([BASH, "-c", call], env=environ, capture_output=True, text=True, check=True, timeout=60)
        assert [line for line in done.stdout.split("\n") if line] == expected


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_an_option_too(shell: Shell, option: str) -> None:
    """``--version`` prints what ``version`` prints: the version, and nothing else."""
    assert shell.run(option).out == shell.run("version").out == f"{__version__}\n"


PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec:
  manifests: [manifests]
  environments: {production: {organization: Acme}, staging: {organization: Acme}}
"""
MANIFESTS = customer("name: FTL Rockets, externalId: abc-1, labels: [west]") + instance(
    "Inventory", "name: Acme Inventory"
)
EVIL = "star* $(touch gone); `id`, it's"
WORDS: dict[str, list[str]] = {
    "get ": sorted(["executions", *(name.lower() for name in default_registry().kinds)]),
    "get Inst": ["Instance"],
    "get customers ": ["ftl"],
    "get executions ": ["Instance/inventory"],
    "plan --report ": ["codequality=", "html=", "json=", "junit=", "markdown=", "text="],
    "plan --report js": ["json="],
    "plan -e ": ["production", "staging"],
    "plan --customer ": ["abc-1", "ftl", "FTL Rockets"],
    "plan --integration acme": ["Acme Inventory"],
    "plan --label ": ["west"],
    "plan -e staging --target Inst": ["Instance/inventory"],
    "plan -f - --target Inst": ["Instance/inventory"],
    "plan -f nosuch --target ": [],
}


@pytest.mark.parametrize("words", WORDS)
def test_values_are_completed_from_the_manifests(shell: Shell, words: str) -> None:
    """Names and addresses of the folder's project are offered."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("manifests/all.yaml", MANIFESTS)
    assert offered(shell, words) == WORDS[words]


def test_an_older_script_of_bash_gets_plain_words_alone(shell: Shell) -> None:
    """The script of an earlier release puts nothing in quotes, so a name with a blank would be two words."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("manifests/all.yaml", MANIFESTS)
    assert offered(shell, "plan --customer ", quotes="") == ["abc-1", "ftl"]


@pytest.mark.parametrize("broken", ["kind: [", "spec: {name: x}", "\0"])
def test_wrong_manifests_offer_nothing(shell: Shell, broken: str) -> None:
    """A line that somebody types gets no message and no traceback."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("manifests/all.yaml", broken)
    assert offered(shell, "plan --customer ") == []


def offered(shell: Shell, words: str, *, quotes: str = "1") -> list[str]:
    """Return what bash is offered for a line; ``quotes`` is what its script says of them."""
    shell.monkeypatch.setenv("_RECONCILER_QUOTES", quotes)
    shell.monkeypatch.setenv("_RECONCILER_COMPLETE", "bash_complete")
    shell.monkeypatch.setenv("COMP_WORDS", f"reconciler {words}")
    shell.monkeypatch.setenv("COMP_CWORD", str(words.count(" ") + 1))
    ran = shell.run()
    assert not ran.err
    return [line.partition(",")[2] for line in ran.out.splitlines() if line]
