"""Signals to a real process: an orderly end, a full report, and a next run that converges."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from safety.picture import picture
from safety.processes import Gate, gated, start
from safety.scenario import ALLOWED, ENVIRON, world, write
from support.matrix import matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from safety.picture import Picture
    from safety.processes import Started
    from support.serving import Ran
    from support.world import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows delivers no signals to another process")

GOING = ("--auto-approve", "--allow-delete-customers", "--allow-deletes", "1000", "--rate", "1000")
SEED = 7
OPEN = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: open}
spec: {customer: {name: Stranger}, name: Open, integration: {name: Stock, version: latest}}
"""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests."""
    return write(tmp_path_factory.mktemp("signals"))


@pytest.fixture(scope="module")
def whole(folder: Path) -> Picture:
    """The tenant after a run that nothing disturbs."""
    with world(seed=1) as tenant:
        again(tenant, folder)
        return picture(tenant)


def again(tenant: World, folder: Path) -> None:
    """Run once more, undisturbed."""
    results = tenant.apply(folder, **{**ALLOWED, "cwd": folder, "batch_size": 20})
    assert all(result.ok for result in results)


def requests(folder: Path) -> int:
    """Return how many requests a process sends that nothing disturbs, the last one left out."""
    seen = 0

    def count(number: int, body: bytes) -> bool:
        nonlocal seen
        del body
        seen = max(seen, number)
        return False

    with staged(folder) as stage:
        stage.at(count, lambda _: None)
        assert stage.run("apply", *GOING).code == 0
    return seen - 1


class Stage:
    """A tenant behind a gate, and the process that works on it; ``at`` a moment, something happens to it."""

    def __init__(self, tenant: World, folder: Path) -> None:
        self.tenant, self.folder = tenant, folder
        self.gate = Gate(tenant.sandbox.app)
        self.url = ""
        self.started: Started | None = None
        self.close: Callable[[], None] = lambda: None
        """Ends the serving: what a killed process left under way is over then, and the tenant can be used from here."""

    def at(self, moment: Callable[[int, bytes], bool], happen: Callable[[Started], object]) -> None:
        """Let something happen to the process once, at the first request that is the moment."""
        due = True

        def act(number: int, body: bytes) -> None:
            nonlocal due
            if due and moment(number, body):
                due = False
                assert self.started
                happen(self.started)

        self.gate.act = act

    def start(self, *arguments: str, **more: Any) -> Started:
        environ = {**ENVIRON, "PRISMATIC_URL": self.url, "PRISM_ACCESS_TOKEN": self.tenant.sandbox.settings.token}
        self.started = start(*arguments, environ=environ, cwd=self.folder, **more)
        return self.started

    def run(self, *arguments: str, **more: Any) -> Ran:
        return self.start(*arguments, **more).ended()


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    with world(seed=1) as tenant, ExitStack() as open_:
        stage = Stage(tenant, folder)
        stage.url = open_.enter_context(gated(tenant, stage.gate))
        stage.close = open_.close
        yield stage


def sent(number: int) -> Callable[[Started], object]:
    """Return what sends a signal, and lets it arrive before the request is answered."""

    def happen(started: Started) -> None:
        started.signal(number)
        time.sleep(0.2)

    return happen


def mutation(nth: int) -> Callable[[int, bytes], bool]:
    """Return the moment of the nth request that writes."""
    seen = 0

    def moment(_: int, body: bytes) -> bool:
        nonlocal seen
        seen += b'"mutation ' in body[:200]
        return seen == nth

    return moment


def check_words(ran: Ran) -> None:
    """Fail when anything of Python's shows."""
    assert "Traceback" not in ran.err + ran.out, ran.err
    assert "never retrieved" not in ran.err


@pytest.mark.parametrize(("number", "nth"), matrix(CODES, [1, 4, 9]))
def test_a_signal_while_writing_lets_running_requests_finish(
    number: signal.Signals, nth: int, folder: Path, whole: Picture, tmp_path: Path
) -> None:
    """What is out is finished, the rest is not tried, every report is complete, and the next run goes on from there."""
    report = tmp_path / "report.json"
    with staged(folder) as stage:
        stage.at(mutation(nth), sent(number))
        ran = stage.run("apply", *GOING, "--format", "json", "--report", f"json={report}")
        check_words(ran)
        assert ran.code == CODES[number], ran.err
        document = json.loads(ran.out)
        assert json.loads(report.read_text(encoding="utf-8")) == document
        carried_out = [entry.field for entry in stage.tenant.mutations]
        done = [name for result in document["results"] for name in result["done"]]
        assert sorted(done) == sorted(carried_out), "what was carried out is not what is told"
        untried = [each for each in document["results"] if not each["done"]]
        assert untried
        assert {each["status"] for each in untried} == {"skipped"}
        assert f"not tried: interrupted by {number.name}" in {each["messages"][0] for each in untried}
        assert len(document["results"]) == len(document["changes"])
        assert f"{number.name}: what is under way is finished and reported" in ran.err
        stage.close()
        again(stage.tenant, folder)
        assert picture(stage.tenant) == whole


@pytest.mark.parametrize(("number", "command"), matrix(CODES, ["plan", "apply", "drift"]))
def test_a_signal_while_reading_ends_at_once(
    number: signal.Signals, command: str, folder: Path, tmp_path: Path
) -> None:
    """While nothing is written yet nothing is waited for; the reports say that it was interrupted."""
    report = tmp_path / "report.json"
    with staged(folder) as stage:
        stage.at(lambda at, _: at == 3, sent(number))
        more = GOING if command == "apply" else ()
        ran = stage.run(command, *more, "--report", f"json={report}")
        check_words(ran)
        assert ran.code == CODES[number], ran.err
        message = f"interrupted by {number.name}: nothing was changed"
        assert ran.err.splitlines()[-1] == f"error: {message}"
        assert message in report.read_text(encoding="utf-8")
        assert stage.tenant.mutations == []


@pytest.mark.parametrize(
    ("number", "line"), matrix(CODES, ["export --out exported", "init repository", "lock", "validate --online"])
)
def test_a_signal_ends_every_command_that_reads(
    number: signal.Signals, line: str, folder: Path, tmp_path: Path
) -> None:
    """Whatever reads the tenant ends at once, with its exit code, and has written nothing."""
    for name in ("reconciler.yaml", "all.yaml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "more.yaml").write_text(OPEN, encoding="utf-8")
    there = sorted(tmp_path.rglob("*"))
    with staged(tmp_path) as stage:
        stage.at(lambda at, _: at == 2, sent(number))
        ran = stage.run(*line.split())
        check_words(ran)
        assert ran.code == CODES[number], ran.err
        assert f"interrupted by {number.name}: nothing was changed" in ran.err
    assert sorted(tmp_path.rglob("*")) == there


def test_a_run_that_outlives_its_terminal_goes_on(folder: Path, whole: Picture, tmp_path: Path) -> None:
    """Started by nohup, an apply heeds no SIGHUP; one that was not, ends in good order and keeps its receipt."""
    for ignored in (True, False):
        receipt = tmp_path / f"{ignored}.json"
        with staged(folder) as stage:
            stage.at(mutation(3), sent(signal.SIGHUP))
            ran = stage.run("apply", *GOING, "--receipt", str(receipt), through=("nohup",) if ignored else ())
            check_words(ran)
            assert ran.code == (0 if ignored else 129), ran.err
            assert ("SIGHUP: what is under way is finished and reported" in ran.err) != ignored
            kept = json.loads(receipt.read_text(encoding="utf-8"))
            assert kept["appliedAt"]
            if ignored:
                assert kept["resources"]
                assert picture(stage.tenant) == whole


@pytest.mark.parametrize(
    ("mode", "streams"),
    matrix(["", "--format json", "-vv"], ["2>&1 | head -1", "2>&1 >/dev/null | head -1", "| head -1"]),
)
def test_a_closed_pipe_does_not_stop_an_apply(
    mode: str, streams: str, folder: Path, whole: Picture, tmp_path: Path
) -> None:
    """Whoever stops reading, an apply goes on to its end, keeps its files, and does not claim that all was shown."""
    environ = {**ENVIRON, "PATH": os.environ["PATH"], "HOME": str(tmp_path), "CI": "true"}
    with staged(folder) as stage:
        first = mutation(1)
        # The reader has a moment to leave before the first result comes.
        stage.gate.act = lambda number, body: time.sleep(1) if first(number, body) else None
        files = ("--receipt", str(tmp_path / "receipt.json"), "--report", f"json={tmp_path / 'report.json'}")
        line = [sys.executable, "-m", "reconciler", "apply", *GOING, *mode.split(), *files]
        script = f'{{ "$@"; echo $? >{tmp_path}/code; }} {streams}'
        subprocess.run(
            ["bash", "-c", script, "sh", *line],
            env={**environ, "PRISMATIC_URL": stage.url, "PRISM_ACCESS_TOKEN": stage.tenant.sandbox.settings.token},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=120,
        )
        assert picture(stage.tenant) == whole
    # Results that are printed at once, and are short, have arrived before the reader leaves.
    assert (tmp_path / "code").read_text() == "1\n" or streams.startswith("|")
    results = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["results"]
    assert {each["status"] for each in results} == {"applied"}
    assert json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))["resources"]


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        (signal.SIGINT, range(0, 25, 5)),
        (signal.SIGTERM, range(2, 25, 5)),
        pytest.param(signal.SIGINT, range(25), marks=pytest.mark.full),
        pytest.param(signal.SIGTERM, range(25), marks=pytest.mark.full),
    ],
)
def test_a_signal_during_start_up_shows_no_traceback(number: signal.Signals, steps: range, tmp_path: Path) -> None:
    """From the first moments on, a signal ends the program without a word of Python's."""
    for step in steps:
        started = start("validate", "-f", "-", environ={}, cwd=tmp_path, stdin=subprocess.PIPE)
        time.sleep(0.1 + step * 0.02)
        started.signal(number)
        ran = started.ended()
        if "/reconciler/" not in ran.err.replace("__main__.py", ""):
            continue  # Python itself was not loaded yet
        check_words(ran)
        assert ran.code in {CODES[number], -number, 1}, ran


def test_a_signal_while_reading_back_loses_no_result(folder: Path) -> None:
    """What was written and could not be read back any more is told as such."""
    with staged(folder) as stage:
        written: list[int] = []

        def reading_back(_: int, body: bytes) -> bool:
            writes = b'"mutation ' in body[:200]
            if writes and b"deleteCustomer" in body:
                written.append(1)
            return not writes and bool(written)

        stage.at(reading_back, sent(signal.SIGTERM))
        ran = stage.run("apply", *GOING, "--format", "json")
        check_words(ran)
        assert ran.code == 143
        results = json.loads(ran.out)["results"]
        assert {each["status"] for each in results} == {"not converged"}
        expected = "the API accepted it, but the read-back failed: interrupted by SIGTERM"
        assert {each["messages"][-1] for each in results} == {expected}


def test_a_second_signal_ends_at_once(folder: Path, whole: Picture) -> None:
    """Who does not want to wait for what is under way signals again; the next run converges all the same."""

    def twice(started: Started) -> None:
        started.signal(signal.SIGTERM)
        time.sleep(0.2)
        started.signal(signal.SIGTERM)
        started.process.wait(60)

    with staged(folder) as stage:
        stage.at(mutation(3), twice)
        ran = stage.run("apply", *GOING)
        check_words(ran)
        assert ran.code == 143
        assert ran.out == ""
        assert "SIGTERM again: ended at once" in ran.err
        stage.close()
        again(stage.tenant, folder)
        assert picture(stage.tenant) == whole


@pytest.mark.parametrize("number", CODES)
def test_a_signal_at_the_prompt_changes_nothing(number: signal.Signals, folder: Path) -> None:
    """Asked whether to apply, a signal is a no."""
    pty = pytest.importorskip("pty", reason="no terminals to be had here")
    with staged(folder) as stage:
        ours, theirs = pty.openpty()
        try:
            started = stage.start("apply", *GOING[1:], stdin=theirs)
            told = b""
            assert started.process.stderr
            while b"Apply this plan?" not in told:
                piece = os.read(started.process.stderr.fileno(), 65536)
                assert piece, told
                told += piece
            # From the prompt to the reading of the answer is no time at all, but a signal can come in between.
            time.sleep(0.5)
            started.signal(number)
            ran = started.ended()
        finally:
            os.close(ours)
            os.close(theirs)
        check_words(ran)
        assert ran.code == CODES[number]
        assert f"error: interrupted by {number.name}: nothing was changed" in ran.err
        assert stage.tenant.mutations == []


def test_a_signal_while_validating_shows_no_traceback(tmp_path: Path) -> None:
    """A validation that waits for standard input ends by a signal with its code and one line."""
    started = start("validate", "-f", "-", environ={}, cwd=tmp_path, stdin=subprocess.PIPE)
    time.sleep(2)
    started.signal(signal.SIGTERM)
    ran = started.ended()
    check_words(ran)
    assert ran.code in {143, -signal.SIGTERM}
    if ran.code == 143:
        assert ran.err.splitlines()[-1] == "error: interrupted by SIGTERM: nothing was changed"


@pytest.mark.parametrize("number", CODES)
def test_a_signal_ends_the_sandbox_silently(number: signal.Signals, tmp_path: Path) -> None:
    """The sandbox serves until it is stopped; being stopped is no error."""
    started = start("sandbox", "--port", "0", environ={}, cwd=tmp_path)
    assert started.process.stdout
    assert started.process.stdout.readline().startswith("export PRISMATIC_URL=")
    started.signal(number)
    ran = started.ended()
    check_words(ran)
    assert ran.code == 0


@pytest.mark.parametrize(
    ("after", "point"),
    matrix([False, True], [3, 12]) + [pytest.param(after, "random", marks=pytest.mark.full) for after in (False, True)],
)
def test_a_killed_process_converges_with_the_next_run(
    point: int | str, after: bool, folder: Path, whole: Picture
) -> None:
    """A process that is really killed at a request, before or after it is carried out, leaves nothing unmended."""
    chance = random.Random(SEED)  # noqa: S311 - picks, guards nothing
    points = chance.sample(range(1, requests(folder) + 1), 6) if point == "random" else [int(point)]
    print(f"killed at {points}, seed {SEED}")  # noqa: T201 - what a failure is about
    for each in points:
        with staged(folder) as stage:

            def kill(started: Started) -> None:
                started.process.kill()
                started.process.wait(60)

            stage.gate.after = after
            stage.at(lambda at, _, each=each: at == each, kill)
            ran = stage.run("apply", *GOING)
            assert ran.code == -signal.SIGKILL, ran.err
            stage.close()
            again(stage.tenant, folder)
            assert picture(stage.tenant) == whole
