"""The demo runs, notices failures, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from reconciler.cli.commands.demo import command
from reconciler.demo import examples
from reconciler.demo.examples import examples_folder, made_up_secrets
from reconciler.demo.script import INSTANCE, MANIFEST
from reconciler.demo.stage import Stage, Unexpected
from reconciler.demo.stopping import SIGNALS, Stopping
from reconciler.reports.shared.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WALK = ["validate", "plan", "apply", "plan", "drift", "apply", "plan", "plan", "apply", "plan", "apply", "drift"]
COMMAND = [sys.executable, "-m", "reconciler", "demo"]


def _perform(capfd: pytest.CaptureFixture[str]) -> str:
    """Run the demo in this process (its commands run in their own) and return all that it printed."""
    assert command.main([], standalone_mode=False) == 0
    out, err = capfd.readouterr()
    assert not err
    return out


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Examples of the test's own, to spoil."""
    folder = tmp_path / "examples"
    shutil.copytree(examples_folder(), folder)
    monkeypatch.setattr(examples, "examples_folder", lambda: folder)
    return folder


def test_the_demo_walks_through_everything(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command is shown before its output, each step does what is said of it, and no secret is on the screen."""
    monkeypatch.setenv("PRISM_REFRESH_TOKEN", "of-a-real-tenant")
    monkeypatch.setenv("PRISMATIC_TENANT_ID", "of-a-real-tenant")
    told = _perform(capfd)
    commands = [line.removeprefix("$ reconciler ").split()[0] for line in told.splitlines() if line.startswith("$ ")]
    assert commands == [
        "validate",
        "plan",
        "apply",
        "plan",
        "drift",
        "apply",
        "plan",
        "plan",
        "apply",
        "plan",
        "apply",
        "drift",
    ]
    assert told.rstrip().endswith("The demo did everything that it describes.")
    assert f"differs  {INSTANCE}" in told
    assert "config variable 'Warehouse' was renamed to 'Warehouse Region' in this version; use the new name" in told
    assert "\x1b" not in told
    assert not [secret for secret in made_up_secrets().values() if secret in told]
    assert max(len(line) for line in told.splitlines() if line.startswith("── ")) <= 100


@pytest.mark.full
def test_the_fleet_is_stopped_by_its_canary_and_mended(capfd: pytest.CaptureFixture[str]) -> None:
    """The bad version reaches two canaries, the fix reaches everybody, and each step does what is said of it."""
    assert command.main(["--fleet", "--no-color"], standalone_mode=False) == 0
    told, _ = capfd.readouterr()
    assert told.rstrip().endswith("The demo did everything that it describes.")
    assert "Rollout parcels: stopped" in told
    assert "Rollout parcels: complete" in told


def test_the_pace_leaves_time_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``--pace`` the demo pauses after each paragraph and what it shows; without it never."""
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    for pace in (0.0, 1.5):
        stage = Stage(tmp_path, tmp_path, {}, {}, Style(), Stopping(), pace)
        stage.step("A title")
        stage.say("A paragraph.")
        stage.show("a line")
    assert paused == [1.5, 1.5]


def test_the_narration_fits_80_columns(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The narration is no wider than 80 columns, on a wider terminal, too, and narrower on a narrower one."""
    for columns, widest in ((200, 80), (60, 60), (None, 80)):
        stage = Stage(tmp_path, tmp_path, {}, {}, Style(width=columns), Stopping())
        stage.step("A title")
        stage.say("A sentence of some words. " * 20)
        assert max(map(len, capsys.readouterr().out.splitlines())) <= widest


def test_the_demo_reports_a_step_that_does_not_do_what_it_announced(elsewhere: Path) -> None:
    """A narration that is not true ends the demo at that step."""
    path = elsewhere / "manifests" / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace("Batch Size: 100", "Batch Size: 99"), encoding="utf-8")
    with pytest.raises(Unexpected, match="did not do what it describes: expected Batch Size alone to differ"):
        command.main([], standalone_mode=False)


def test_the_demo_reports_a_failed_command(elsewhere: Path) -> None:
    """A command that exits otherwise than it should ends the demo."""
    (elsewhere / "manifests" / "team.yaml").write_text("kind: Usr\n", encoding="utf-8")
    with pytest.raises(Unexpected, match="'reconciler validate' to exit 0, and it exited 1"):
        command.main([], standalone_mode=False)


def test_the_demo_needs_the_examples(elsewhere: Path) -> None:
    """A package without its examples is told in one line."""
    shutil.rmtree(elsewhere / "manifests")
    result = CliRunner().invoke(command, [])
    assert "needs the examples" in str(result.exception)


def test_the_demo_needs_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra that the sandbox needs, one line says what to install."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "reconciler.demo.tenant", raising=False)
    result = CliRunner().invoke(command, [])
    assert "needs uvicorn" in str(result.exception)
    assert "prismatic-reconciler[sandbox]" in str(result.exception)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo in a session of its own, its sandbox listening and its first commands under way."""
    if sys.platform == "win32":
        pytest.skip("Windows has no sessions of processes to look through")
    with subprocess.Popen(
        COMMAND,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("$ reconciler plan"):
                break
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_the_demo_leaves_nothing_behind(running: subprocess.Popen[str], number: signal.Signals, tmp_path: Path) -> None:
    """Stopped in the middle, the demo ends its commands and its sandbox, clears up, and says that it was stopped."""
    running.send_signal(number)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.rstrip().endswith("interrupted")
    assert "Traceback" not in said
    assert _gone(running.pid)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_waits_while_a_command_is_started(number: signal.Signals) -> None:
    """A signal stops the demo at once, but never between a command's start and the moment when it can be ended."""
    before = [signal.getsignal(each) for each in SIGNALS]
    reached = []

    def start(stopping: Stopping) -> None:
        with stopping.held():
            signal.raise_signal(number)
            reached.append("the end of the block")

    with Stopping() as stopping:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            start(stopping)
        with stopping.held():
            reached.append("another block")
    assert reached == ["the end of the block", "another block"]
    assert [signal.getsignal(each) for each in SIGNALS] == before


def _gone(group: int) -> bool:
    """Say whether no process of the group is left, after a moment for the system to clear up."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
