"""Progress: a live line on a terminal, occasional lines in CI, nothing otherwise."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, Terminal
from reports.plans import change, plan
from rich.console import Console
from support.hostile import HOSTILE

from reconciler.applying.results import Result
from reconciler.cli.options.shared import OutputOptions
from reconciler.cli.run import progress
from reconciler.cli.run.progress import Progress, _bar, _Phase
from reconciler.cli.run.reporting import Reporting
from reconciler.manifests.result import ManifestOptions
from reconciler.prismatic.http.stats import Stats
from reconciler.reports.text.progress_line import Count, duration, progress_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.shell import Shell

    from reconciler.applying.results import Status

pyte = pytest.importorskip("pyte")
pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
ROWS, COLUMNS = 200, 100
ALL = ("-f", "all.yaml")


def many(count: int) -> str:
    """Return as many customers."""
    customer = CUSTOMER.replace("description: Declared", "description: D")
    return "---".join(customer.replace("ftl", f"c{each}").replace("FTL Rockets", f"C {each}") for each in range(count))


class Watched:
    """A command on a real terminal, and what that showed: the last screen, and each line that ever was its lowest."""

    def __init__(
        self, shell: Shell, *arguments: str, environ: dict[str, str] | None = None, interrupt_at: str = ""
    ) -> None:
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        ours, theirs = pty.openpty()
        _resize(theirs)
        done = subprocess.Popen(
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=shell.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **(environ or {})},
        )
        os.close(theirs)
        self.raw = b""
        self.lowest: list[str] = []
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # what Linux says when the other end is closed
                break
            if not read:
                break
            self.raw += read
            stream.feed(read)
            self.lowest.append(next((line for line in reversed(_lines(screen)) if line), ""))
            if interrupt_at and re.match(interrupt_at, self.lowest[-1]):
                interrupt_at = ""
                done.send_signal(signal.SIGINT)
        os.close(ours)
        assert done.stdout
        self.out = done.stdout.read().decode()
        done.stdout.close()
        self.code = done.wait()
        self.lines = [line for line in _lines(screen) if line]
        self.cursor_shown = not screen.cursor.hidden


def _lines(screen: pyte.Screen) -> list[str]:
    return [line.rstrip() for line in screen.display]


def _resize(terminal: int) -> None:
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))


@pytest.fixture
def slow(shell: Shell) -> Shell:
    """A shell whose tenant takes its time."""
    shell.world.sandbox.faults.add("delay", seconds=0.25, times=None)
    return shell


def test_a_terminal_shows_one_live_line_and_clears_it(slow: Shell) -> None:
    """One live line shows the progress of reading and applying; at the end the results are shown in full."""
    slow.write("all.yaml", many(60))
    watched = Watched(slow, "apply", *ALL, "--auto-approve", "--rate", "1000", "--batch-size", "10")
    assert watched.code == 0
    counts = r"(\d+ s left, )?\d+ requests"
    assert any(re.match(rf"Reading +\S+ \d+ of \d+ queries, {counts}", line) for line in watched.lowest)
    assert any(re.match(rf"Applying +\S+ \d+ of 60 resources, {counts}", line) for line in watched.lowest)
    # Six requests run side by side, so the order of their results is that of the answers.
    results = [line for line in watched.lines if line.startswith("  ✓ ")]
    assert sorted(results) == sorted(f"  ✓ Customer/c{number} applied  createCustomer" for number in range(60))
    assert not [line for line in watched.lines if re.match(r"(Reading|Comparing|Applying|Reading back) ", line)]
    # It may take two lines.
    cost = next(number for number, line in enumerate(watched.lines) if "operations in" in line)
    assert re.match(r"[\d.]+ s, \d+ operations in \d+ requests, ", watched.lines[cost])
    assert len(watched.lines) - cost <= 2
    assert watched.cursor_shown
    assert watched.out.endswith("Done: 60 applied.\n")
    assert "\x1b" not in watched.out


def test_a_signal_prints_its_message_beside_the_live_line(slow: Shell) -> None:
    """Stopped half-way, what is said stands on a line of its own, the results stay whole, and the cursor is back."""
    slow.write("all.yaml", many(60))
    arguments = ("apply", *ALL, "--auto-approve", "--rate", "1000", "--batch-size", "10")
    watched = Watched(slow, *arguments, interrupt_at=r"Applying +\S+ [1-9]")
    assert watched.code == 130
    said = [line for line in watched.lines if line.startswith("SIGINT: what is under way is finished and reported")]
    assert len(said) == 1
    assert not [line for line in watched.lines if line.startswith("  - ")]
    why = "    not tried: interrupted by SIGINT"
    (skipped,) = re.findall(rf"^- (\d+) Customers skipped\n{why}\n", watched.out, re.MULTILINE)
    assert 0 < int(skipped) < 60
    results = [line for line in watched.lines if line.startswith(("  ✓ ", "  ✗ "))]
    assert len({line.split()[1] for line in results}) == len(results) >= 5
    assert all(re.fullmatch(r"  [✓✗] Customer/c\d+ (applied  createCustomer|failed)", line) for line in results)
    assert not [line for line in watched.lines if line.startswith(("Applying ", "Reading back "))]
    assert watched.cursor_shown


def test_failures_are_counted_in_the_live_line(slow: Shell) -> None:
    """Failures are counted in the live line and shown in lines of their own."""
    slow.write("all.yaml", many(30))
    slow.world.sandbox.faults.add("error", field="createCustomer", status=404)
    watched = Watched(slow, "apply", *ALL, "--auto-approve", "--rate", "1000", "--batch-size", "10")
    assert watched.code == 1
    assert any(" failed, " in line for line in watched.lowest)
    results = [line for line in watched.lines if line.startswith(("  ✓ ", "  ✗ "))]
    assert len(results) == len({line.split()[1] for line in results}) == 30


def test_what_is_skipped_is_no_failure_in_the_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The live line counts what failed or did not converge; what was skipped or cut short was not tried."""
    counters: list[Callable[[], Count]] = []
    reporting = Reporting("apply", ManifestOptions(), OutputOptions())

    @contextmanager
    def during(_title: str, _unit: str, counter: Callable[[], Count], _stats: Stats) -> Iterator[None]:
        counters.append(counter)
        yield

    monkeypatch.setattr(reporting.progress, "during", during)
    changes = [change(f"Customer/{name}") for name in ("a", "b", "c", "d", "e")]
    cut_short = Result(changes[4], done=["updateInstance"])
    cut_short.cut_short(["deployInstance"], "interrupted")
    statuses: tuple[Status, ...] = ("applied", "failed", "not converged", "skipped")
    with reporting.applying(plan(*changes), "Applying", Stats()) as add:
        for each, status in zip(changes[:4], statuses, strict=True):
            add(Result(each, status))
        add(cut_short)
        assert (counters[0]().done, counters[0]().failed) == (5, 2)


def test_a_change_that_waits_has_no_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a large rollout most members wait: the end of the report has the reason once, and no line comes before it."""
    reporting = Reporting("apply", ManifestOptions(), OutputOptions())
    changes = [change(f"Instance/{name}") for name in ("a", "b")]
    with reporting.applying(plan(*changes), "Applying", Stats()) as add:
        for each, status in zip(changes, ("waiting", "held"), strict=True):
            add(Result(each, status, notes=["waits for wave canary"]))
    assert "Instance/" not in capsys.readouterr().err
    assert len(reporting.results) == 2


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [(("--quiet",), {}), ((), {"TERM": "dumb"}), (("-v",), {})],
    ids=["quiet", "a dumb terminal", "a log"],
)
def test_no_live_line_is_drawn_where_output_would_tear_it(
    arguments: tuple[str, ...], environ: dict[str, str], slow: Shell
) -> None:
    """With --quiet, on a terminal that cannot, and beside a log no line is drawn over another."""
    slow.write("all.yaml", many(5))
    watched = Watched(slow, "plan", *ALL, *arguments, environ=environ)
    assert watched.code == 0
    assert b"\x1b[?25l" not in watched.raw
    assert b"\x1b[2K" not in watched.raw


def test_no_color_leaves_colours_out(slow: Shell) -> None:
    """With --no-color the live line moves the cursor, and paints nothing."""
    slow.write("all.yaml", many(5))
    watched = Watched(slow, "plan", *ALL, "--no-color")
    assert any(line.startswith("Reading ") for line in watched.lowest)
    assert not re.search(rb"\x1b\[[0-9;]*3[0-9][0-9;]*m", watched.raw)


@pytest.mark.parametrize("key", ["terminal: colour", "terminal: cursor", "terminal: title", "markup: script"])
def test_names_are_escaped_beside_the_live_line(key: str, slow: Shell) -> None:
    """Lines above the live one are shown to the letter: neither escape sequences nor rich's own markup act."""
    from reconciler.text.escape import safe

    hostile = f"[bold red]{safe(HOSTILE[key])}[/] :smile:"
    script = (
        "import sys; from reconciler.cli.options.shared import OutputOptions\n"
        "from reconciler.cli.run.progress import Progress\n"
        "from reconciler.prismatic.http.stats import Stats; "
        "from reconciler.reports.text.progress_line import Count\n"
        "shown = Progress(OutputOptions())\n"
        "with shown.during('Applying', 'resource', lambda: Count(1, 2), Stats()):\n"
        "    shown.say(sys.argv[1])\n"
    )
    ours, theirs = pty.openpty()
    _resize(theirs)
    environ = {**os.environ, "TERM": "xterm-256color"}
    done = subprocess.Popen([sys.executable, "-c", script, hostile], stderr=theirs, env=environ)
    os.close(theirs)
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:
            break
        if not read:
            break
        stream.feed(read)
    os.close(ours)
    assert done.wait() == 0
    assert [line for line in _lines(screen) if line] == [hostile]
    assert screen.title == ""


def test_ci_gets_a_line_now_and_then(slow: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI set, a longer run prints whole lines of progress, and its cost at the end."""
    monkeypatch.setattr(progress, "EVERY", 0.1)
    monkeypatch.setenv("CI", "true")
    slow.write("all.yaml", many(3))
    ran = slow.tenant("plan", *ALL)
    *lines, last = ran.err.splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"(Reading|Comparing): (no queries yet|\d+ of \d+ queries)(, [\d.,:]+ [a-z ]+)*", line)
    assert re.match(r"\d+\.\d s, \d+ operations in \d+ requests, ", last)
    assert "\x1b" not in ran.err
    assert slow.tenant("plan", *ALL, "--quiet").err == ""


def test_no_progress_is_printed_without_a_terminal(slow: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal and outside of CI stderr stays empty."""
    monkeypatch.setattr(progress, "EVERY", 0.05)
    slow.write("all.yaml", many(3))
    assert slow.tenant("plan", *ALL).err == ""


def test_a_quick_run_in_ci_prints_no_progress(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends before the first line is due prints none."""
    monkeypatch.setattr(progress, "EVERY", 60.0)
    monkeypatch.setenv("CI", "true")
    shell.write("all.yaml", CUSTOMER)
    assert shell.tenant("plan", *ALL).err == ""


def test_quiet_prints_no_progress(shell: Shell) -> None:
    """With --quiet an apply shows neither plan nor results on stderr; where it asks, it shows what about."""
    shell.write("all.yaml", CUSTOMER)
    asked = shell.tenant("apply", *ALL, "--quiet", stdin=Terminal("n\n"))
    assert "Plan: 1 to create" in asked.err
    ran = shell.tenant("apply", *ALL, "--quiet", "--auto-approve")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("Done: 1 applied.\n")


def test_an_error_ends_the_live_line(slow: Shell) -> None:
    """When reading fails the line is gone, the cursor is back, and the error stands alone."""
    slow.write("all.yaml", many(3))
    slow.world.sandbox.faults.add("error", field="customers", status=404, times=None)
    watched = Watched(slow, "plan", *ALL)
    assert watched.code == 1
    assert watched.cursor_shown
    assert watched.lines[0].startswith("error: ")


@pytest.mark.parametrize(
    ("count", "seconds", "line"),
    [
        (Count(0, 0), 0.0, "no resources yet, 12 requests"),
        (Count(0, 40), 9.0, "0 of 40 resources, 12 requests"),
        (Count(20, 40), 0.5, "20 of 40 resources, 12 requests"),
        (Count(20, 40), 4.0, "20 of 40 resources, 4 s left, 12 requests, 5.0 a second"),
        (Count(1200, 5000, 3), 60.0, "1,200 of 5,000 resources, 3 min 10 s left, 3 failed, 12 requests, 20 a second"),
        (Count(40, 40), 8.0, "40 of 40 resources, 12 requests, 5.0 a second"),
    ],
)
def test_the_live_line_shows_how_much_is_done(count: Count, seconds: float, line: str) -> None:
    """Counts, failures, requests, and, once it means something, the rate and the time left."""
    assert progress_line(count, "resource", seconds, Stats(requests=12)) == line


def test_the_live_line_shows_throttling() -> None:
    """That the API asked for a pause explains why it takes longer."""
    line = progress_line(Count(1, 2), "query", 1.0, Stats(requests=1, throttles=3))
    assert line == "1 of 2 queries, 1 s left, throttled 3 times, 1 request, 1.0 a second"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.2, "0 s"), (7, "7 s"), (59.6, "1 min"), (725, "12 min 5 s"), (3600, "1 h"), (3725, "1 h 2 min")],
)
def test_a_time_is_shown_in_its_units(seconds: float, shown: str) -> None:
    """Seconds are called seconds; a longer time has minutes, or hours and minutes."""
    assert duration(seconds) == shown


def test_the_live_line_counts_one_in_the_singular() -> None:
    """One query is no queries."""
    assert progress_line(Count(0, 1), "query", 0.0, Stats(requests=1)) == "0 of 1 query, 1 request"


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 120, 200])
def test_the_live_line_always_has_its_label_and_the_time_left(columns: int) -> None:
    """On a terminal of any width the line fits, names the phase and shows the time left; the rest gives way."""
    stats = Stats(requests=512, throttles=3)
    phase = _Phase("Reading back", "resource", lambda: Count(1200, 5000, 3), stats, time.monotonic() - 60)
    shown = io.StringIO()
    Console(file=shown, width=columns, color_system=None).print(_bar(phase, columns))
    (line,) = shown.getvalue().splitlines()
    assert line.startswith("Reading back ")
    assert "3 min 10 s left" in line
    assert len(line.rstrip()) <= columns
    assert ("1,200 of 5,000 resources, 3 min" in line) == (columns >= 60)
    assert ("━" in line) == (columns not in {30, 60})
    assert ("20 a second" in line) == (columns >= 120)


def test_the_bar_has_colours_of_a_terminal_of_16() -> None:
    """The bar is coloured by names, in shades that the owner of the terminal chose."""
    shown = io.StringIO()
    console = Console(file=shown, width=80, force_terminal=True, color_system="standard")
    for count in (Count(1, 2), Count(2, 2)):
        console.print(_bar(_Phase("Applying", "resource", lambda count=count: count, Stats()), 80))
    codes = {
        int(code) for each in re.findall(r"\x1b\[([0-9;]*)m", shown.getvalue()) for code in each.split(";") if code
    }
    assert codes <= {0, *range(30, 38), *range(90, 98)}
    assert {32, 90} <= codes


def test_the_bar_is_never_overfull() -> None:
    """A total that is not known yet, or was passed, draws no bar beyond its ends."""
    assert [Count(0, 0).part, Count(1, 2).part, Count(3, 2).part] == [0.0, 0.5, 1.0]


def test_hidden_progress_takes_no_time(tmp_path: Path) -> None:
    """The library for it is imported only where a live line is drawn."""
    script = "import sys; from reconciler.cli.commands import plan, apply, drift; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False).returncode == 0


def test_the_time_of_the_whole_run_is_shown() -> None:
    """It counts from the beginning, reading the manifests included."""
    shown = Progress(OutputOptions(quiet=True, no_color=True))
    assert 0 <= time.monotonic() - shown.started < 60


def test_a_line_above_the_live_one_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is printed above the live line, in its own colours, and the line is drawn again."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    shown = Progress(OutputOptions())
    with shown.during("Applying", "resource", lambda: Count(1, 4), Stats(requests=2)):
        shown.say("\x1b[32m✓\x1b[0m Customer/ftl applied")
    shown.say("and after it")
    shown.end(Stats(requests=2))
    screen = pyte.Screen(COLUMNS, 10)
    pyte.Stream(screen).feed(terminal.text().replace("\n", "\r\n"))
    first, second, third = [line for line in _lines(screen) if line]
    assert (first, second) == ("✓ Customer/ftl applied", "and after it")
    assert screen.buffer[0][0].fg == "green"
    assert third.endswith(" s of waiting for answers")
    assert "Applying" in terminal.text()
    assert "1 of 4 resources, 2 requests" in terminal.text()
