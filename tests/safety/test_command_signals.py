"""Secret commands end with the run, with all their child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from safety.processes import start

from reconciler.cli.process.signals import _take
from reconciler.manifests.value_from.command import CommandFailed, run_command
from reconciler.prismatic.http.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safety.processes import Started

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows delivers no signals to another process")

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
AT_ONCE = 5.0
"""Seconds within which a run ends on a busy machine; a command of these tests takes far longer."""
MANIFEST = """
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: i}}
spec:
  customer: {{name: FTL}}
  name: I
  integration: {{name: Every Data Type}}
  configVariables: {{A Connection: {{inputs: {{apiKey: {{valueFrom: {{exec: {command}}}}}}}}}}}
"""
ALONE = "echo $$ >pids; exec sleep 1000"
WITH_CHILDREN = "sleep 1000 & echo $! >pids; (sleep 1000 & echo $! >>pids; wait) & echo $! >>pids; echo $$ >>pids; wait"
DEAF = "trap '' INT TERM HUP; echo $$ >pids; sleep 1000; sleep 1000"
SILENT = "echo $$ >pids; exec >/dev/null; sleep 1000"
SCRIPTS = {"alone": ALONE, "with children": WITH_CHILDREN, "deaf to signals": DEAF, "that closed its output": SILENT}


def planned(folder: Path, script: str) -> Started:
    """Start a plan whose secret comes from a script, and wait until that runs."""
    (folder / "all.yaml").write_text(MANIFEST.format(command=["sh", "-c", script]), encoding="utf-8")
    environ = {"PRISMATIC_URL": "http://127.0.0.1:9", "PRISM_ACCESS_TOKEN": "x"}
    line = ("plan", "-f", "all.yaml", "--allow-exec", "--report", "json=report.json")
    started = start(*line, environ=environ, cwd=folder)
    pids(folder, script.count("pids"))
    return started


def pids(folder: Path, count: int) -> Sequence[int]:
    """Return the numbers of the processes that a script tells, once they are all there."""
    ends = time.monotonic() + 60
    while True:
        found = (folder / "pids").read_text().split() if (folder / "pids").exists() else []
        if len(found) == count:
            return [int(each) for each in found]
        assert time.monotonic() < ends, "the command did not start"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Say whether a process still does something; one that nobody has looked after yet does not."""
    stat = Path("/proc") / str(pid) / "stat"
    if stat.parent.parent.joinpath("self").exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ends(pid: int) -> bool:
    """Say whether a process is gone within a moment: a signal takes its time to arrive."""
    until = time.monotonic() + AT_ONCE
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not alive(pid)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("number", CODES)
def test_a_signal_ends_the_command_and_its_children_at_once(
    number: signal.Signals, script: str, tmp_path: Path
) -> None:
    """Nobody waits for a command whose secret nobody needs any more, and nothing of it is left."""
    started = planned(tmp_path, script)
    before = time.monotonic()
    started.signal(number)
    ran = started.ended()
    assert time.monotonic() - before < AT_ONCE
    assert ran.code == CODES[number], ran.err
    assert ran.err == f"error: interrupted by {number.name}: nothing was changed\n"
    assert f"interrupted by {number.name}" in (tmp_path / "report.json").read_text(encoding="utf-8")
    assert all(ends(pid) for pid in pids(tmp_path, script.count("pids")))


def test_signals_in_a_row_leave_nothing_of_the_command(tmp_path: Path) -> None:
    """Also a second signal, which ends the run there and then, ends it without the command going on."""
    started = planned(tmp_path, WITH_CHILDREN)
    os.kill(started.process.pid, signal.SIGSTOP)
    for number in CODES:
        # All of them come at the same moment, and the second one ends the process where it is.
        started.signal(number)
    os.kill(started.process.pid, signal.SIGCONT)
    ran = started.ended()
    assert ran.code in CODES.values(), ran.err
    assert "Traceback" not in ran.err
    assert all(ends(pid) for pid in pids(tmp_path, 4))


LEFT_BEHIND = {
    "in the background": "sleep 1000 & echo $! >pids; echo secret",
    "deaf, in the background": "(trap '' HUP INT TERM; sleep 1000) & echo $! >pids; echo secret",
    "by nohup": "nohup sleep 1000 2>/dev/null & echo $! >pids; echo secret",
    "that writes on and on": "(while :; do sleep 1; echo more; done) & echo $! >pids; echo secret",
}


@pytest.mark.parametrize("script", LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_background_processes_of_a_command_are_ended(script: str, tmp_path: Path) -> None:
    """The secret is there when the command ends: what it left behind neither holds that up nor goes on."""
    before = time.monotonic()
    output = run_command(("sh", "-c", script), tmp_path, dict(os.environ), 1000, seconds=60)
    assert output == b"secret\n"
    assert time.monotonic() - before < AT_ONCE
    assert all(ends(pid) for pid in pids(tmp_path, 1))


def test_a_process_that_leaves_the_session_delays_nothing(tmp_path: Path) -> None:
    """An agent that a command starts in a session of its own, to serve later calls, is let go, and not waited for."""
    script = "setsid sleep 20 & echo $! >pids; sleep 0.2; echo secret"
    if subprocess.run(["sh", "-c", "command -v setsid"], capture_output=True, check=False).returncode:
        child = f"{sys.executable} -c 'import os, time; os.setsid(); time.sleep(20)'"
        script = f"{child} & echo $! >pids; sleep 1; echo secret"
    before = time.monotonic()
    assert run_command(("sh", "-c", script), tmp_path, dict(os.environ), 1000, seconds=60) == b"secret\n"
    assert time.monotonic() - before < AT_ONCE + 2
    (pid,) = pids(tmp_path, 1)
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_all_output_of_a_command_is_read(tmp_path: Path) -> None:
    """An output of many pieces is whole, also where the command ends just after writing it."""
    script = "import sys; sys.stdout.write('x' * 900_000); sys.stdout.flush()"
    for _ in range(5):
        assert len(run_command((sys.executable, "-c", script), tmp_path, dict(os.environ), 1_000_000)) == 900_000


def test_a_command_that_writes_for_ever_is_ended(tmp_path: Path) -> None:
    """What is too much for a secret is not read to its end, and the command goes."""
    before = time.monotonic()
    script = "echo $$ >pids; exec yes"
    assert len(run_command(("sh", "-c", script), tmp_path, dict(os.environ), 1000)) == 1001
    assert time.monotonic() - before < AT_ONCE
    assert all(ends(pid) for pid in pids(tmp_path, 1))


def test_a_command_out_of_time_goes_with_its_children(tmp_path: Path) -> None:
    """When its time is over, nothing of it is left."""
    with pytest.raises(CommandFailed, match="did not end within 1 seconds"):
        run_command(("sh", "-c", WITH_CHILDREN), tmp_path, dict(os.environ), 1000, seconds=1)
    assert all(ends(pid) for pid in pids(tmp_path, 4))


def test_a_signal_within_the_handler_of_another_one_ends_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second signal ends the process, but not before what the handler of the first one had not come to."""
    stop, called = Stop(), []

    def leave(code: int) -> None:
        called.append(f"exit {code}")
        raise SystemExit(code)

    def second() -> None:
        if not called:
            called.append("interrupted")
            _take(stop, signal.SIGTERM)

    monkeypatch.setattr("os._exit", leave)
    with pytest.raises(SystemExit), stop.calling(second), stop.calling(lambda: called.append("ended")):
        stop.ask("interrupted by SIGINT", 130)
    assert called == ["interrupted", "ended", "exit 143"]
