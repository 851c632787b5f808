"""Running a program and seeing what it took: seconds, processor seconds, and memory at its peak."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.tenant import PER_CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MEGABYTE = 1_000_000
AS_INSTALLED = Path(__file__).parent / "as_installed"
"""Hides libraries that only the tests need from the programs that are measured, since others import what they find."""
_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_WORD = re.compile(rb"[A-Za-z]{3,}")


@dataclass(frozen=True, slots=True)
class Took:
    """What one run took.

    ``megabytes`` is its resident memory at the peak. ``chain`` is the length of the longest chain of its requests.
    """

    seconds: float
    cpu: float
    megabytes: float
    requests: int = 0
    chain: int = 0


class Failed(RuntimeError):
    """A program that a benchmark ran did not do what it should."""


def run(command: Sequence[str], *, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Took:
    """Run a program to its end and return what it took; raises ``Failed`` when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(AS_INSTALLED), **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stdout:
        process.stdout.close()
    if process.returncode:
        raise Failed(f"{' '.join(command[:6])}: exit {process.returncode}: {output.decode()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / MEGABYTE)


def best_of(runs: int, *works: Callable[[], Took]) -> list[Took]:
    """Return the quickest run of each: what else the machine had to do only ever adds.

    They take turns, so that what they are compared with ran in the same minutes.
    """
    rounds = [[work() for work in works] for _ in range(runs)]
    return [min(took, key=lambda each: each.seconds) for took in zip(*rounds, strict=True)]


def _first_text(command: Sequence[str], *, environ: Mapping[str, str], cwd: Path) -> float:
    """Return the seconds until a program writes a word to its standard error, a pseudo-terminal; then end it."""
    terminal, inner = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(AS_INSTALLED), "TERM": "xterm-256color", **environ},
        stdout=subprocess.DEVNULL,
        stderr=inner,
    )
    os.close(inner)
    output = b""
    try:
        while not _WORD.search(_ESCAPES.sub(b"", output)):
            output += os.read(terminal, 65536)
        return time.perf_counter() - started
    except OSError as ended:
        raise Failed(f"{' '.join(command[:6])}: ended before it showed progress") from ended
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that costs nothing, in a process of its own."""

    url: str

    @property
    def environ(self) -> dict[str, str]:
        return {"PRISMATIC_URL": self.url, "PRISM_ACCESS_TOKEN": "bench"}

    def seen(self) -> dict[str, Any]:
        """Return what was asked so far: ``requests``, ``bytes`` sent back, and the ``bodies``."""
        with urllib.request.urlopen(f"{self.url}/seen") as response:  # noqa: S310 - our own address
            found: dict[str, Any] = json.load(response)
        return found

    def forget(self) -> None:
        urllib.request.urlopen(f"{self.url}/forget", data=b"").close()  # noqa: S310 - our own address

    def reconciler(self, *arguments: str, cwd: Path) -> Took:
        """Run the product against it; what it took, with the requests it sent."""
        self.forget()
        command = [sys.executable, "-m", "reconciler", *arguments]
        took = run(command, environ=self.environ, cwd=cwd)
        seen = self.seen()
        return replace(took, requests=seen["requests"], chain=seen["chain"])

    def first_progress(self, *arguments: str, cwd: Path) -> float:
        """Return the seconds until the product shows its first progress on a terminal; it is ended then."""
        return _first_text([sys.executable, "-m", "reconciler", *arguments], environ=self.environ, cwd=cwd)


@contextmanager
def served(instances: int, latency: float = 0.0, per_customer: int = PER_CUSTOMER) -> Iterator[Server]:
    """Serve a made-up tenant; ``latency`` in seconds."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "benchmarks.server", str(instances), str(latency), str(per_customer)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Server((process.stdout.readline() if process.stdout else "").strip())
        if process.stdin:
            process.stdin.close()
