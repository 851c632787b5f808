"""``--help``: the options that mean something, in groups, readable at 80 columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from reconciler.cli.main import COMMANDS
from reconciler.cli.options.helping import GROUPS, OWN

if TYPE_CHECKING:
    from cli.shell import Shell

HELPS = [(), *((name,) for name in COMMANDS), ("rollout", "status"), ("rollout", "retry")]
FLAG = re.compile(r"^  (?:-\w, )?(--[a-z-]+)", re.MULTILINE)


def shown(shell: Shell, *command: str) -> str:
    shell.monkeypatch.setenv("COLUMNS", "80")
    ran = shell.run(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    return ran.out


@pytest.mark.parametrize("command", HELPS, ids=" ".join)
def test_every_help_fits_80_columns(shell: Shell, command: tuple[str, ...]) -> None:
    """No line is wider, each option has a text, and no title stands above nothing."""
    text = shown(shell, *command)
    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r":\n(?:\n|$)", text)
    for title in re.findall(r"^(\w[\w ]*):\n", text, re.MULTILINE):
        assert title in {OWN, "Commands", *GROUPS}


def test_options_are_in_groups(shell: Shell) -> None:
    """A command's own options come first; those that all share are in groups, in the same order everywhere."""
    text = shown(shell, "plan")
    titles = [title for title in (OWN, *GROUPS) if f"\n{title}:\n" in text]
    assert titles == [OWN, *GROUPS]
    assert [text.index(f"\n{title}:") for title in titles] == sorted(text.index(f"\n{title}:") for title in titles)
    own = text.partition(f"\n{OWN}:\n")[2].partition("\n\n")[0]
    assert {"--out", "--explain", "--detailed-exitcode"} <= set(FLAG.findall(own))
    assert not {flag for flags in GROUPS.values() for flag in flags} & set(FLAG.findall(own))


def test_every_grouped_option_exists(shell: Shell) -> None:
    """No group names an option that no command has."""
    known = {flag for name in COMMANDS for flag in FLAG.findall(shown(shell, name))}
    assert {flag for flags in GROUPS.values() for flag in flags} <= known


@pytest.mark.parametrize(
    ("action", "its", "not_its"),
    [
        ("status", {"--after", "--target", "--report", "--take-over"}, {"--auto-approve", "--allow-deletes"}),
        ("retry", {"--auto-approve", "--environment"}, {"--after", "--target", "--report", "--shard", "--metrics"}),
    ],
)
def test_the_help_of_an_action_is_its_own(shell: Shell, action: str, its: set[str], not_its: set[str]) -> None:
    """``rollout status --help`` and ``rollout retry --help`` show their own usage and options, and no others."""
    text = shown(shell, "rollout", action)
    assert text.startswith(f"Usage: reconciler rollout {action} [OPTIONS]")
    flags = set(FLAG.findall(text))
    assert its <= flags
    assert not not_its & flags


def test_the_help_of_rollout_shows_both_actions(shell: Shell) -> None:
    """Without an action, both usages are shown, with the options that both have."""
    text = shown(shell, "rollout")
    assert "reconciler rollout status [OPTIONS] [NAME]" in text
    assert "reconciler rollout retry [OPTIONS] NAME [CUSTOMER...]" in text
    assert not {"--after", "--auto-approve", "--target"} & set(FLAG.findall(text))


def test_an_option_that_the_help_leaves_out_is_still_taken(shell: Shell) -> None:
    """A pipeline that hands the same options to every command goes on working."""
    shell.write("all.yaml", "")
    assert "no option" not in shell.tenant("drift", "-f", "all.yaml", "--allow-deletes", "3").err
    assert "--allow-deletes" not in shown(shell, "drift")
