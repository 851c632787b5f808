"""Closed, full and abandoned streams: a message without a traceback, and an honest exit code."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD

from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.options.values import Finite
from reconciler.cli.process.streams import Writer, is_lost

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from support.world import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell of POSIX")
LATEST = INSTANCE.replace("{name: Every Data Type}", "{name: Every Data Type, version: latest}")
ENDS_WITHIN = 120
DIFFERENCES = 2


@dataclass(frozen=True)
class Line:
    """A command line: what it exits with undisturbed, and what it says on stderr then."""

    line: str
    code: int = 0
    says: bool = False
    folder: bool = True
    """Whether it needs a folder to work in."""


LINES = {
    "help": Line("--help", folder=False),
    "nothing": Line("", folder=False),
    "help of a command": Line("apply --help", folder=False),
    "version": Line("version", folder=False),
    "completion": Line("completion zsh", folder=False),
    "schema": Line("schema", folder=False),
    "schema to files": Line("schema --out schemas"),
    "validate": Line("validate"),
    "validate online": Line("validate --online"),
    "plan": Line("plan"),
    "plan that tells": Line("plan --detailed-exitcode --out plan.json", DIFFERENCES),
    "plan as JSON": Line("plan --format json -v", says=True),
    "plan explained": Line("plan --explain Customer/ftl"),
    "apply": Line("apply --auto-approve --receipt receipt.json --report json=report.json", says=True),
    "apply without asking": Line("apply", 1, says=True),
    "drift": Line("drift", DIFFERENCES),
    "watch of standard input": Line("watch -f -", 1, says=True, folder=False),
    "rollouts": Line("rollout status"),
    "verify": Line("verify --target Customer/ftl"),
    "runs of nothing": Line("get executions Instance/types", 1, says=True),
    "doctor": Line("doctor"),
    "forget": Line("forget Customer/ftl --dry-run"),
    "export": Line("export --out exported"),
    "init": Line("init repository"),
    "lock": Line("lock"),
    "sandbox variants": Line("sandbox --list-variants", folder=False),
    "a mistake": Line("plan --frobnicate", 1, says=True, folder=False),
    "no command": Line("frobnicate", 1, says=True, folder=False),
}


@dataclass(frozen=True)
class Condition:
    """Something about the streams or the surroundings that is not as usual; ``redirect`` is what a shell adds."""

    redirect: str = ""
    environ: Mapping[str, str | bytes | None] = field(default_factory=dict)
    out: bool = True
    """Whether what is printed arrives."""
    err: bool = True
    wanted: bool = True
    """Whether somebody wants what is said on stderr."""
    gone: bool = False
    """Whether the folder is gone."""


CONDITIONS = {
    "stdout full": Condition(">/dev/full", out=False),
    "stdout closed": Condition(">&-", out=False),
    "stdout unread": Condition(">&3", out=False),
    "stderr full": Condition("2>/dev/full", err=False),
    "stderr closed": Condition("2>&-", err=False, wanted=False),
    "stderr unread": Condition("2>&3", err=False),
    "both unread": Condition(">&3 2>&3", out=False, err=False),
    "both full": Condition(">/dev/full 2>&1", out=False, err=False),
    "stdin closed": Condition("<&-"),
    "all closed": Condition("<&- >&- 2>&-", out=False, err=False, wanted=False),
    "no folder any more": Condition(gone=True),
    "ASCII alone": Condition(
        environ={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ),
    "no home": Condition(environ={"HOME": None}),
    "a home that is a file": Condition(environ={"HOME": "/dev/null"}),
    "a home that is nowhere": Condition(environ={"HOME": "/no/such"}),
    "an empty home": Condition(environ={"HOME": ""}),
    "variables that are no text": Condition(environ={"LABEL": b"\xff\xfe", "RECONCILER_ODD": b"\xe9"}),
    "variables that are empty": Condition(
        environ=dict.fromkeys(
            ("CI", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "COLUMNS", "TERM", "NO_COLOR", "PRISM_PROFILE", "LANG"),
            "",
        )
    ),
}
MATRIX = [(line, condition) for line in LINES for condition in CONDITIONS]
SAMPLE = {
    (line, condition)
    for number, line in enumerate(LINES)
    for shift, condition in enumerate(CONDITIONS)
    if (shift - number * 5) % len(CONDITIONS) == 0
    or (line == "apply" and "out" in condition)
    or (line == "drift" and not shift)
}


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str


def run(
    arguments: Sequence[str | bytes], folder: Path, environ: Mapping[str, str | bytes | None], condition: Condition
) -> Ended:
    """Run a command line under a condition, in a process of its own."""
    reading, unread = os.pipe()
    os.close(reading)
    whole: dict[str, str | bytes | None] = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONWARNINGS": "error::ResourceWarning",
        **environ, **condition.environ,
    }  # fmt: skip
    before = f"rmdir {folder}; " if condition.gone else ""
    script = f'{before}exec "$@" 3<&{unread} {unread}<&- {condition.redirect} 3<&-'
    command = ["bash", "-c", script, "sh", sys.executable, "-m", "reconciler", *arguments]
    try:
        done = subprocess.run(
            command,
            env={name: value for name, value in whole.items() if value is not None},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=(unread,),
            timeout=ENDS_WITHIN,
            check=False,
        )
    finally:
        os.close(unread)
    out, err = (text.decode("utf-8", "backslashreplace") for text in (done.stdout, done.stderr))
    assert "Traceback" not in out + err, err
    assert "Exception ignored" not in err
    assert "Logging error" not in err
    return Ended(done.returncode, out, err)


@pytest.fixture
def surroundings(serving: tuple[World, str], tmp_path: Path) -> tuple[Path, dict[str, str | bytes | None]]:
    """A folder with manifests, and the way to a tenant that differs from them."""
    world, url = serving
    world.sandbox.reset()
    world.seed.customer("FTL Rockets", description="Live")
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(CUSTOMER + LATEST, encoding="utf-8")
    return tmp_path, {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token, "WORD": WORD}


def test_every_command_is_tried() -> None:
    """No command is left out of the table, but the demo, which runs the others."""
    assert {how.line.split()[0] for how in LINES.values() if how.line} >= COMMANDS.keys() - {"demo"}


def test_number_options_refuse_nan_and_infinity() -> None:
    """Each option that takes a fraction refuses ``nan`` and ``inf``."""
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter.type, click.types.FloatParamType):
                assert isinstance(parameter.type, Finite), (name, parameter.name)


def expected(line: Line, condition: Condition) -> set[int]:
    """Return the exit codes that are honest."""
    if condition.gone and line.folder:
        return {1}
    if not condition.out and line.code in {0, DIFFERENCES}:
        return {1}
    if not condition.err and condition.wanted and line.says and not line.code:
        return {1}
    return {line.code}


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        pytest.param(line, condition, marks=[] if (line, condition) in SAMPLE else pytest.mark.full)
        for line, condition in MATRIX
    ],
)
def test_every_command_ends_without_a_traceback_and_with_an_honest_exit_code(
    line: str, condition: str, surroundings: tuple[Path, dict[str, str | bytes | None]], serving: tuple[World, str]
) -> None:
    """No traceback, and no success where results could not be printed; what an apply did is in its files."""
    folder, environ = surroundings
    what, how = LINES[line], CONDITIONS[condition]
    if how.gone:
        folder /= "gone"
        folder.mkdir()
    ended = run(what.line.split(), folder, environ, how)
    assert ended.code in expected(what, how), ended
    if how.gone and what.folder:
        assert "the current folder does not exist any more" in ended.err
    elif not how.out and how.err and "unread" not in condition and what.code != 1:
        assert "error: not all results could be written to standard output: " in ended.err
    if line == "apply" and not how.gone:
        assert json.loads((folder / "receipt.json").read_text(encoding="utf-8"))["resources"]
        assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["outcome"]["applied"] == 2
        assert "deployInstance" in serving[0].mutation_names()
        if not how.out and how.err:
            assert "; what was begun went on to its end" in ended.err


@pytest.mark.parametrize(
    "condition",
    [
        "stdout full",
        pytest.param("stdout closed", marks=pytest.mark.full),
        pytest.param("stdout unread", marks=pytest.mark.full),
    ],
)
def test_the_demo_ends_when_its_output_is_lost(condition: str, tmp_path: Path) -> None:
    """The demo ends at the first step that cannot be shown, and does not blame the commands for it."""
    ended = run(["demo"], tmp_path, {}, CONDITIONS[condition])
    assert ended.code == 1
    assert "did not do what it describes" not in ended.err


def test_an_apply_does_not_ask_when_the_plan_cannot_be_shown(
    surroundings: tuple[Path, dict[str, str | bytes | None]], serving: tuple[World, str]
) -> None:
    """Where the plan cannot be shown, an apply does not ask, and changes nothing."""
    pty = pytest.importorskip("pty", reason="no terminals to be had here")
    folder, environ = surroundings
    ours, theirs = pty.openpty()
    os.write(ours, b"y\ny\n")
    whole = {"PATH": os.environ["PATH"], "HOME": str(folder), **environ}
    try:
        with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
            command = [sys.executable, "-m", "reconciler", "apply"]
            done = subprocess.run(
                command, env=whole, cwd=folder, stdin=theirs, stdout=subprocess.PIPE, stderr=full, check=False
            )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 1
    assert serving[0].mutations == []


def test_a_non_blocking_pipe_gets_all_output() -> None:
    """Another program may have made the pipe one that refuses when it is full: nothing is lost, only later."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    stream = Writer(writing)
    text = io.TextIOWrapper(stream, encoding="utf-8")
    got: list[bytes] = []

    def read() -> None:
        time.sleep(0.2)
        while part := os.read(reading, 65536):
            got.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    text.write("line\n" * 200_000)
    text.close()
    os.close(writing)
    reader.join()
    os.close(reading)
    assert stream.lost is None
    assert b"".join(got) == b"line\n" * 200_000


def test_after_a_failed_write_nothing_more_is_written() -> None:
    """The first refusal counts; whatever is written after it is dropped without an error."""
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - a device
        stream = Writer(full.fileno())
        text = io.TextIOWrapper(stream, encoding="ascii", errors="backslashreplace")
        text.write("é")
        assert is_lost(text)
        assert stream.lost is not None
        assert stream.lost.errno == errno.ENOSPC
    text.write("more")
    assert is_lost(text)
    assert not is_lost(None)
    assert not is_lost(io.StringIO())
