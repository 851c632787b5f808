"""The command line in this process: arguments, environment and streams in, exit code and streams out."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from support.serving import served
from support.surroundings import leave_ci
from support.world import World

from reconciler.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUSTOMER = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets, description: Declared}
"""
INSTANCE = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: ftl
  name: Types
  integration: {name: Every Data Type}
  configVariables:
    A String: {valueFrom: {env: WORD}}
    A Number: 7
    A Connection: {inputs: {apiKey: {valueFrom: {env: WORD}}, host: live.example.com}}
"""
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec: {}
"""
WORD = "word-that-is-secret"


class Terminal(io.TextIOWrapper):
    """A stream that claims to be a terminal."""

    def __init__(self, text: str = "") -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


@dataclass(frozen=True, slots=True)
class Ran:
    """The output and exit code of a command."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Shell:
    """A folder to work in, a tenant behind a real socket, and the command line."""

    folder: Path
    world: World
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str, stdin: str | Terminal = "") -> Ran:
        """Run ``reconciler`` with the arguments; ``stdin`` is what is piped in, or a terminal to type on."""
        stream = stdin if isinstance(stdin, Terminal) else io.StringIO(stdin)
        with self.monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["reconciler", *arguments])
            patch.setattr(sys, "stdin", stream)
            self.capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            out, err = self.capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, out, err)

    def tenant(self, *arguments: str, stdin: str | Terminal = "") -> Ran:
        """Run a command on the tenant, as quickly as it goes."""
        return self.run(*arguments, "--rate", "1000", stdin=stdin)


@contextmanager
def signed_in(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """Yield a shell in a folder, on a person's machine, signed in to a tenant of its own."""
    with World() as world, served(world.sandbox) as url:
        monkeypatch.chdir(folder)
        leave_ci(monkeypatch)
        monkeypatch.delenv("RECONCILER_FINGERPRINT_KEY", raising=False)
        monkeypatch.setenv("PRISMATIC_URL", url)
        monkeypatch.setenv("PRISM_ACCESS_TOKEN", world.sandbox.settings.token)
        monkeypatch.setenv("HOME", str(folder))
        yield Shell(folder, world, monkeypatch, capsys)
