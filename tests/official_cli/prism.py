"""The official CLI as its users run it, in a folder and an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.serving import Ran

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.sandbox.app import Sandbox

_INSTALLED = Path(__file__).parent / "node_modules" / "@prismatic-io" / "prism" / "lib" / "run.js"
_INHERITED = ("PATH", "SYSTEMROOT")
_OLDEST_NODE = 20


def command() -> Sequence[str]:
    """Return what runs the CLI, or skip the test where it is not installed."""
    if _node_version() >= _OLDEST_NODE and _INSTALLED.is_file():
        return ["node", str(_INSTALLED)]
    pytest.skip(f"needs the official CLI: npm install --prefix tests/official_cli, and Node.js {_OLDEST_NODE} or newer")


@cache
def _node_version() -> int:
    """Return the major version of the Node.js that is installed, 0 for none."""
    if not shutil.which("node"):
        return 0
    told = subprocess.run(["node", "--version"], capture_output=True, encoding="utf-8", timeout=60, check=True).stdout
    return int(told.removeprefix("v").partition(".")[0])


@dataclass(frozen=True, slots=True)
class Prism:
    """The CLI, signed in to a sandbox by ``environ``; it works in ``folder``, which is its home too."""

    sandbox: Sandbox
    folder: Path
    environ: Mapping[str, str]
    command: Sequence[str] = field(default_factory=command)

    def run(self, *arguments: str, **environ: str) -> Ran:
        """Run a command of the CLI; ``environ`` is added to the environment, ``""`` takes a variable out of it."""
        with self.start(*arguments, **environ) as process:
            out, err = process.communicate(timeout=120)
        return Ran(process.returncode, out, err)

    @contextmanager
    def start(self, *arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command of the CLI, and end it where it has not ended by itself."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        quiet = {"HOME": str(self.folder), "COLUMNS": "200", "NO_COLOR": "1", "PRISM_SKIP_NEW_VERSION_CHECK": "true"}
        given = {**inherited, **quiet, **self.environ, **environ}
        with subprocess.Popen(
            [*self.command, *arguments],
            env={name: value for name, value in given.items() if value},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def done(self, *arguments: str, **environ: str) -> str:
        """Run a command that must succeed without a word on stderr, and return what it printed."""
        ran = self.run(*arguments, **environ)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran.out.strip()

    def rows(self, *arguments: str) -> list[dict[str, str]]:
        """Run a command that lists things, and return them with every column there is."""
        rows: list[dict[str, str]] = json.loads(self.done(*arguments, "--extended", "--output", "json"))
        return rows

    def refused(self, *arguments: str, **environ: str) -> str:
        """Run a command that must fail, and return what it says, in one line."""
        ran = self.run(*arguments, **environ)
        assert ran.code != 0, ran
        # The CLI draws a mark, which is not ASCII, before each line.
        return " ".join(ran.err.encode("ascii", "ignore").decode().split())
