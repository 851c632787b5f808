"""The words of a text are those that a shell makes of it, with nothing evaluated."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cli.run.action import main
from reconciler.cli.run.words import split_words
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

LIKE_A_SHELL = {
    "": [],
    " \n\t\n": [],
    "--rate 5\n--allow-deletes 2\n": ["--rate", "5", "--allow-deletes", "2"],
    "--customer 'FTL Rockets'": ["--customer", "FTL Rockets"],
    '--customer "FTL \\"R\\" \\$ \\x"': ["--customer", 'FTL "R" $ \\x'],
    "--customer FTL\\ Rockets": ["--customer", "FTL Rockets"],
    "--label=a'b c'\"d e\"f": ["--label=ab cd ef"],
    "# all of it\n--rate 5 # slowly 'and\n# \"unended\n-v": ["--rate", "5", "-v"],
    "Customer/a#b #c": ["Customer/a#b"],
    "--rate \\\n  5\\\n0 \\\n# a comment": ["--rate", "50"],
    "\"a\\\nb\" 'a\\\nb'": ["ab", "a\\\nb"],
    "--label ''": ["--label", ""],
    "'one\ntwo'": ["one\ntwo"],
    "\\#a": ["#a"],
}
NOT_EVALUATED = "$HOME ${{x}} $(touch x) `touch x` a;b a|b a&b >x <x * ? [a] {a,b} ~ !x (a) a\u00a0b é"


@pytest.mark.parametrize("text", LIKE_A_SHELL, ids=repr)
def test_words_are_those_of_a_shell(text: str) -> None:
    """Quotes, backslashes, comments and line breaks mean what they mean in a shell."""
    assert list(split_words(text)) == LIKE_A_SHELL[text] == in_bash(text)


@settings(max_examples=25)
@given(st.text(alphabet="a#'\"\\ \n-=é", max_size=12).filter(lambda text: not text.endswith("\\")))
def test_any_text_has_the_words_of_a_shell_or_is_an_error(text: str) -> None:
    """A text that bash reads has the same words; no other text has any. In bash the end is a line break."""
    try:
        found: list[str] | None = list(split_words(text))
    except UsageError:
        found = None
    assert found == in_bash(text)


def in_bash(text: str) -> list[str] | None:
    """Return the words that bash makes of a text; ``None`` if it cannot read it."""
    # The text is in an array, so that the first of its words is no command.
    script = f"words=(\n{text}\n)\nprintf '%s\\0' \"${{words[@]}}\"\nexit ${{#words[@]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    return None if done.stderr else done.stdout.decode().split("\0")[: done.returncode]


def test_nothing_is_evaluated() -> None:
    """Variables, commands, patterns and operators are plain characters."""
    assert list(split_words(NOT_EVALUATED)) == NOT_EVALUATED.split(" ")


def test_line_ends_of_windows_are_line_ends() -> None:
    """A carriage return before a line break is no part of a word."""
    assert list(split_words("--rate 5\r\n-v\r\n")) == ["--rate", "5", "-v"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--customer 'Hidden", "line 1: the quote ' has no end"),
        ('-v\n\n--customer "Hidden\\"', 'line 3: the quote " has no end'),
        ("-v\nHidden\\", "line 2: a backslash ends the text"),
    ],
)
def test_a_text_that_cannot_be_read_has_no_words(text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The message has the line and not the text, which may hold a secret; no word is printed."""
    assert main(["words"], {"ARGUMENTS": text}) == 1
    assert capsys.readouterr() == ("", f"error: the input arguments: {message}\n")


def test_words_are_printed_with_an_end_each(capsys: pytest.CaptureFixture[str]) -> None:
    """Each word ends with a NUL, which no word can hold; also an empty one."""
    assert main(["words"], {"ARGUMENTS": "--label '' 'a\nb'"}) == 0
    assert capsys.readouterr().out == "--label\0\0a\nb\0"


ROLLOUTS = {"rollouts": [{"name": "r", "waves": [{"name": n, "awaitsApproval": n == "b"} for n in "ab"]}]}
CHANGES = {"changes": [{"actions": each} for each in (["create", "deploy"], ["delete"], ["delete"])]}
OUTCOME = {"outcome": {"updated": 3, "failed": 1, "skipped": 2, "not converged": 4}}


@pytest.mark.parametrize(
    ("command", "document", "printed"),
    [
        ("plan", CHANGES, "changes=3\nto-delete=2\n"),
        ("plan", {"changes": []}, "changes=0\nto-delete=0\n"),
        ("plan", {"error": {}}, ""),
        ("apply", OUTCOME, "after-failures=7\n"),
        ("apply", {"error": {}}, "after-failures=1\n"),
        ("rollout-status", ROLLOUTS, 'awaits-approval=["r/b"]\n'),
    ],
)
def test_outputs_are_counts_of_the_report(
    command: str, document: object, printed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The outputs of a command are read from its JSON report; a run without a result has none."""
    report = tmp_path / "report.json"
    report.write_text(json.dumps(document), encoding="utf-8")
    assert main(["outputs", command, str(report)]) == 0
    assert capsys.readouterr().out == printed
